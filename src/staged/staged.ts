/**
 * The lines that the next commit adds. `git diff --cached` names the new lines; if one of them has a candidate, the whole file is read
 * from the index, so that every position is true. The work tree is never read.
 *
 * There are two ways to decide what is new. Here a textual diff decides, elsewhere (`range`, see `triage/new-places.ts`) the versions of
 * each file are compared. Comparing versions here would need no diff parser, but it scans whole files in a clean commit, and starts one
 * more git process. Measured CPU time of the hook, git included: +5 ms for 1 small file, +21 ms for 10, +24 ms for 200, +65 ms for one
 * line changed in 1 MB; the limit was +4 ms. A partial clone, where git cannot make the diff, does compare versions
 * (`staged-objects.ts`).
 */

import { isUtf8 } from 'node:buffer';
import { gapFromGit } from '../git/git-error.ts';
import { GitError } from '../git/spawn.ts';
import type { Input, Part } from '../model/artifact.ts';
import type { Region } from '../model/region.ts';
import type { Source, Diagnostics } from '../model/source.ts';
import { memoryInput } from '../sources/memory.ts';
import type { FileDiff, LineRange } from './diff-parser.ts';
import { isTooLarge, linesAdded, mergeHeads, type StagedEntry, stagedDiff, stagedEntries } from './staged-diff.ts';
import { type Blobs, openBlobs, type StagedOptions, toArtifact, touches, unmergedGap } from './staged-options.ts';

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
  const linesNewToMergeHeads = createMergeFilter(options);
  /** The new lines of the files that were compared as text; all other files are compared as objects. */
  const comparedAsText = new Map<string, readonly LineRange[]>();
  let mayUncover = false;
  /** Whether git could not show a file as text. */
  let isTooLargeForText = false;
  let isPartial = false;
  /** Files whose old path was not scanned: all their content is new. */
  const arrived = new Set<string>();
  let objectSource: Promise<ObjectSource> | undefined;
  const loadObjectSource = (): Promise<ObjectSource> =>
    (objectSource ??= import('./staged-objects.ts').then(({ stagedByObject }) =>
      stagedByObject(options, blobs, (path) => comparedAsText.has(path) && !arrived.has(path)),
    ));
  const uncovered = async (): Promise<AsyncIterable<Input>> => {
    const { uncoveredInputs } = await import('./uncovered.ts');
    const scanned = (path: string): readonly LineRange[] =>
      arrived.has(path) ? ALL_LINES : (comparedAsText.get(path) ?? []);
    return uncoveredInputs(options, scanned, blobs);
  };

  return {
    name: 'staged',
    async *inputs(diagnostics) {
      const diff = stagedDiff(options);
      try {
        for await (const file of diff.files()) {
          comparedAsText.set(file.path, file.added);
          mayUncover ||= [file.path, file.oldPath ?? file.path].some((path) => options.isPolicyFile?.(path) ?? true);
          if (file.oldPath !== undefined) await useExclusionsOfHead();
          if (hasArrived(file, options) && !options.excludes(file.path)) {
            arrived.add(file.path);
            continue;
          }
          if (file.added.length === 0 && !file.newPath) continue;
          if (options.excludes(file.path)) diagnostics.skip('excluded');
          else yield await toInput(file, blobs, linesNewToMergeHeads);
        }
      } catch (error) {
        if (!(error instanceof GitError)) throw error;
        isTooLargeForText = isTooLarge(error.message);
        isPartial = error.reason === 'partial';
        if (!isTooLargeForText && !isPartial) reportGitError(error, diagnostics);
      }
      if (isPartial || isTooLargeForText) await useExclusionsOfHead();
      if (isPartial) {
        yield* guarded((await loadObjectSource()).inputs(diagnostics), diagnostics);
        yield* guarded(await uncovered(), diagnostics);
        return;
      }
      // The diff of a file that was only renamed does not name its object.
      const isLeft = ({ path }: StagedEntry): boolean =>
        arrived.has(path) || (isTooLargeForText && !comparedAsText.has(path));
      if (isTooLargeForText || arrived.size > 0)
        yield* guarded(wholeInputs(options, isLeft, { blobs, linesNewToMergeHeads, diagnostics }), diagnostics);
      for (const path of diff.unmerged) diagnostics.gap(unmergedGap(path));
      if (mayUncover || isTooLargeForText) yield* guarded(await uncovered(), diagnostics);
    },
    async *removed(diagnostics) {
      await useExclusionsOfHead();
      if (isPartial) {
        yield* guarded((await loadObjectSource()).removed(diagnostics), diagnostics);
        return;
      }
      try {
        for await (const { path, oldPath = path, removedText, oldBlob, whole } of stagedDiff(options).files()) {
          if (options.previouslyExcluded(oldPath)) continue;
          if (removedText.length > 0) yield { ...memoryInput(removedText, toArtifact(path)), name: 'ignore' };
          else if (!whole && oldBlob !== undefined) yield blobs.input({ path, blob: oldBlob });
        }
      } catch (error) {
        if (!(error instanceof GitError)) throw error;
        if (!isTooLarge(error.message)) reportGitError(error, diagnostics);
      }
      if (!isTooLargeForText) return;
      for await (const { path, oldPath = path, oldBlob } of stagedEntries(options)) {
        if (oldBlob !== undefined && !comparedAsText.has(path) && !options.previouslyExcluded(oldPath))
          yield blobs.input({ path, blob: oldBlob });
      }
    },
    async attribute(findings) {
      blobs.close();
      return await Promise.resolve(findings);
    },
  };
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

