/**
 * What the next commit adds. `git diff --cached` says which lines are new; when one of them holds a candidate, the
 * file is read from the index, so that every position is true. The work tree is never looked at.
 */

import { isUtf8 } from 'node:buffer';
import type { FileDiff, LineRange } from '../git/diff-parser.ts';
import { toldOf } from '../git/git-error.ts';
import { GitError, type GitOptions } from '../git/spawn.ts';
import {
  isTooLarge,
  linesAdded,
  mergeHeads,
  readBlob,
  type StagedEntry,
  stagedDiff,
  stagedEntries,
} from '../git/staged-diff.ts';
import { showPath } from '../lib/path-bytes.ts';
import type { Artifact, Input, Part } from '../model/artifact.ts';
import { type Gap, ReadError } from '../model/gap.ts';
import type { Region } from '../model/region.ts';
import type { ExcludedAt, Source, Diagnostics, Uncounted } from '../model/source.ts';
import { memoryInput } from '../sources/memory.ts';
import { streamReader } from '../sources/stream-reader.ts';

export interface StagedOptions extends GitOptions {
  /** Whether a path, relative to the root of the work tree, is passed over. */
  readonly excludes: (path: string) => boolean;
  readonly uncounted: Uncounted;
  /** The same with the exclusions of HEAD, which the commit may drop: asked for only where something has left its place. */
  readonly uncountedAtHead?: () => Promise<Uncounted>;
  readonly excludedAt?: ExcludedAt;
  /** Whether what is passed over may change with the file at a path. Absent: with any. */
  readonly decides?: (path: string) => boolean;
}

export function stagedSource(given: StagedOptions): Source {
  let options = given;
  const withHead = async (): Promise<void> => {
    if (options.uncountedAtHead === undefined) return;
    const { uncountedAtHead, ...rest } = options;
    options = { ...rest, uncounted: await uncountedAtHead() };
  };
  const merged = createMergeFilter(options);
  /** Files that were read as text, with the lines that are new; what is not among them is compared as objects. */
  const asText = new Map<string, readonly LineRange[]>();
  let mayUncover = false;
  let byObject = false;
  /** Paths whose old place does not count: what is in them is new as a whole. */
  const arrived = new Set<string>();
  let byObjects: Promise<ObjectSource> | undefined;
  const load = (): Promise<ObjectSource> =>
    (byObjects ??= import('./staged-objects.ts').then(({ stagedByObject }) =>
      stagedByObject(options, {
        blobInput: (entry) => blobInput(entry, options),
        isDone: (path) => asText.has(path) && !arrived.has(path),
        unmergedGap,
      }),
    ));
  let isPartial = false;
  const uncovered = async (): Promise<AsyncIterable<Input>> => {
    const { uncoveredInputs } = await import('./uncovered.ts');
    const scanned = (path: string): readonly LineRange[] => (arrived.has(path) ? EVERYTHING : (asText.get(path) ?? []));
    return uncoveredInputs(options, scanned, (entry) => blobInput(entry, options));
  };

  return {
    name: 'staged',
    async *inputs(trouble) {
      const diff = stagedDiff(options);
      try {
        for await (const file of diff.files()) {
          asText.set(file.path, file.added);
          mayUncover ||= [file.path, file.oldPath ?? file.path].some((path) => options.decides?.(path) ?? true);
          if (file.oldPath !== undefined) await withHead();
          if (hasArrived(file, options) && !options.excludes(file.path)) {
            arrived.add(file.path);
            continue;
          }
          if (file.added.length === 0 && !file.newPath) continue;
          if (options.excludes(file.path)) trouble.skip('excluded');
          else yield await toInput(file, options, merged);
        }
      } catch (error) {
        if (!(error instanceof GitError)) throw error;
        byObject = isTooLarge(error.message);
        isPartial = error.reason === 'partial';
        if (!byObject && !isPartial) sayTrouble(error, trouble);
      }
      if (isPartial || byObject) await withHead();
      if (isPartial) {
        yield* guarded((await load()).inputs(trouble), trouble);
        yield* guarded(await uncovered(), trouble);
        return;
      }
      // Of a file that is renamed and no more, the text of the change names no object.
      const remaining = ({ path }: StagedEntry): boolean => arrived.has(path) || (byObject && !asText.has(path));
      if (byObject || arrived.size > 0) yield* inputsByObject(options, remaining, merged, trouble);
      for (const path of diff.unmerged) trouble.gap(unmergedGap(path));
      if (mayUncover || byObject) yield* guarded(await uncovered(), trouble);
    },
    async *removed(trouble) {
      await withHead();
      if (isPartial) {
        yield* guarded((await load()).removed(trouble), trouble);
        return;
      }
      try {
        for await (const { path, oldPath = path, removedText, oldBlob, whole } of stagedDiff(options).files()) {
          if (options.uncounted(oldPath)) continue;
          if (removedText.length > 0) yield { ...memoryInput(removedText, toArtifact(path)), nameCounts: false };
          else if (!whole && oldBlob !== undefined) yield blobInput({ path, blob: oldBlob }, options);
        }
      } catch (error) {
        if (!(error instanceof GitError)) throw error;
        if (!isTooLarge(error.message)) sayTrouble(error, trouble);
      }
      if (!byObject) return;
      for await (const { path, oldPath = path, oldBlob } of stagedEntries(options)) {
        if (oldBlob !== undefined && !asText.has(path) && !options.uncounted(oldPath))
          yield blobInput({ path, blob: oldBlob }, options);
      }
    },
  };
}

