/** Progress of a long scan. Called often, so implementations must be fast. */

export interface Progress {
  /** More bytes were scanned. */
  bytes(count: number): void;
  /** One artifact is done. */
  artifact(): void;
  /**
   * Another phase begins, with this many steps; `step` reports each. Without a total the time left is unknown.
   *
   * @param unit of the steps; default: things that are counted
   */
  phase(name: string, total?: number, unit?: 'bytes'): void;
  step(): void;
  /** This many steps of the phase are done. */
  reached(steps: number): void;
  /** The phase is over: bytes count again. */
  endPhase(): void;
}