/** Whether a file was renamed from a path that was not scanned. */
function hasArrived(
  { path, oldPath }: Pick<StagedEntry, 'path' | 'oldPath'>,
  { previouslyExcluded }: StagedOptions,
): boolean {
  return oldPath !== undefined && previouslyExcluded(oldPath, path);
}

async function toInput(file: FileDiff, blobs: Blobs, linesNewToMergeHeads: MergeFilter): Promise<Input> {
  const { path, blob, newPath, addedText, whole } = file;
  const nameUse = newPath ? {} : { name: 'ignore' as const };
  if (blob === undefined) return { ...memoryInput(Buffer.alloc(0), toArtifact(path)), ...nameUse };
  const { artifact, open } = blobs.input({ path, blob });
  let ranges: readonly LineRange[][] = [[...file.added]];
  const admits = (region: Region): boolean => ranges.every((added) => added.some((range) => touches(region, range)));
  // If a change starts in the middle of an archive, only the whole file shows that it is one.
  const isInBinary = file.oldBlob !== undefined && !isUtf8(addedText);
  if (!whole || isInBinary) {
    ranges = [...ranges, ...(await linesNewToMergeHeads(path))];
    return { artifact, open, ...nameUse, part: { admits } };
  }
  return {
    ...memoryInput(addedText, artifact),
    ...nameUse,
    part: {
      admits,
      whole: async () => {
        ranges = [...ranges, ...(await linesNewToMergeHeads(path))];
        return blobs.input({ path, blob });
      },
    },
  };
}

/** Files whose whole content is new, or that git cannot show as text. @throws GitError */
async function* wholeInputs(
  options: StagedOptions,
  isWanted: (entry: StagedEntry) => boolean,
  by: { readonly blobs: Blobs; readonly linesNewToMergeHeads: MergeFilter; readonly diagnostics: Diagnostics },
): AsyncGenerator<Input> {
  for await (const entry of stagedEntries(options)) {
    const { path, blob, newPath } = entry;
    if (blob === undefined || !isWanted(entry)) continue;
    if (options.excludes(path)) {
      by.diagnostics.skip('excluded');
      continue;
    }
    const { artifact, open } = by.blobs.input({ path, blob });
    const part = await partNewToMergeHeads(path, by.linesNewToMergeHeads);
    yield { artifact, open, ...(newPath ? {} : { name: 'ignore' }), part };
  }
}

/** All lines of a file that no merged commit has. */
async function partNewToMergeHeads(path: string, linesNewToMergeHeads: MergeFilter): Promise<Part> {
  const parents = await linesNewToMergeHeads(path);
  return { admits: (region) => parents.every((added) => added.some((range) => touches(region, range))) };
}

function reportGitError(error: GitError, diagnostics: Diagnostics): void {
  // An early end is reported where the scan was ended.
  if (error.reason === 'stopped') return;
  diagnostics.gap(gapFromGit(error, { failed: 'git could not list the staged changes' }));
}

const ALL_LINES: LineRange[] = [{ first: 1, last: Number.POSITIVE_INFINITY }];

/** The lines of a file that the index adds to each of the commits that a merge in progress merges. */
type MergeFilter = (path: string) => Promise<LineRange[][]>;

/**
 * The other side of a merge is in the repository already: the commit adds only lines that are new to every parent. Used only for files
 * with a candidate, so that clean commits do not pay for it.
 */
function createMergeFilter(options: StagedOptions): MergeFilter {
  let parents: Promise<((path: string) => Promise<LineRange[]>)[]> | undefined;
  const linesNewTo = async (head: string): Promise<(path: string) => Promise<LineRange[]>> => {
    const added = new Map<string, LineRange[]>();
    try {
      for await (const file of stagedDiff(options, head).files())
        added.set(file.path, hasArrived(file, options) ? ALL_LINES : [...file.added]);
      return async (path) => await Promise.resolve(added.get(path) ?? []);
    } catch (error) {
      if (!(error instanceof GitError) || error.reason !== 'partial') throw error;
    }
    // A partial clone lacks a file that git needs for the whole diff; it may still have this one.
    const { byPath, entriesAgainst } = await import('./staged-objects.ts');
    const changed = byPath(await entriesAgainst(head, options));
    return async (path) => {
      const entry = changed.get(path);
      if (entry?.blob === undefined) return [];
      if (entry.oldBlob === undefined || hasArrived(entry, options)) return ALL_LINES;
      return [...(await linesAdded(entry.oldBlob, entry.blob, options).catch(() => ALL_LINES))];
    };
  };
  return async (path) => {
    // Without the lines of the other side too much counts as new, never too little.
    parents ??= mergeHeads(options)
      .then(async (heads) => await Promise.all(heads.map(linesNewTo)))
      .catch(() => []);
    return await Promise.all((await parents).map(async (linesOf) => await linesOf(path)));
  };
}
