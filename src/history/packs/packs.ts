/**
 * A sweep of the packs: every object that holds nothing is told so, at the pace of memory. What may hold something, and what
 * the pack reader passes over, is left to be read through git and looked at as anything else.
 */

import type { ObjectList } from '../../git/all-objects.ts';
import { TYPES } from './delta-trees.ts';
import { listPacks } from './object-folders.ts';
import { PackReader } from './pack-reader.ts';
import { canUnpack, Unpacker } from './unpacker.ts';
import { gitText, type GitOptions, throwIfStopped } from '../../git/spawn.ts';
import { orAborted } from '../../lib/abortable.ts';
import { createEventLoopYield } from '../../lib/yield-to-event-loop.ts';
import { createPool } from '../../lib/pool.ts';
import { createKernel } from '../../detect/search/create-kernel.ts';
import { GlaiveError, threadFailed } from '../../model/errors.ts';
import type { Progress } from '../../model/progress.ts';
import type { Ruleset } from '../../model/ruleset.ts';
import { createVerdicts, SUSPECT, type SweepTask, sweepPart, type Verdicts } from './pack-part.ts';
import { createPrefilter } from './prefilter.ts';

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
  /** Absent: the calling thread does all the work. */
  readonly packThreads?: PackThreads | undefined;
  readonly progress?: Progress | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly list: ObjectList;
  /** Blobs that are larger are passed over. Bytes. */
  readonly maxBlob: number | undefined;
  /** Gets the bytes of what holds nothing, and how many texts they are. */
  readonly looked: (bytes: number, texts: number) => void;
}

/** Whether an object was found clean, wherever it stands: it may stand in several packs. */
const CLEAN = 1;
const SUSPECTED = 2;

/**
 * The packs that can be read here. None of their files is open.
 *
 * @throws GitError
 * @throws GlaiveError (`usage`) for a pack of which git would read for ever
 */
export async function openPacks(options: GitOptions): Promise<PackReader[]> {
  if (!canUnpack()) return [];
  const format = await gitText(['rev-parse', '--show-object-format'], options);
  const packs: PackReader[] = [];
  for (const path of await listPacks(options)) {
    // Reading an index is one long step; between two of them Ctrl-C is heard.
    await new Promise((resolve) => setImmediate(resolve));
    throwIfStopped(options.signal);
    const pack = PackReader.open(path, format.trim() === 'sha256' ? 32 : 20);
    if (pack === undefined) continue;
    packs.push(pack);
    if (!pack.hasRing) continue;
    throw new GlaiveError('usage', `history: the pack ${path}.pack holds objects that are made of each other`, {
      hint: 'Nobody can read them, and git tries for ever. Whoever sent it meant harm: take the pack out.',
    });
  }
  return packs;
}

/** Which objects of the list hold nothing: a byte each, not 0. @throws GitError when the signal has fired: then it is not known */
export async function sweepPacks(packs: readonly PackReader[], options: PackScanOptions): Promise<Uint8Array> {
  const { list, signal, ruleset, packThreads: threads, progress } = options;
  const pool =
    threads === undefined || threads.count < 2 || packs.every(({ length }) => length < threads.threshold)
      ? undefined
      : createPool(threads.worker, 'sweepPack', { rules: ruleset.rules }, threads.count - 1);
  const found = new Uint8Array(list.length);
  try {
    const sieve = createPrefilter(ruleset, createKernel);
    const unpacker = new Unpacker();
    const breathe = createEventLoopYield();
    progress?.phase(
      'objects in packs',
      packs.reduce((sum, { length }) => sum + length, 0),
    );
    let before = 0;
    for (const pack of packs) {
      const verdicts = createVerdicts(pack.length);
      const share = 1 / (1 + (pool?.threads ?? 0));
      const task: SweepTask = { pack: pack.shared, share, verdicts };
      const others = Array.from({ length: pool?.threads ?? 0 }, async () => await pool?.run(task));
      const all = Promise.all(others);
      all.catch(() => {}); // it is awaited in its turn
      const own = PackReader.from(pack.shared, share);
      try {
        for (const _ of sweepPart(own, unpacker, sieve, verdicts)) {
          const turn = breathe();
          if (turn === undefined) continue;
          await turn;
          throwIfStopped(signal);
          progress?.reached(before + Math.min(Atomics.load(verdicts.next, 0), pack.length));
        }
      } finally {
        own.close();
      }
      // Other threads do not hear of an interruption; they are ended.
      await orAborted(all, signal).catch((error: unknown) => {
        throw threadFailed(error);
      });
      before += pack.length;
      await take(pack, verdicts, found, options);
    }
  } finally {
    progress?.endPhase();
    await pool?.close();
  }
  return found.map((verdict) => (verdict === CLEAN ? 1 : 0));
}

/** From numbers in a pack to places in the list. */
async function take(
  pack: PackReader,
  { kinds, bytes }: Verdicts,
  found: Uint8Array,
  { list, maxBlob, looked, signal }: PackScanOptions,
): Promise<void> {
  const breathe = createEventLoopYield();
  for (let number = 0; number < pack.length; number++) {
    // The clock is not asked for each of them.
    const turn = number % 1024 === 0 ? breathe() : undefined;
    if (turn !== undefined) await turn;
    if (turn !== undefined || number === 0) throwIfStopped(signal);
    const kind = kinds[number]!;
    const index = kind === 0 ? -1 : list.find(pack.id(number));
    if (index < 0) continue;
    const type = TYPES[kind % SUSPECT];
    const size = bytes[number]!;
    const isPassedOver = type === 'blob' && maxBlob !== undefined && size > maxBlob;
    if (kind >= SUSPECT || isPassedOver || list.type(index) !== type) found[index] = SUSPECTED;
    else if (found[index] === 0) {
      found[index] = CLEAN;
      looked(size, type === 'commit' ? 2 : 1);
    }
  }
}
