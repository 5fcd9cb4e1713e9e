/** Limits the requests per hour, so that glaive stays below the limit at which GitLab locks an address out. */

const HOUR = 3600_000;

export class RateLimiter {
  readonly #perHour: number;
  /** Ring buffer: the times of the last `perHour` requests. */
  readonly #times: number[] = [];
  #next = 0;

  /** @param perHour at least 1 */
  constructor(perHour: number) {
    this.#perHour = perHour;
  }

  /** Reserves the next request; returns the seconds to wait before it may be sent. */
  reserve(now: number = Date.now()): number {
    const oldest = this.#times[this.#next];
    const at = oldest === undefined ? now : Math.max(now, oldest + HOUR);
    this.#times[this.#next] = at;
    this.#next = (this.#next + 1) % this.#perHour;
    return (at - now) / 1000;
  }
}
