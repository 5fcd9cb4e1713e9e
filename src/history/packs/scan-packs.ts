/**
 * The scan of all packs. It clears every object that has no candidate, at the speed of memory. Objects that may have one, and those
 * that the pack reader skips, are left to be read through git and scanned like any other input.
 */

import type { ObjectList } from '../../git/object-list.ts';
import { gitText, type GitOptions, isStop, throwIfStopped } from '../../git/spawn.ts';
import { orAborted } from '../../lib/abortable.ts';
import { createPool } from '../../lib/pool.ts';
import { createEventLoopYield } from '../../lib/yield-to-event-loop.ts';
import { GlaiveError, threadFailed } from '../../model/errors.ts';
import type { Progress } from '../../model/progress.ts';
import type { Ruleset } from '../../model/ruleset.ts';
import { TOO_LARGE } from './assembly/memory.ts';
import { joinLinks, LinkCheck, type LinkResult, shareLinks } from './links.ts';
import { listPacks } from './object-folders.ts';
import { PackReader } from './pack-reader.ts';
import { costOf } from './pack-parts.ts';
import { costScanned, createVerdicts, PackScanner, type Verdicts } from './pack-scanner.ts';
import type { PackTask, ThreadData } from './pack-task.ts';
import type { Prefilter } from './prefilter.ts';
import { canUnpack, compile } from './unpacker.ts';
import { isClean, isClosed, isRead, typeIn } from './verdict.ts';

/** Threads that share the scan of packs. */
export interface PackThreads {
  /** All of them, the calling one included. */
  readonly count: number;
  /** The built file that the others run: `pack-thread.ts`. */
  readonly worker: string;
  /** Objects in one pack from which on the others are started. */
  readonly threshold: number;
}

export interface PackScanOptions {
  readonly ruleset: Ruleset;
  /** Of the calling thread. */
  readonly prefilter: Prefilter;
  /** Absent: the calling thread does all the work. */
  readonly packThreads?: PackThreads | undefined;
  readonly progress?: Progress | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly list: ObjectList;
  /** Larger blobs are skipped. Bytes. */
  readonly maxBlob: number | undefined;
  /** Whether archives are opened. */
  readonly archives: boolean;
  /** Receives the bytes of cleared objects, and how many texts they are. */
  readonly scanned: (bytes: number, texts: number) => void;
}

/**
 * The packs that can be read here. None of their files is open.
 *
 * @throws GitError
 * @throws GlaiveError (`usage`) for a pack with a cycle of deltas, which git would read for ever
 */
export async function openPacks(options: GitOptions): Promise<PackReader[]> {
  if (!canUnpack()) return [];
  const format = await gitText(['rev-parse', '--show-object-format'], options);
  const packs: PackReader[] = [];
  for (const path of await listPacks(options)) {
    // Reading an index is one long step: Ctrl-C is noticed between two of them.
    await new Promise((resolve) => setImmediate(resolve));
    throwIfStopped(options.signal);
    const pack = PackReader.open(path, format.trim() === 'sha256' ? 32 : 20);
    if (pack === undefined) continue;
    packs.push(pack);
    if (!pack.hasCycle) continue;
    throw new GlaiveError('usage', `history: the pack ${path}.pack has objects that are deltas of each other`, {
      hint: 'No program can read them, and git never stops trying. The pack was made to do harm: remove it.',
    });
  }
  return packs;
}

/** What is known of an object of the list; it may be in several packs. */
const CLEAN = 1;
/** An archive without a candidate outside of its entries, which are not to be read. */
export const CLOSED = 2;
const UNCLEAN = 3;
const UNREAD = 4;

export interface PackScan {
  /** A byte for each object of the list: 1 when it is clean, or {@link CLOSED}. */
  readonly clean: Uint8Array;
  /** What packed trees, commits and tags name. */
  readonly links: LinkResult;
  /** A byte for each object of the list: 1 when one of them names it. */
  readonly named: Uint8Array;
  /** The objects of the list that the scan has not read: loose ones, large ones, and damaged ones. */
  readonly unread: readonly number[];
  /** Whether damaged ones are among them. */
  readonly isDamaged: boolean;
  /** Whether the signal has fired: only the objects that were read until then can be clean. */
  readonly isCut: boolean;
}

