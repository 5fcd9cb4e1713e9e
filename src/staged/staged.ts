/**
 * What the next commit adds. As in a range, a secret is new if no parent has it as often in its version of the file (`before` of an
 * input). The work tree is never read.
 *
 * The text of `git diff --cached` only spares the hook from reading files: a file is read from the index, and compared with the
 * versions before, if the lines around its changes have a candidate. It never decides what is new.
 *
 * Reading each version as a range does would need no diff parser, but the hook of a clean commit would scan whole files, and start one
 * more git process. `npm run bench -- versions` measures the CPU time of the whole process tree on Node 20, two busy cores: +3 ms for 1 file of
 * 100 lines, +20 for 5, +20 for 50, +78 for 5 lines changed in 1 MB; the limit is +4 ms.
 */

import { isUtf8 } from 'node:buffer';
import { gapFromGit } from '../git/git-error.ts';
import { GitError } from '../git/spawn.ts';
import type { Input } from '../model/artifact.ts';
import type { Finding } from '../model/finding.ts';
import type { Source, Diagnostics } from '../model/source.ts';
import { memoryInput } from '../sources/memory.ts';
import type { FileDiff } from './diff-parser.ts';
import type { VersionsBefore } from './parents.ts';
import { isTooLarge, stagedDiff } from './staged-diff.ts';
import { type Blobs, openBlobs, type StagedOptions, toArtifact, unmergedGap } from './staged-options.ts';

/** Loaded only when needed, because a hook must start fast. */
type ObjectSource = Required<Pick<Source, 'inputs' | 'removed'>>;

export function stagedSource(given: StagedOptions): Source {
  let options = given;
  const useExclusionsOfHead = async (): Promise<void> => {
    if (options.previouslyExcludedAtHead === undefined) return;
    const { previouslyExcludedAtHead, ...rest } = options;
    options = { ...rest, previouslyExcluded: await previouslyExcludedAtHead() };
  };
  const blobs = openBlobs(given);
  let before: Promise<VersionsBefore> | undefined;
  const beforeOf = async (file: FileDiff): Promise<readonly string[]> => {
    await useExclusionsOfHead();
    const loaded = (before ??= import('./parents.ts').then(({ versionsBefore }) => versionsBefore(options)));
    return (await loaded)(file);
  };
  /** Files whose text was scanned; all others are compared as objects. */
  const hasText = new Set<string>();
  let mayUncover = false;
  /** Whether git could not show a file as text. */
  let isTooLargeForText = false;
  let isPartial = false;
  /** Whether a file was renamed from a path that was not scanned: all its content is new, and the diff may not name its object. */
  let hasArrivals = false;
  let objectSource: Promise<ObjectSource> | undefined;
  const loadObjectSource = (): Promise<ObjectSource> =>
    (objectSource ??= import('./staged-objects.ts').then(({ stagedByObject }) =>
      stagedByObject(options, blobs, (path) => hasText.has(path)),
    ));

  return {
    name: 'staged',
    async *inputs(diagnostics) {
      const diff = stagedDiff(options, options.diff);
      try {
        for await (const file of diff.files()) {
          const { path, oldPath } = file;
          mayUncover ||= [path, oldPath ?? path].some((each) => options.isPolicyFile?.(each) ?? true);
          if (oldPath !== undefined) await useExclusionsOfHead();
          if (oldPath !== undefined && options.previouslyExcluded(oldPath, path) && !options.excludes(path)) {
            hasArrivals = true;
            continue;
          }
          hasText.add(path);
          if (file.newText.length === 0 && file.whole && !file.newPath) continue;
          if (options.excludes(path)) diagnostics.skip('excluded');
          else yield await toInput(file, blobs, beforeOf);
        }
      } catch (error) {
        if (!(error instanceof GitError)) throw error;
        isTooLargeForText = isTooLarge(error.message);
        isPartial = error.reason === 'partial';
        if (!isTooLargeForText && !isPartial) reportGitError(error, diagnostics);
      }
      if (isPartial || isTooLargeForText || hasArrivals) {
        await useExclusionsOfHead();
        yield* guarded((await loadObjectSource()).inputs(diagnostics), diagnostics);
      } else for (const path of diff.unmerged) diagnostics.gap(unmergedGap(path));
      if (!mayUncover && !isTooLargeForText && !isPartial) return;
      const { uncoveredInputs } = await import('./uncovered.ts');
      yield* guarded(uncoveredInputs(options, blobs), diagnostics);
    },
    async *removed(diagnostics) {
      await useExclusionsOfHead();
      try {
        for await (const file of stagedDiff(options, options.diff).files()) {
          const { path, oldPath = path } = file;
          if (hasText.has(path) && !options.previouslyExcluded(oldPath)) yield* toRemoved(file, blobs);
        }
      } catch (error) {
        if (!(error instanceof GitError)) throw error;
        if (!isTooLarge(error.message) && error.reason !== 'partial') reportGitError(error, diagnostics);
      }
      if (isPartial || isTooLargeForText) yield* guarded((await loadObjectSource()).removed(diagnostics), diagnostics);
    },
    async attribute(findings) {
      blobs.close();
      return await Promise.resolve(withoutRepeated(findings));
    },
  };
}

