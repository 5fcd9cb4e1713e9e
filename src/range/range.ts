/**
 * The additions of a range of commits: each version of each file that a commit makes, compared with the version before it;
 * messages, authors, names of files and refs, tags and their content. A secret that a later commit removes was pushed
 * nevertheless.
 *
 * Versions are read whole from the object database, so positions are true, and binary files, wide text and archives need no
 * special case. No diff is made: the version before is scanned as well, and a secret counts if it was not there
 * (`triage/new-places.ts`). `staged` decides in the same way; why it reads a diff as well is in `staged/staged.ts`.
 */

import { changesOf, type FileChange, type Version } from '../git/changes.ts';
import { type Commit, type CommitRange, listCommits } from '../git/commits.ts';
import { createObjectReader, type ObjectReader, wholeObject } from '../git/objects.ts';
import { explainGitError } from '../git/git-error.ts';
import { absentOf, promisorOf, versionsOf } from '../git/partial.ts';
import { hasParents } from '../git/resolve.ts';
import { GitError } from '../git/spawn.ts';
import { plural } from '../lib/format-amounts.ts';
import { showPath } from '../lib/path-bytes.ts';
import type { Artifact, Input } from '../model/artifact.ts';
import { type Gap, ReadError } from '../model/gap.ts';
import type { Source, Diagnostics } from '../model/source.ts';
import { COMMIT_MAX, commitStep } from '../sources/commit-parts.ts';
import { absentGap, askedInput, streamedInput } from '../sources/git-object.ts';
import { memoryInput } from '../sources/memory.ts';
import { readSteps, type Step } from '../sources/object-steps.ts';
import { attributeRange } from './attribution.ts';
import { tipInputs } from '../sources/tips.ts';
import type { RangeContext, RangeOptions } from './range-context.ts';
import { uncoveredSteps } from './uncovered.ts';

export function rangeSource(options: RangeOptions): Source {
  const walk = new RangeWalk(options);
  return {
    name: 'range',
    inputs: (diagnostics) => walk.guard(walk.inputs(diagnostics), diagnostics),
    removed: (diagnostics) => walk.guard(walk.removed(), diagnostics),
    attribute: async (findings, help) => await attributeRange(findings, help, walk, options),
  };
}

class RangeWalk implements RangeContext {
  readonly #options: RangeOptions;
  readonly #stream: ObjectReader;
  readonly objects: ObjectReader;
  readonly order = new Map<string, number>();
  readonly renames: FileChange[] = [];
  readonly tips: string[] = [];
  /** Blobs that the range introduces, alone and with their path. */
  readonly #introduced = new Set<string>();
  readonly #before = new Map<string, readonly Version[]>();
  #commits: readonly Commit[] = [];
  /** Commits whose parents are missing in a shallow clone. */
  readonly #cut = new Set<string>();
  /** Versions that a partial clone lacks. */
  #absent: ReadonlySet<string> = new Set();
  #lacksBefore = 0;
  readonly #isNotes: boolean;
  /** How many commits have been scanned; undefined before they are listed. */
  #scanned: number | undefined;

  constructor(options: RangeOptions) {
    this.#options = options;
    this.#stream = createObjectReader(options);
    this.objects = createObjectReader(options);
    this.#isNotes = options.tips.length > 0 && options.tips.every(({ ref }) => ref?.startsWith('refs/notes/') === true);
  }

