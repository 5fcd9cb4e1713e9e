/** Long synchronous work starves timers and signal handlers; this lets them have a turn now and then. */

const INTERVAL_MS = 50;

/** A function to call often: it gives a promise to wait for when the event loop is due a turn, else undefined. */
export function createEventLoopYield(): () => Promise<void> | undefined {
  let last = Date.now();
  return () => {
    // A clock that is set back only makes the next turn come sooner.
    if (Math.abs(Date.now() - last) < INTERVAL_MS) return undefined;
    return new Promise((resolve) => {
      setImmediate(() => {
        last = Date.now();
        resolve();
      });
    });
  };
}