/** A file that the commit uncovers and changes is scanned twice. */
function withoutRepeated(findings: readonly Finding[]): readonly Finding[] {
  return [...new Map(findings.map((each) => [`${each.fingerprint} ${each.artifact.kind}`, each])).values()];
}

/** An error of git ends the inputs, and is reported. */
async function* guarded(inputs: AsyncIterable<Input>, diagnostics: Diagnostics): AsyncGenerator<Input> {
  try {
    yield* inputs;
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    reportGitError(error, diagnostics);
  }
}

async function toInput(
  file: FileDiff,
  blobs: Blobs,
  beforeOf: (file: FileDiff) => Promise<readonly string[]>,
): Promise<Input> {
  const { path, blob, newPath, newText, oldBlob } = file;
  const nameUse = newPath ? {} : { name: 'ignore' as const };
  if (blob === undefined) return { ...memoryInput(Buffer.alloc(0), toArtifact(path)), ...nameUse };
  const whole = async (): Promise<Input> => {
    const before = (await beforeOf(file)).map((id) => () => blobs.input({ path, blob: id }));
    const { artifact, open } = blobs.input({ path, blob });
    return { artifact, open, ...nameUse, before };
  };
  return isExcerptEnough(file, newText, oldBlob)
    ? { ...memoryInput(newText, toArtifact(path, blob)), ...nameUse, whole }
    : await whole();
}

/** The version before, without secrets that are still there. */
function* toRemoved(file: FileDiff, blobs: Blobs): Generator<Input> {
  const { path, oldPath = path, blob, oldBlob, oldText, whole: isWhole } = file;
  if (oldBlob === undefined || (isWhole && oldText.length === 0)) return;
  const after = blob === undefined ? [] : [() => blobs.input({ path, blob })];
  const whole: Input = { ...blobs.input({ path: oldPath, blob: oldBlob }), before: after };
  yield isExcerptEnough(file, oldText, blob)
    ? {
        ...memoryInput(oldText, toArtifact(oldPath, oldBlob)),
        name: 'ignore',
        whole: async () => await Promise.resolve(whole),
      }
    : whole;
}

/** If a change starts in the middle of an archive, only the whole file shows that it is one. */
function isExcerptEnough({ whole }: FileDiff, text: Buffer, otherBlob: string | undefined): boolean {
  return whole && (otherBlob === undefined || isUtf8(text));
}

function reportGitError(error: GitError, diagnostics: Diagnostics): void {
  // An early end is reported where the scan was ended.
  if (error.reason === 'stopped') return;
  diagnostics.gap(gapFromGit(error, { failed: 'git could not list the staged changes' }));
}