  /** An error of git ends the walk, and is reported. */
  async *guard(inputs: AsyncIterable<Input>, diagnostics: Diagnostics): AsyncGenerator<Input> {
    try {
      yield* inputs;
    } catch (error) {
      if (!(error instanceof GitError || error instanceof ReadError)) throw error;
      // An early end is reported where the scan was ended.
      if (this.#options.signal?.aborted !== true)
        diagnostics.gap(error instanceof ReadError ? error.gap : this.#gapOf(error));
    } finally {
      this.#stream.close();
    }
  }

  #gapOf(error: GitError): Gap {
    const kind = error.hint === undefined ? 'history' : 'git';
    const explained = explainGitError(error, 'git could not list the changes of the range', this.#options.deepenHint);
    return error.reason === 'partial'
      ? { kind, message: explained.message, hint: this.#options.fetchHint }
      : { kind, ...explained };
  }

  async *inputs(diagnostics: Diagnostics): AsyncGenerator<Input> {
    try {
      yield* this.#everything(diagnostics);
      this.#scanned = this.#commits.length;
    } finally {
      if (this.#options.signal?.aborted === true) this.#reportCut(diagnostics);
    }
  }

  #reportCut(diagnostics: Diagnostics): void {
    const all = this.#commits.length;
    if (this.#scanned === undefined) diagnostics.cut('the commits were not listed to the end, and none was scanned');
    else if (this.#scanned < all)
      diagnostics.cut(`${all - this.#scanned} of ${plural(all, 'commit')} were not scanned`);
  }

  async *#everything(diagnostics: Diagnostics): AsyncGenerator<Input> {
    yield* tipInputs(this.#options.tips, this.objects, this.#options, this.tips);
    const range: CommitRange = { ...this.#options, include: this.tips };
    this.#commits = this.tips.length === 0 ? [] : await listCommits(range, this.#options);
    await this.#findCuts(diagnostics);
    await this.#findAbsent();
    this.#commits.forEach(({ id }, index) => this.order.set(id, index));
    this.#options.onCommits?.(this.#commits.length);
    this.#scanned = 0;
    yield* readSteps(this.#steps(diagnostics), this.#stream, diagnostics);
    if (this.#lacksBefore > 0)
      diagnostics.note(
        `${plural(this.#lacksBefore, 'older version')} of files with findings ${this.#lacksBefore === 1 ? 'is' : 'are'} not in this partial clone, so everything in those files counts as added. ${this.#options.fetchHint}`,
      );
  }

  /** Finds the versions that a partial clone lacks: git would fetch them one by one, or fail. */
  async #findAbsent(): Promise<void> {
    if (this.#commits.length === 0 || (await promisorOf(this.#options)) === undefined) return;
    this.#absent = await absentOf(await versionsOf(this.#comparable(), this.#options), this.#options);
  }

  /** All objects to scan, in the order of the commits. */
  async *#steps(diagnostics: Diagnostics): AsyncGenerator<Step> {
    for (const { id } of this.#commits) yield commitStep(id);
    for await (const change of this.#changes()) {
      const step = this.#changeStep(change, diagnostics);
      if (step !== undefined) yield step;
    }
    yield* uncoveredSteps(this.#commits, this, this.#options, diagnostics);
  }

  /** Reports commits whose parents are missing: everything in them would count as added. */
  async #findCuts(diagnostics: Diagnostics): Promise<void> {
    for (const { id, parents } of this.#commits) {
      if (parents.length > 0) continue;
      const object = await this.objects.read(id);
      const bytes = object === undefined ? undefined : await wholeObject(object, COMMIT_MAX);
      if (!hasParents(bytes ?? Buffer.alloc(0))) continue;
      this.#cut.add(id);
      diagnostics.gap({
        kind: 'history',
        uri: `commit/${id}`,
        message: 'the history ends here (a shallow clone), so the additions of this commit are unknown',
        hint: this.#options.deepenHint,
      });
    }
  }

  /** The commits whose parents are here. */
  #comparable(): string[] {
    return this.#commits.map(({ id }) => id).filter((id) => !this.#cut.has(id));
  }

  #changes(): AsyncGenerator<FileChange> {
    // To detect similar files, git must read all of them.
    const renames = this.#absent.size > 0 ? 'exact' : true;
    return changesOf(this.#comparable(), this.#options, { renames, emptyFolders: true });
  }

  #changeStep(change: FileChange, diagnostics: Diagnostics): Step | undefined {
    const { path, blob, commit } = change;
    if (change.oldPath !== undefined) this.renames.push(change);
    if (change.kind === 'submodule') diagnostics.skip('submodule-change');
    if (blob === undefined) return undefined;
    if (change.kind !== 'file') return this.#nameStep(change, diagnostics);
    const key = `${blob} ${path}`;
    if (this.#introduced.has(key)) return undefined;
    this.#introduced.add(key);
    this.#introduced.add(blob);
    if (this.#options.excludes(path)) {
      diagnostics.skip('excluded');
      return undefined;
    }
    // An earlier version counts only if its path was scanned.
    const before = change.before.filter((version) => !this.#options.previouslyExcluded(version.path, path));
    this.#before.set(`${commit} ${path}`, before);
    const nameUse = change.newPath && !this.#isNote(path) ? {} : { name: 'ignore' as const };
    const artifact = this.#artifactOf(path, blob, commit);
    const nameAlone = { ...memoryInput(Buffer.alloc(0), artifact), ...nameUse };
    const isSame = before.some((version) => version.blob === blob);
    if (this.#absent.has(blob)) {
      if (!isSame) diagnostics.gap({ ...absentGap(artifact.uri), hint: this.#options.fetchHint });
      return { uri: artifact.uri, inputs: () => [nameAlone] };
    }
    return {
      id: blob,
      uri: artifact.uri,
      inputs: (object) => {
        this.#scanned = this.order.get(commit);
        if (isSame) return [nameAlone];
        const input = streamedInput(object, artifact, this.objects);
        return [{ ...input, before: this.#inputsBefore(before), ...nameUse }];
      },
    };
  }

  /** A path without content here: a submodule, an empty folder. */
  #nameStep({ path, commit, newPath }: FileChange, diagnostics: Diagnostics): Step | undefined {
    if (!newPath || this.#introduced.has(` ${path}`)) return undefined;
    this.#introduced.add(` ${path}`);
    if (!this.#options.excludes(path))
      return {
        uri: showPath(path),
        inputs: () => [memoryInput(Buffer.alloc(0), { kind: 'file', uri: showPath(path), commit })],
      };
    diagnostics.skip('excluded');
    return undefined;
  }

  /** The path of a note is the id of its object; other files may be among the notes. */
  #isNote(path: string): boolean {
    return this.#isNotes && /^[0-9a-f/]+$/.test(path);
  }

  /** The versions that the range replaces or deletes, without secrets that are still there after it. */
  async *removed(): AsyncGenerator<Input> {
    for await (const { path, blob, before, commit } of this.#changes()) {
      for (const old of before) {
        // A version that the range itself introduced was not there before it, and an unscanned one does not count.
        if (this.#introduced.has(old.blob) || old.blob === blob || this.#options.previouslyExcluded(old.path)) continue;
        // A missing old version removes nothing; with a missing new version it is unknown what was removed.
        if (this.#absent.has(old.blob) || (blob !== undefined && this.#absent.has(blob))) continue;
        yield {
          ...askedInput(old.blob, this.#artifactOf(old.path, old.blob, commit), this.objects),
          before: this.#inputsBefore(blob === undefined ? [] : [{ blob, path }]),
          name: 'ignore',
        };
      }
    }
  }

  inputOf({ path, before }: Pick<FileChange, 'path' | 'before'>, blob: string, commit: string): Input {
    return {
      ...askedInput(blob, this.#artifactOf(path, blob, commit), this.objects),
      before: this.#inputsBefore(before),
      name: 'ignore',
    };
  }

  beforeOf(path: string, commit: string): readonly Version[] {
    return this.#before.get(`${commit} ${path}`) ?? [];
  }

  #inputsBefore(before: readonly Version[]): (() => Input)[] {
    return before.map(({ blob, path }) => () => {
      if (!this.#absent.has(blob)) return askedInput(blob, this.#artifactOf(path, blob), this.objects);
      this.#lacksBefore++;
      return memoryInput(Buffer.alloc(0), this.#artifactOf(path, blob));
    });
  }

  #artifactOf(path: string, blob: string, commit?: string): Artifact {
    const own = { path, blob, ...(commit === undefined ? {} : { commit }) };
    return { kind: 'file', uri: this.#isNote(path) ? `note/${path.replaceAll('/', '')}` : showPath(path), ...own };
  }
}
