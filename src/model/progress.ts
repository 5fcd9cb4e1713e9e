/** What a long scan tells while it runs. Called often: whoever listens must be quick. */

export interface Progress {
  /** More bytes were looked at. */
  bytes(count: number): void;
  /** An artifact was looked at to its end. */
  artifact(): void;
  /** Something else begins, of so many steps; `step` tells of each. */
  phase(name: string, total: number): void;
  step(): void;
  /** So many steps of the phase are done. */
  reached(steps: number): void;
  /** The phase is over: bytes count again. */
  endPhase(): void;
}
