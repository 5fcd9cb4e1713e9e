/** Estimates how long a piece of work still takes. */

/** The share of the work, and the seconds, that must be over before their rate allows an estimate. */
const LEAST_SHARE = 0.05;
const LEAST_SECONDS = 1;
/** Seconds in which a new estimate replaces most of the last one: one slow or fast moment moves the number a little. */
const SMOOTHING = 3;

export interface TimeLeft {
  /** Seconds, or undefined while too little is done. @param now milliseconds */
  estimate(done: number, total: number, now: number): number | undefined;
}

/** @param start of the work, in milliseconds */
export function createTimeLeft(start: number): TimeLeft {
  let last: { readonly seconds: number; readonly at: number } | undefined;
  return {
    estimate(done, total, now) {
      const seconds = (now - start) / 1000;
      if (done <= 0 || done < total * LEAST_SHARE || seconds < LEAST_SECONDS) return undefined;
      const plain = (Math.max(0, total - done) * seconds) / done;
      const since = last === undefined ? 0 : (now - last.at) / 1000;
      const expected = last === undefined ? plain : Math.max(0, last.seconds - since);
      const smooth = expected + (1 - Math.exp(-since / SMOOTHING)) * (plain - expected);
      last = { seconds: smooth, at: now };
      return smooth;
    },
  };
}
