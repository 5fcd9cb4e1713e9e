/** How many threads share the work: what `--threads` says, else what helps on this machine. */

import { showWord } from '../lib/show-word.ts';
import type { PackThreads } from '../history/packs/scan-packs.ts';
import type { Io } from '../model/io.ts';
import type { ScanRequest } from '../scan/request.ts';
import { type ParsedArgs, usage } from './args/parse.ts';

const MAX_THREADS = 64;

/** `--threads`, else as many as the machine has, up to a few; none where the worker's file is not to be had. */
export function threadsOf(args: ParsedArgs, io: Io): ScanRequest['threads'] {
  const given = givenThreads(args);
  const { worker, parallelism } = io.program;
  if (worker === undefined) return undefined;
  if (given !== undefined) return { worker, count: given, worth: 0 };
  return { worker, count: Math.min(parallelism, DEFAULT_THREADS) };
}

/** The same for the scan of packs; each thread has memory of its own. */
export function packThreadsOf(args: ParsedArgs, io: Io): PackThreads | undefined {
  const given = givenThreads(args);
  const { packWorker, parallelism } = io.program;
  if (packWorker === undefined) return undefined;
  if (given !== undefined) return { worker: packWorker, count: given, threshold: 0 };
  return { worker: packWorker, count: Math.min(parallelism, DEFAULT_PACK_THREADS), threshold: PACK_THREADS_THRESHOLD };
}

const DEFAULT_PACK_THREADS = 2;
/** Objects in a pack from which on the scan gains more than their start costs. */
const PACK_THREADS_THRESHOLD = 20_000;

/** @throws GlaiveError */
function givenThreads(args: ParsedArgs): number | undefined {
  const given = args.value('threads');
  if (given === undefined) return undefined;
  if (/^\d+$/.test(given) && Number(given) >= 1 && Number(given) <= MAX_THREADS) return Number(given);
  throw usage(
    args.command,
    `--threads must be a number from 1 to ${MAX_THREADS}, not ${JSON.stringify(showWord(given))}`,
  );
}

/** The main thread lists the files, and cannot feed many more. */
const DEFAULT_THREADS = 8;
