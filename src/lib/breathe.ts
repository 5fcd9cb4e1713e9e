/** Long synchronous work starves timers and signal handlers; this lets them have a turn now and then. */

import { setImmediate } from 'node:timers/promises';

const INTERVAL_MS = 50;

/** A function to call often: it gives a promise to wait for when the event loop is due a turn, else undefined. */
export function createBreather(): () => Promise<void> | undefined {
  let last = performance.now();
  return () => {
    if (performance.now() - last < INTERVAL_MS) return undefined;
    return setImmediate().then(() => {
      last = performance.now();
    });
  };
}