/** Loaded where it is needed: a hook in a whole clone must start fast. */
type ObjectSource = Required<Pick<Source, 'inputs' | 'removed'>>;

function unmergedGap(path: string): Gap {
  return {
    kind: 'git',
    uri: showPath(path),
    message: 'it is in conflict, so the index has no one version of it',
    hint: 'Resolve the conflict and add it: git add PATH',
  };
}

/** Trouble of git's ends it, and is said. */
async function* guarded(inputs: AsyncIterable<Input>, trouble: Diagnostics): AsyncGenerator<Input> {
  try {
    yield* inputs;
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    sayTrouble(error, trouble);
  }
}

/** Whether a file comes from a place that does not count. */
function hasArrived({ path, oldPath }: Pick<StagedEntry, 'path' | 'oldPath'>, { uncounted }: StagedOptions): boolean {
  return oldPath !== undefined && uncounted(oldPath, path);
}

async function toInput(file: FileDiff, options: StagedOptions, merged: MergeFilter): Promise<Input> {
  const { path, blob, newPath, addedText, whole } = file;
  const nameCounts = newPath ? {} : { nameCounts: false as const };
  if (blob === undefined) return { ...memoryInput(Buffer.alloc(0), toArtifact(path)), ...nameCounts };
  let ranges: readonly LineRange[][] = [[...file.added]];
  const admits = (region: Region): boolean => ranges.every((added) => added.some((range) => touches(region, range)));
  // Where a change begins in the middle of an archive, only the whole tells that it is one.
  const isInBinary = file.oldBlob !== undefined && !isUtf8(addedText);
  if (!whole || isInBinary) {
    ranges = [...ranges, ...(await merged(path))];
    return { ...blobInput({ path, blob }, options), ...nameCounts, part: { admits } };
  }
  return {
    ...memoryInput(addedText, toArtifact(path, blob)),
    ...nameCounts,
    part: {
      admits,
      whole: async () => {
        ranges = [...ranges, ...(await merged(path))];
        return blobInput({ path, blob }, options);
      },
    },
  };
}

