/** Reads the findings of a report again, by their locators; each artifact once. */

import { resolve } from 'node:path';
import { createObjectReader, type ObjectReader } from '../git/objects.ts';
import { listRefs } from '../git/refs.ts';
import { gapFromGit } from '../git/git-error.ts';
import { GitError, type GitOptions } from '../git/spawn.ts';
import { showPath } from '../lib/path-bytes.ts';
import type { Artifact, Input, JobReference } from '../model/artifact.ts';
import type { Locator } from '../model/finding.ts';
import type { Source, Diagnostics } from '../model/source.ts';
import { commitStep } from '../sources/commit-parts.ts';
import { openFile } from '../sources/file-reader.ts';
import { askedInput } from '../sources/git-object.ts';
import { memoryInput } from '../sources/memory.ts';
import { statNamed } from '../sources/named-path.ts';
import { readSteps } from '../sources/object-steps.ts';

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
    async *inputs(trouble) {
      const objects = createObjectReader(options);
      const stream = createObjectReader(options);
      try {
        yield* inputsOf(options, objects, stream, trouble);
      } catch (error) {
        if (!(error instanceof GitError)) throw error;
        trouble.gap(gapFromGit(error, { failed: 'git could not read the findings again' }));
      } finally {
        objects.close();
        stream.close();
      }
    },
  };
}

async function* inputsOf(
  options: RereadOptions,
  objects: ObjectReader,
  stream: ObjectReader,
  trouble: Diagnostics,
): AsyncGenerator<Input> {
  const done = new Set<string>();
  const isNew = (key: string): boolean => !done.has(key) && done.add(key).size > 0;
  for (const { artifact, locator } of options.findings) {
    const { kind, uri } = artifact;
    if (kind === 'job-log' || kind === 'job-artifacts') {
      const { job } = artifact;
      const source =
        job !== undefined && isNew(`${kind} ${job.server} ${job.project} ${job.id}`)
          ? options.jobs(job, kind)
          : undefined;
      if (source !== undefined) yield* source.inputs(trouble);
    } else if (kind === 'commit-message' || kind === 'commit-header') {
      if (locator.commit !== undefined && isNew(`commit ${locator.commit}`))
        yield* readSteps([commitStep(locator.commit)], stream, trouble);
    } else if (kind === 'ref-name') {
      if (isNew('refs'))
        for (const { name } of await listRefs(options))
          yield memoryInput(Buffer.from(name, 'utf8'), { kind, uri: `ref/${name}` });
    } else if (locator.blob !== undefined) {
      if (isNew(`blob ${locator.blob}`))
        yield askedInput(locator.blob, { kind, uri: outer(uri), blob: locator.blob }, objects);
    } else if (kind === 'file' && locator.path !== undefined) {
      const path = resolve(options.base, locator.path);
      // A report may name any path, and even opening a device can have side effects.
      if (isNew(`file ${locator.path}`) && statNamed(path, showPath(locator.path), trouble)?.isFile() === true)
        yield fileInput(locator.path, path);
    }
  }
}

/** The name of the archive, for an entry of one. */
const outer = (uri: string): string => uri.split('!/')[0]!; // split returns at least one part

function fileInput(path: string, absolute: string): Input {
  const uri = showPath(path);
  const file = { path: absolute, uri, explicit: true };
  const artifact: Artifact = { kind: 'file', uri, path };
  return { artifact, name: 'ignore', file, open: () => openFile(file) };
}
