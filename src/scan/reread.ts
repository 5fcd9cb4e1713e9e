/** Reads the findings of a report again, by their locators; each artifact once. */

import { resolve } from 'node:path';
import { createObjectReader, type ObjectReader } from '../git/objects.ts';
import { listRefs } from '../git/refs.ts';
import { gapFromGit } from '../git/git-error.ts';
import { GitError, type GitOptions } from '../git/spawn.ts';
import { showPath } from '../lib/path-bytes.ts';
import { type RereadFrom, rereadFrom } from '../model/artifact-kind.ts';
import type { Artifact, Input, JobReference } from '../model/artifact.ts';
import type { Locator } from '../model/finding.ts';
import type { Source, Diagnostics } from '../model/source.ts';
import { commitStep } from '../sources/commit-parts.ts';
import { openFile } from '../sources/file-reader.ts';
import { askedInput } from '../sources/git-object.ts';
import { statNamed } from '../sources/named-path.ts';
import { readSteps } from '../sources/object-steps.ts';
import { refInput } from '../sources/tips.ts';

/** The part of a finding that locates its artifact. */
export interface Reread {
  readonly artifact: Artifact;
  readonly locator: Pick<Locator, 'path' | 'blob' | 'commit'>;
}

export interface RereadOptions extends GitOptions {
  readonly findings: readonly Reread[];
  /** The folder that paths are relative to. */
  readonly base: string;
  /** The inputs of a job; empty if requests to its GitLab are not allowed. */
  readonly jobs: (job: JobReference, kind: 'job-log' | 'job-artifacts') => Source | undefined;
}

export function rereadSource(options: RereadOptions): Source {
  return {
    name: 'reread',
    async *inputs(diagnostics) {
      const objects = createObjectReader(options);
      const stream = createObjectReader(options);
      const done = new Set<string>();
      const isNew = (key: string): boolean => !done.has(key) && done.add(key).size > 0;
      const context = { options, objects, stream, isNew, diagnostics };
      try {
        for (const finding of options.findings) yield* REREAD[rereadFrom(finding.artifact.kind)](finding, context);
      } catch (error) {
        if (!(error instanceof GitError)) throw error;
        diagnostics.gap(gapFromGit(error, { failed: 'git could not read the findings again' }));
      } finally {
        objects.close();
        stream.close();
      }
    },
  };
}

interface RereadContext {
  readonly options: RereadOptions;
  readonly objects: ObjectReader;
  /** For commits, which are requested ahead. */
  readonly stream: ObjectReader;
  /** Whether this is the first finding with the key: each thing is read once. */
  readonly isNew: (key: string) => boolean;
  readonly diagnostics: Diagnostics;
}

/** The inputs to scan again for a finding; none if an earlier finding had the same. */
const REREAD: Readonly<
  Record<RereadFrom, (finding: Reread, context: RereadContext) => AsyncIterable<Input> | Iterable<Input>>
> = {
  *file(finding, context) {
    const { path, blob } = finding.locator;
    if (blob !== undefined) yield* objectInputs(finding, context);
    if (blob !== undefined || path === undefined || !context.isNew(`file ${path}`)) return;
    const absolute = resolve(context.options.base, path);
    // A report may name anything, and to open a device may do harm already.
    if (statNamed(absolute, showPath(path), context.diagnostics)?.isFile() === true) yield fileInput(path, absolute);
  },
  object: objectInputs,
  async *commit({ locator: { commit } }, { stream, isNew, diagnostics }) {
    if (commit !== undefined && isNew(`commit ${commit}`)) yield* readSteps([commitStep(commit)], stream, diagnostics);
  },
  async *refs(_, { options, isNew }) {
    if (isNew('refs')) for (const { name } of await listRefs(options)) yield refInput(name);
  },
  async *job({ artifact: { kind, job } }, { options, isNew, diagnostics }) {
    if (job === undefined || !isNew(`${kind} ${job.server} ${job.project} ${job.id}`)) return;
    const source = options.jobs(job, kind === 'job-artifacts' ? kind : 'job-log');
    if (source !== undefined) yield* source.inputs(diagnostics);
  },
  nothing: () => [],
};

function* objectInputs(
  { artifact: { kind, uri }, locator: { blob } }: Reread,
  { objects, isNew }: RereadContext,
): Generator<Input> {
  if (blob !== undefined && isNew(`blob ${blob}`)) yield askedInput(blob, { kind, uri: outer(uri), blob }, objects);
}

/** The archive that an entry is in. */
const outer = (uri: string): string => uri.split('!/')[0]!; // there is one

function fileInput(path: string, absolute: string): Input {
  const uri = showPath(path);
  const file = { path: absolute, uri, explicit: true };
  const artifact: Artifact = { kind: 'file', uri, path };
  return { artifact, name: 'ignore', file, open: () => openFile(file) };
}