/** Files that are not compared as text, because they are too large or all of them is new: the whole object counts. */
async function* inputsByObject(
  options: StagedOptions,
  isAsked: (entry: StagedEntry) => boolean,
  merged: MergeFilter,
  trouble: Diagnostics,
): AsyncGenerator<Input> {
  try {
    for await (const entry of stagedEntries(options)) {
      const { path, blob, newPath } = entry;
      if (blob === undefined || !isAsked(entry)) continue;
      if (options.excludes(path)) {
        trouble.skip('excluded');
        continue;
      }
      const { artifact, open } = blobInput({ path, blob }, options);
      yield { artifact, open, ...(newPath ? {} : { nameCounts: false }), part: await wholePart(path, merged) };
    }
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    sayTrouble(error, trouble);
  }
}

/** All of a file, less what another parent of a merge has. */
async function wholePart(path: string, merged: MergeFilter): Promise<Part> {
  const parents = await merged(path);
  return { admits: (region) => parents.every((added) => added.some((range) => touches(region, range))) };
}

function blobInput(
  { path, blob }: Pick<StagedEntry, 'path'> & { readonly blob: string },
  options: StagedOptions,
): Input {
  const artifact = toArtifact(path, blob);
  const translate = (error: Error): Error =>
    error instanceof GitError
      ? new ReadError(
          {
            kind: 'git',
            uri: artifact.uri,
            ...toldOf(error, 'git could not read it', 'Mend the repository.'),
          },
          error,
        )
      : error;
  return { artifact, nameCounts: false, open: () => streamReader(readBlob(blob, options), translate) };
}

function toArtifact(path: string, blob?: string): Artifact {
  return { kind: 'file', uri: showPath(path), path, ...(blob === undefined ? {} : { blob }) };
}

export function touches(region: Region, { first, last }: LineRange): boolean {
  return region.startLine <= last && region.endLine >= first;
}

function sayTrouble(error: GitError, trouble: Diagnostics): void {
  // That the scan was ended is said by who ended it.
  if (error.reason === 'stopped') return;
  trouble.gap({ kind: 'git', ...toldOf(error, 'git could not tell what is staged', 'Mend the repository.') });
}

const EVERYTHING: LineRange[] = [{ first: 1, last: Number.POSITIVE_INFINITY }];

/** The lines that the index adds to each further parent of a merge in progress. */
type MergeFilter = (path: string) => Promise<LineRange[][]>;

/**
 * In a merge, what comes from the other side is in the repository already: only lines that are new to every parent
 * are added by the commit. Asked only when there is a candidate, so that clean commits do not pay for it.
 */
function createMergeFilter(options: StagedOptions): MergeFilter {
  let parents: Promise<((path: string) => Promise<LineRange[]>)[]> | undefined;
  const linesOver = async (head: string): Promise<(path: string) => Promise<LineRange[]>> => {
    const added = new Map<string, LineRange[]>();
    try {
      for await (const file of stagedDiff(options, head).files())
        added.set(file.path, hasArrived(file, options) ? EVERYTHING : [...file.added]);
      return async (path) => await Promise.resolve(added.get(path) ?? []);
    } catch (error) {
      if (!(error instanceof GitError) || error.reason !== 'partial') throw error;
    }
    // Git cannot compare everything with it; what is asked for it may be able to.
    const { byPath, entriesAgainst } = await import('./staged-objects.ts');
    const changed = byPath(await entriesAgainst(head, options));
    return async (path) => {
      const entry = changed.get(path);
      if (entry?.blob === undefined) return [];
      if (entry.oldBlob === undefined || hasArrived(entry, options)) return EVERYTHING;
      return [...(await linesAdded(entry.oldBlob, entry.blob, options).catch(() => EVERYTHING))];
    };
  };
  return async (path) => {
    // Without the other side's lines too much counts as new, never too little.
    parents ??= mergeHeads(options)
      .then(async (heads) => await Promise.all(heads.map(linesOver)))
      .catch(() => []);
    return await Promise.all((await parents).map(async (linesOf) => await linesOf(path)));
  };
}
