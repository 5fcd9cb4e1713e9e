/** Worker threads; the only file that uses piscina. */

import { Piscina } from 'piscina';

export interface Pool {
  readonly threads: number;
  /** Tasks that are queued or running. */
  readonly busy: number;
  /** Runs a task in the next free thread, which runs one at a time. Rejects when the thread fails. */
  run(task: unknown): Promise<unknown>;
  /** Ends every thread, even a busy one. */
  close(): Promise<void>;
}

/** Megabytes of JavaScript heap for each thread; scanned bytes are outside the heap. */
const HEAP_MB = 256;

/**
 * @param worker absolute path of the script of a thread; its export `name` is called with each task
 * @param data passed to every thread when it starts
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
  // A thread that dies between two tasks: the next task rejects with the reason.
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
