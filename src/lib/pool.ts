/** Worker threads; the one file that knows piscina. */

import { Piscina } from 'piscina';

export interface Pool {
  readonly threads: number;
  /** Tasks that were given and have not come back. */
  readonly busy: number;
  /** Gives a task to the next free thread, which does one after the other. Rejects when the thread fails. */
  run(task: unknown): Promise<unknown>;
  /** Ends every thread, at work or not. */
  close(): Promise<void>;
}

/** Megabytes of JavaScript heap of one thread; what it scans is outside of it. */
const HEAP_MB = 256;

/**
 * @param worker the file that a thread runs, absolute; its export `name` is called with each task
 * @param data what every thread gets when it starts
 */
export function createPool(worker: string, name: string, data: unknown, threads: number): Pool {
  const piscina = new Piscina({
    filename: worker,
    name,
    workerData: data,
    minThreads: threads,
    maxThreads: threads,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
    recordTiming: false,
  });
  // What a thread dies of between two tasks; the next task tells it.
  piscina.on('error', () => {});
  let busy = 0;
  return {
    threads,
    get busy() {
      return busy;
    },
    async run(task) {
      busy++;
      try {
        return await piscina.run(task);
      } finally {
        busy--;
      }
    },
    close: () => piscina.destroy(),
  };
}
