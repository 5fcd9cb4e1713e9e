/**
 * What the next commit adds, told by objects and not by lines: for partial clones, where git cannot compare what it does not
 * have. What equals a parent adds nothing, a version before that is not here takes nothing away, and of what is new itself and
 * not here it is said.
 */

import { absentOf } from '../git/partial.ts';
import { objectOf } from '../git/resolve.ts';
import { GitError } from '../git/spawn.ts';
import { mergeHeads, type StagedEntry, stagedEntries } from '../git/staged-diff.ts';
import { plural } from '../lib/format-amounts.ts';
import { showPath } from '../lib/path-bytes.ts';
import type { Artifact, Input } from '../model/artifact.ts';
import type { Gap } from '../model/gap.ts';
import type { Source, Diagnostics } from '../model/source.ts';
import { absentGap } from '../sources/git-object.ts';
import { memoryInput } from '../sources/memory.ts';
import type { StagedOptions } from './staged.ts';

interface Surroundings {
  /** A version of a file that is here. */
  readonly blobInput: (entry: { readonly path: string; readonly blob: string }) => Input;
  /** Whether a path was scanned by its lines. */
  readonly isDone: (path: string) => boolean;
  readonly unmergedGap: (path: string) => Gap;
}

export function stagedByObject(
  options: StagedOptions,
  { blobInput, isDone, unmergedGap }: Surroundings,
): Required<Pick<Source, 'inputs' | 'removed'>> {
  let changes: Promise<Changes> | undefined;
  const load = (): Promise<Changes> => (changes ??= changesOf(options));
  return {
    async *inputs(trouble) {
      const { entries, absent, isBroughtBack } = await load();
      let lacking = 0;
      let back = 0;
      const beforeOf = (entry: Change): (() => Input)[] =>
        entry.before.map((blob) => () => {
          if (!absent.has(blob)) return blobInput({ path: entry.path, blob });
          lacking++;
          return memoryInput(Buffer.alloc(0), toArtifact(entry.path));
        });
      for (const entry of entries) {
        const { path, blob, isUnmerged } = entry;
        if (isDone(path)) continue;
        if (isUnmerged) trouble.gap(unmergedGap(path));
        if (blob === undefined || isUnmerged) continue;
        if (options.excludes(path)) {
          trouble.skip('excluded');
          continue;
        }
        const name = entry.newPath ? {} : { nameCounts: false as const };
        if (entry.before.includes(blob)) yield { ...memoryInput(Buffer.alloc(0), toArtifact(path, blob)), ...name };
        else if (!absent.has(blob)) {
          const { artifact, open } = blobInput({ path, blob });
          yield { artifact, open, ...name, before: beforeOf(entry) };
        } else {
          yield { ...memoryInput(Buffer.alloc(0), toArtifact(path, blob)), ...name };
          if (isBroughtBack(path)) back++;
          else trouble.gap({ ...absentGap(showPath(path)), hint: `Fetch it, then try again: git cat-file -e ${blob}` });
        }
      }
      sayLacking(lacking, trouble);
      sayBroughtBack(back, trouble);
    },
    async *removed() {
      const { entries, absent } = await load();
      for (const { path, oldPath = path, blob, oldBlob } of entries) {
        if (isDone(path) || oldBlob === undefined || oldBlob === blob || options.uncounted(oldPath)) continue;
        // What is not here takes nothing away, and of what is not here nobody knows whether it is there still.
        if (absent.has(oldBlob) || (blob !== undefined && absent.has(blob))) continue;
        const after = blob === undefined ? [] : [() => blobInput({ path, blob })];
        yield { ...blobInput({ path: oldPath, blob: oldBlob }), before: after };
      }
    },
  };
}

function sayLacking(count: number, trouble: Diagnostics): void {
  if (count === 0) return;
  trouble.note(
    `of files with findings ${plural(count, 'version')} before ${count === 1 ? 'is' : 'are'} not in this partial clone, so everything in them counts as added`,
  );
}

/** They are in the history already, so the commit is not stopped for them; but nobody may take them for scanned. */
function sayBroughtBack(count: number, trouble: Diagnostics): void {
  if (count === 0) return;
  trouble.skip('promised', count);
  trouble.note(
    `${plural(count, 'file')} that this revert or cherry-pick brings back ${count === 1 ? 'was' : 'were'} not scanned: this partial clone does not have ${count === 1 ? 'it' : 'them'}`,
  );
}

function toArtifact(path: string, blob?: string): Artifact {
  return { kind: 'file', uri: showPath(path), path, ...(blob === undefined ? {} : { blob }) };
}

interface Change extends StagedEntry {
  /** What the parents have in its place; what was not scanned there does not count. */
  readonly before: readonly string[];
}

interface Changes {
  readonly entries: readonly Change[];
  readonly absent: ReadonlySet<string>;
  /** Whether a commit that is here has the version, which a revert or a cherry-pick brings back. */
  readonly isBroughtBack: (path: string) => boolean;
}

async function changesOf(options: StagedOptions): Promise<Changes> {
  const staged = await entriesAgainst(undefined, options);
  const heads = await mergeHeads(options);
  const others = await Promise.all(heads.map(async (head) => byPath(await entriesAgainst(head, options))));
  const entries = staged.map((entry): Change => {
    const { path, oldPath = path, blob, oldBlob } = entry;
    const own = oldBlob === undefined || options.uncounted(oldPath, path) ? [] : [oldBlob];
    const theirs = others.flatMap((changed) => {
      const other = changed.get(path);
      if (other === undefined) return blob === undefined || options.uncounted(path, path) ? [] : [blob];
      const isCounted = other.oldBlob !== undefined && !options.uncounted(other.oldPath ?? path, path);
      return isCounted ? [other.oldBlob] : [];
    });
    return { ...entry, before: [...new Set([...own, ...theirs])] };
  });
  const versions = entries.flatMap(({ blob, oldBlob, before }) => [blob, oldBlob, ...before]);
  const absent = await absentOf(
    versions.filter((id) => id !== undefined),
    options,
  );
  const isLacking = entries.some(
    ({ blob, before }) => blob !== undefined && absent.has(blob) && !before.includes(blob),
  );
  const sources = isLacking ? await pickedFrom(options) : [];
  // What does not differ from the commit, it has.
  return { entries, absent, isBroughtBack: (path) => sources.some((changed) => !changed.has(path)) };
}

/** What is staged against the commits that a revert or a cherry-pick in progress takes versions from. */
async function pickedFrom(options: StagedOptions): Promise<ReadonlyMap<string, StagedEntry>[]> {
  const names = ['REVERT_HEAD^1', 'CHERRY_PICK_HEAD'];
  const commits = await Promise.all(names.map((name) => objectOf(name, options)));
  const sources: ReadonlyMap<string, StagedEntry>[] = [];
  for (const commit of commits) {
    if (commit === undefined) continue;
    try {
      sources.push(byPath(await entriesAgainst(commit, options)));
    } catch (error) {
      // Of a commit whose trees are not here nothing is known.
      if (!(error instanceof GitError) || error.reason !== 'partial') throw error;
    }
  }
  return sources;
}

export async function entriesAgainst(commit: string | undefined, options: StagedOptions): Promise<StagedEntry[]> {
  const entries: StagedEntry[] = [];
  for await (const entry of stagedEntries(options, { against: commit, renames: 'exact' })) entries.push(entry);
  return entries;
}

export function byPath(entries: readonly StagedEntry[]): Map<string, StagedEntry> {
  return new Map(entries.map((entry) => [entry.path, entry]));
}
