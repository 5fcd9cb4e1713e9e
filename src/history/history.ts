/**
 * The source of `glaive history`: each object of a repository once, reachable or not. Blobs, headers and messages of commits,
 * tags, names in trees, and names of refs. Only findings are attributed, at the end of the scan (`attribution.ts`).
 */

import type { ObjectList } from '../git/object-list.ts';
import { createKernel } from '../detect/search/create-kernel.ts';
import { createObjectReader } from '../git/objects.ts';
import { listRefs, type Ref } from '../git/refs.ts';
import { gapFromGit } from '../git/git-error.ts';
import { shallowEnds } from '../git/resolve.ts';
import { GitError, isStop, throwIfStopped } from '../git/spawn.ts';
import { firstOf, plural } from '../lib/format-amounts.ts';
import type { Finding } from '../model/finding.ts';
import type { Input } from '../model/artifact.ts';
import type { Gap } from '../model/gap.ts';
import type { Source, Diagnostics } from '../model/source.ts';
import { gitFileInputs } from './git-files.ts';
import { attributeHistory } from './attribution.ts';
import { reportMissing } from './missing.ts';
import type { HistoryOptions } from './history-options.ts';
import { readSteps } from '../sources/object-steps.ts';
import { missing } from '../sources/git-object.ts';
import { createPrefilter, type Prefilter } from './packs/prefilter.ts';
import { CLOSED, scanPacks } from './packs/scan-packs.ts';
import { refInput, refText } from '../sources/tips.ts';
import { ScannedObjects } from './scanned-objects.ts';
import { enumerate } from './enumerate.ts';
import { objectSteps } from './object-steps.ts';

export function historySource(given: HistoryOptions): Source {
  let options = given;
  const stream = createObjectReader(options);
  const objects = createObjectReader(options);
  let refs: readonly Ref[] | undefined;
  /** Objects that were not scanned yet. */
  let left = options.list.length;
  let scanned = new ScannedObjects(options.list);
  return {
    name: 'history',
    async *inputs(diagnostics) {
      try {
        for (const text of options.warnings) diagnostics.gap(gapOf(new GitError('failed', text)));
        if (!options.shallowOk) await reportShallowEnds(options, diagnostics);
        refs = await listRefs(options);
        const prefilter = readsPacks(options) ? createPrefilter(options.ruleset, createKernel) : undefined;
        yield* refInputs(refs, prefilter, diagnostics);
        const packed =
          prefilter && (await scanPacks(options.packs, { ...options, prefilter, scanned: diagnostics.scanned }));
        let clean = packed?.clean;
        if (packed?.isDamaged === true && options.list.bytes === undefined) {
          // Only git can say what is wrong with an object, and leaves some of them out of its list.
          const { list, warnings } = await enumerate(options, {});
          for (const text of warnings) diagnostics.gap(gapOf(new GitError('failed', text)));
          clean = sameIn(list, options.list, packed.clean);
          options = { ...options, list };
          left = list.length;
          scanned = new ScannedObjects(list);
        }
        for (const [index, verdict] of (clean ?? new Uint8Array()).entries()) {
          if (verdict === 0) continue;
          left--;
          scanned.add(index, verdict === CLOSED ? ['skipped'] : []);
          if (verdict === CLOSED) diagnostics.skip('archive-closed');
        }
        throwIfStopped(options.signal);
        const how = { objects, diagnostics, scanned, onRead: () => left-- };
        const gone: number[] = [];
        yield* readSteps(objectSteps(options, clean, how), stream, {
          ...diagnostics,
          gap(gap) {
            const id = vanishedIn(gap);
            if (id === undefined) diagnostics.gap(gap);
            else gone.push(options.list.find(Buffer.from(id, 'hex')));
          },
        });
        // Housekeeping may have moved them to another pack while they were read: a new git finds them there.
        if (gone.length > 0) {
          const others = new Uint8Array(options.list.length).fill(1);
          for (const index of gone) others[index] = 0;
          const again = createObjectReader(options);
          try {
            yield* readSteps(objectSteps(options, others, how), again, diagnostics);
          } finally {
            again.close();
          }
        }
        yield* gitFileInputs(options, diagnostics);
        await reportMissing(packed, refs, options, diagnostics);
      } catch (error) {
        if (!(error instanceof GitError)) throw error;
        if (options.signal?.aborted !== true) diagnostics.gap(gapOf(error));
      } finally {
        stream.close();
        options.onScanned?.(scanned);
        if (options.signal?.aborted === true && left > 0)
          diagnostics.cut(`${left} of ${plural(options.list.length, 'object')} were not scanned`);
      }
    },
    async attribute(findings, help) {
      options.onFound?.(findings);
      try {
        throwIfStopped(options.signal);
        const { attributed, found } = await attributeHistory(findings, help, { objects, options, refs });
        options.onSecretsByBlob?.(found);
        return attributed;
      } catch (error) {
        if (!(error instanceof GitError)) throw error;
        help.gap(gapOf(error));
        if (!isStop(error)) return findings;
        const limits =
          options.only === undefined && options.unreachable ? '' : ', and without limits of commits and refs';
        if (findings.length > 0)
          help.cut(`the secrets are listed once each, without the commits that introduced them${limits}`);
        return oneOfEachSecret(findings);
      } finally {
        objects.close();
      }
    },
  };
}

