/** Yields to the event loop: long synchronous work would starve timers and signal handlers. */

const INTERVAL_MS = 50;

/** Returns a function to call often: it returns a promise to await when a turn of the event loop is due, else undefined. */
export function createEventLoopYield(): () => Promise<void> | undefined {
  let last = Date.now();
  return () => {
    // If the clock is set back, the next turn only comes sooner.
    if (Math.abs(Date.now() - last) < INTERVAL_MS) return undefined;
    return new Promise((resolve) => {
      setImmediate(() => {
        last = Date.now();
        resolve();
      });
    });
  };
}
