/** So many requests an hour: GitLab counts them, and so do we, so that nobody is locked out. */

const HOUR = 3600_000;

export class RateLimiter {
  readonly #hourly: number;
  /** When the last requests were made, as many as an hour may have. */
  readonly #times: number[] = [];
  #next = 0;

  /** @param hourly at least 1 */
  constructor(hourly: number) {
    this.#hourly = hourly;
  }

  /** Takes one request; gives the seconds to wait before it may be made. */
  wait(now: number = Date.now()): number {
    const oldest = this.#times[this.#next];
    const at = oldest === undefined ? now : Math.max(now, oldest + HOUR);
    this.#times[this.#next] = at;
    this.#next = (this.#next + 1) % this.#hourly;
    return (at - now) / 1000;
  }
}
