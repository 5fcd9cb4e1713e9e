/** How many threads share the work: what `--threads` says, else what helps on this machine. */

import type { Io } from '../model/io.ts';
import type { ScanRequest } from '../scan/scan.ts';
import { type ParsedArgs, shown, usage } from './args/parse.ts';

const MAX_THREADS = 64;

/** `--threads`, else as many as the machine has, up to a few; none where the worker's file is not to be had. */
export function threadsOf(call: ParsedArgs, io: Io): Pick<ScanRequest, 'threads'> {
  const given = givenThreads(call);
  const { worker, parallelism } = io.program;
  if (worker === undefined) return {};
  if (given !== undefined) return { threads: { worker, count: given, worth: 0 } };
  return { threads: { worker, count: Math.min(parallelism, DEFAULT_THREADS) } };
}

/** The same for what a source does itself; each thread has memory of its own. */
export function sweepersOf(call: ParsedArgs, io: Io): Pick<ScanRequest, 'sweepers'> {
  const given = givenThreads(call);
  const { sweeper, parallelism } = io.program;
  if (sweeper === undefined) return {};
  if (given !== undefined) return { sweepers: { worker: sweeper, count: given, worth: 0 } };
  return { sweepers: { worker: sweeper, count: Math.min(parallelism, DEFAULT_SWEEPERS), worth: WORTH_SWEEPERS } };
}

const DEFAULT_SWEEPERS = 2;
/** Objects of a pack from which on they are worth to be started. */
const WORTH_SWEEPERS = 20_000;

/** @throws GlaiveError */
function givenThreads(call: ParsedArgs): number | undefined {
  const given = call.value('threads');
  if (given === undefined) return undefined;
  if (/^\d+$/.test(given) && Number(given) >= 1 && Number(given) <= MAX_THREADS) return Number(given);
  throw usage(call.command, `--threads must be a number from 1 to ${MAX_THREADS}, not ${JSON.stringify(shown(given))}`);
}

/** The main thread lists the files, and cannot feed many more. */
const DEFAULT_THREADS = 8;