/** Finds the clean objects of the list. */
export async function scanPacks(packs: readonly PackReader[], options: PackScanOptions): Promise<PackScan> {
  const { list, signal, ruleset, prefilter, packThreads, progress } = options;
  const found = new Uint8Array(list.length);
  const shared = shareLinks(list);
  const links = new LinkCheck(shared);
  const followed: LinkResult[] = [];
  /** Those of the packs that were begun, and how many packs are done with. */
  const allVerdicts: Verdicts[] = [];
  let collected = 0;
  let isCut = false;
  const module = compile();
  const others =
    packThreads === undefined || packs.every(({ length }) => length < packThreads.threshold)
      ? 0
      : packThreads.count - 1;
  const share = 1 / (1 + others);
  const data: ThreadData = { rules: ruleset.rules, module, share, links: shared };
  const pool = others < 1 ? undefined : createPool(packThreads!.worker, 'scanPack', data, others);
  try {
    const scanner = new PackScanner({ prefilter, share, module, links });
    const yieldToEventLoop = createEventLoopYield();
    // By bytes: the number of objects says little about the time that they take.
    const costs = packs.map(({ trees }) => costOf(trees, 0, trees.length));
    progress?.phase('reading packs', sumOf(costs), 'bytes');
    let before = 0;
    for (const [index, pack] of packs.entries()) {
      const verdicts = createVerdicts(pack, 1 + others);
      allVerdicts.push(verdicts);
      const task: PackTask = { pack: pack.shared, verdicts };
      const rest = Promise.all(Array.from({ length: others }, async () => await pool?.run(task)));
      rest.catch(() => {}); // awaited below
      try {
        for (const _ of scanner.scan(pack, verdicts)) {
          const turn = yieldToEventLoop();
          if (turn === undefined) continue;
          await turn;
          throwIfStopped(signal);
          progress?.reached(before + costScanned(verdicts));
        }
      } finally {
        pack.close();
      }
      // Other threads do not notice an interruption; closing the pool ends them.
      const results = await orAborted(rest, signal).catch((error: unknown) => {
        throw threadFailed(error);
      });
      followed.push(...((results ?? []) as LinkResult[])); // as pack-thread.ts returns them
      before += costs[index]!;
      await collect(pack, { verdicts, isCut: false }, found, options);
      collected++;
    }
    followed.push(links.result);
  } catch (error) {
    if (!isStop(error)) throw error;
    isCut = true;
  } finally {
    progress?.endPhase();
    await pool?.close();
  }
  // What was read before the early end need not be read again.
  for (const [index, pack] of packs.entries())
    if (isCut && index >= collected) {
      const verdicts = allVerdicts[index];
      await collect(pack, { verdicts, isCut }, found, { ...options, signal: undefined });
    }
  const unread: number[] = [];
  for (const [index, state] of found.entries()) if (state === 0 || state === UNREAD) unread.push(index);
  return {
    clean: found.map((state) => (state <= CLOSED ? state : 0)),
    links: joinLinks(followed),
    named: shared.named,
    unread,
    isDamaged: !isCut && found.includes(UNREAD),
    isCut,
  };
}

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, each) => sum + each, 0);

/**
 * From numbers in a pack to places in the list. An object that is not clean in one pack stays so.
 *
 * @param verdicts undefined: the pack was not begun @param isCut whether an object without a verdict was not reached
 */
async function collect(
  pack: PackReader,
  { verdicts, isCut }: { readonly verdicts: Verdicts | undefined; readonly isCut: boolean },
  found: Uint8Array,
  { list, maxBlob, archives, scanned, signal }: PackScanOptions,
): Promise<void> {
  const yieldToEventLoop = createEventLoopYield();
  const placeOf = pack.placesIn(list);
  const sum = { bytes: 0, texts: 0 };
  for (let number = 0; number < pack.length; number++) {
    // Asking the clock for each object would take longer than the rest of the loop.
    const turn = number % 1024 === 0 ? yieldToEventLoop() : undefined;
    if (turn !== undefined) await turn;
    if (turn !== undefined || number === 0) throwIfStopped(signal);
    const kind = verdicts?.kinds[number] ?? 0;
    const index = placeOf(number);
    if (index < 0) continue;
    if (kind === 0 && isCut) found[index] = UNCLEAN;
    else if (!isRead(kind)) {
      if (found[index] === 0 && kind !== TOO_LARGE) found[index] = UNREAD;
    }
    if (!isRead(kind)) continue;
    const type = typeIn(kind);
    const size = verdicts!.bytes[number]!; // there is a verdict
    const isSkipped = type === 'blob' && maxBlob !== undefined && size > maxBlob;
    const state = isClean(kind) ? CLEAN : isClosed(kind) && type === 'blob' && !archives ? CLOSED : UNCLEAN;
    if (state === UNCLEAN || isSkipped || list.type(index) !== type) found[index] = UNCLEAN;
    else if (found[index] === 0 || found[index] === UNREAD) {
      found[index] = state;
      sum.bytes += size;
      sum.texts += type === 'commit' ? 2 : 1;
    }
  }
  scanned(sum.bytes, sum.texts);
}