/** The id of an object that git has listed and cannot find. */
function vanishedIn({ uri = '', message }: Gap): string | undefined {
  const [, id] = /^(?:object|commit|tag)\/([0-9a-f]{40,64})$/.exec(uri) ?? [];
  return id !== undefined && message === missing(id, uri).message ? id : undefined;
}

/** The verdicts on another list of objects. */
function sameIn(list: ObjectList, before: ObjectList, verdicts: Uint8Array): Uint8Array {
  return Uint8Array.from({ length: list.length }, (_, index) => {
    const at = before.find(Buffer.from(list.id(index), 'hex'));
    return at < 0 || list.type(index) !== before.type(at) ? 0 : verdicts[at]!;
  });
}

/** A secret is in many versions. Which of them is the first is unknown here, so any of them will do. */
function oneOfEachSecret(findings: readonly Finding[]): Finding[] {
  const first = new Map<string, Finding>();
  for (const finding of findings)
    if (!first.has(finding.secretFingerprint)) first.set(finding.secretFingerprint, finding);
  return [...first.values()];
}

function gapOf(error: GitError): Gap {
  return gapFromGit(error, { failed: 'git could not read a part of the repository' });
}

/** With fewer objects git is done before the pack reader has started. */
export const PACKS_THRESHOLD = 2000;

function readsPacks({ reader, list, isAll }: HistoryOptions): boolean {
  // A pack is always read whole, and little of it is left to scan if not all is.
  return reader === 'pack' || (reader === 'auto' && list.length >= PACKS_THRESHOLD && isAll);
}

/** So many names of refs are searched at once. */
const REFS_AT_ONCE = 4096;

/** The names of the refs; those that surely have no candidate are counted at once. */
function* refInputs(
  refs: readonly Ref[],
  prefilter: Prefilter | undefined,
  diagnostics: Diagnostics,
): Generator<Input> {
  for (let first = 0; first < refs.length; first += REFS_AT_ONCE) {
    const names = refs.slice(first, first + REFS_AT_ONCE).map(({ name }) => name);
    const texts = names.map(refText);
    const suspects = prefilter?.suspects(texts) ?? new Set(names.keys());
    const clean = texts.filter((_, place) => !suspects.has(place));
    diagnostics.scanned(
      clean.reduce((sum, { length }) => sum + length, 0),
      clean.length,
    );
    for (const place of suspects) yield refInput(names[place]!);
  }
}

/** How many ends of a shallow clone are named. */
const NAMED_ENDS = 5;

/** Reports that commits before the start of a shallow clone were not scanned. */
async function reportShallowEnds(options: HistoryOptions, diagnostics: Diagnostics): Promise<void> {
  const ends = await shallowEnds(options);
  if (ends.length === 0) return;
  const named = firstOf(
    ends.map((id) => id.slice(0, 12)),
    NAMED_ENDS,
  );
  diagnostics.gap({
    kind: 'history',
    message: `this is a shallow clone: the history before ${plural(ends.length, 'commit')} was not scanned (${named})`,
    hint: 'Fetch the rest: git fetch --unshallow. If this part of the history is enough: --shallow-ok.',
  });
}
