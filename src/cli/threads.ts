/** How many threads share the work: `--threads`, else what helps on this machine. */

import type { PackThreads } from '../history/packs/scan-packs.ts';
import type { Io } from '../model/io.ts';
import type { ScanRequest } from '../scan/request.ts';
import type { ParsedArgs } from './args/parse.ts';

/** The main thread lists the files, and cannot keep many more threads busy. */
const DEFAULT_THREADS = 8;
const DEFAULT_PACK_THREADS = 2;
/** Objects in a pack from which on the scan gains more than the start of threads costs. */
const PACK_THREADS_THRESHOLD = 20_000;

/** The threads for a scan of files; undefined where the file of the worker does not exist. */
export function threadsOf(args: ParsedArgs, { program: { worker, parallelism } }: Io): ScanRequest['threads'] {
  if (worker === undefined) return undefined;
  const given = args.value('threads');
  if (given !== undefined) return { worker, count: given, worth: 0 };
  return { worker, count: Math.min(parallelism, DEFAULT_THREADS) };
}

/** The same for the scan of packs; each thread has memory of its own. */
export function packThreadsOf(
  args: ParsedArgs,
  { program: { packWorker: worker, parallelism } }: Io,
): PackThreads | undefined {
  if (worker === undefined) return undefined;
  const given = args.value('threads');
  if (given !== undefined) return { worker, count: given, threshold: 0 };
  return { worker, count: Math.min(parallelism, DEFAULT_PACK_THREADS), threshold: PACK_THREADS_THRESHOLD };
}
