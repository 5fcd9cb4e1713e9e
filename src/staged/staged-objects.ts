/**
 * The staged changes without their text: where git cannot make it, in partial clones and for huge files. A version that equals that of
 * a parent adds nothing. A missing old version removes nothing. A missing new version is reported.
 */

import { absentOf, promisorOf } from '../git/partial.ts';
import { objectOf } from '../git/resolve.ts';
import { GitError } from '../git/spawn.ts';
import { plural } from '../lib/format-amounts.ts';
import { showPath } from '../lib/path-bytes.ts';
import type { Input } from '../model/artifact.ts';
import type { Source, Diagnostics } from '../model/source.ts';
import { absentGap } from '../sources/git-object.ts';
import { memoryInput } from '../sources/memory.ts';
import { byPath, entriesAgainst, versionsBefore } from './parents.ts';
import type { StagedEntry } from './staged-entries.ts';
import { type Blobs, type StagedOptions, toArtifact, unmergedGap } from './staged-options.ts';

/** @param isDone whether the text of a path was scanned */
export function stagedByObject(
  options: StagedOptions,
  blobs: Blobs,
  isDone: (path: string) => boolean,
): Required<Pick<Source, 'inputs' | 'removed'>> {
  let changes: Promise<Changes> | undefined;
  const load = (): Promise<Changes> => (changes ??= changesOf(options));
  return {
    async *inputs(diagnostics) {
      const { entries, absent, isRestored } = await load();
      let missingBefore = 0;
      let restored = 0;
      const beforeOf = (entry: Change): (() => Input)[] =>
        entry.before.map((blob) => () => {
          if (!absent.has(blob)) return blobs.input({ path: entry.path, blob });
          missingBefore++;
          return memoryInput(Buffer.alloc(0), toArtifact(entry.path));
        });
      for (const entry of entries) {
        const { path, blob, isUnmerged } = entry;
        if (isDone(path)) continue;
        if (isUnmerged) diagnostics.gap(unmergedGap(path));
        if (blob === undefined || isUnmerged) continue;
        if (options.excludes(path)) {
          diagnostics.skip('excluded');
          continue;
        }
        const nameUse = entry.newPath ? {} : { name: 'ignore' as const };
        if (entry.before.includes(blob)) yield { ...memoryInput(Buffer.alloc(0), toArtifact(path, blob)), ...nameUse };
        else if (!absent.has(blob)) {
          const { artifact, open } = blobs.input({ path, blob });
          yield { artifact, open, ...nameUse, before: beforeOf(entry) };
        } else {
          yield { ...memoryInput(Buffer.alloc(0), toArtifact(path, blob)), ...nameUse };
          if (isRestored(path)) restored++;
          else
            diagnostics.gap({
              ...absentGap(showPath(path)),
              hint: `Fetch it, then try again: git cat-file -e ${blob}`,
            });
        }
      }
      noteMissingVersions(missingBefore, diagnostics);
      noteRestored(restored, diagnostics);
    },
    async *removed() {
      const { entries, absent } = await load();
      for (const { path, oldPath = path, blob, oldBlob } of entries) {
        if (isDone(path) || oldBlob === undefined || oldBlob === blob || options.previouslyExcluded(oldPath)) continue;
        // A missing old version removes nothing; with a missing new version it is unknown what was removed.
        if (absent.has(oldBlob) || (blob !== undefined && absent.has(blob))) continue;
        const after = blob === undefined ? [] : [() => blobs.input({ path, blob })];
        yield { ...blobs.input({ path: oldPath, blob: oldBlob }), before: after };
      }
    },
  };
}

function noteMissingVersions(count: number, diagnostics: Diagnostics): void {
  if (count === 0) return;
  diagnostics.note(
    `${plural(count, 'older version')} of files with findings ${count === 1 ? 'is' : 'are'} not in this partial clone, so everything in those files counts as added`,
  );
}

/** They are in the history already, so the commit is not blocked; but they must not pass for scanned. */
function noteRestored(count: number, diagnostics: Diagnostics): void {
  if (count === 0) return;
  diagnostics.skip('promised', count);
  diagnostics.note(
    `${plural(count, 'file')} that this revert or cherry-pick restores ${count === 1 ? 'was' : 'were'} not scanned: this partial clone does not have ${count === 1 ? 'it' : 'them'}`,
  );
}

interface Change extends StagedEntry {
  /** The versions of the parents, except those that were not scanned there. */
  readonly before: readonly string[];
}

interface Changes {
  readonly entries: readonly Change[];
  readonly absent: ReadonlySet<string>;
  /** Whether a revert or cherry-pick in progress restores this version from a commit of the repository. */
  readonly isRestored: (path: string) => boolean;
}

async function changesOf(options: StagedOptions): Promise<Changes> {
  const beforeOf = await versionsBefore(options);
  const staged = await entriesAgainst(undefined, options);
  const entries = staged.map((entry): Change => ({ ...entry, before: beforeOf(entry) }));
  const versions = entries.flatMap(({ blob, oldBlob, before }) => [blob, oldBlob, ...before]);
  const isPartial = (await promisorOf(options)) !== undefined;
  const ids = isPartial ? versions.filter((id) => id !== undefined) : [];
  const absent = await absentOf(ids, options);
  const isLacking = entries.some(
    ({ blob, before }) => blob !== undefined && absent.has(blob) && !before.includes(blob),
  );
  const sources = isLacking ? await pickedFrom(options) : [];
  // The commit has each version that it does not differ in.
  return { entries, absent, isRestored: (path) => sources.some((changed) => !changed.has(path)) };
}

/** The staged changes against the commits that a revert or cherry-pick in progress takes versions from. */
async function pickedFrom(options: StagedOptions): Promise<ReadonlyMap<string, StagedEntry>[]> {
  const names = ['REVERT_HEAD^1', 'CHERRY_PICK_HEAD'];
  const commits = await Promise.all(names.map((name) => objectOf(name, options)));
  const sources: ReadonlyMap<string, StagedEntry>[] = [];
  for (const commit of commits) {
    if (commit === undefined) continue;
    try {
      sources.push(byPath(await entriesAgainst(commit, options)));
    } catch (error) {
      // The trees of the commit are missing, so its versions are unknown.
      if (!(error instanceof GitError) || error.reason !== 'partial') throw error;
    }
  }
  return sources;
}
