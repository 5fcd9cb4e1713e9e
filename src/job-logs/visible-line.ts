/** A line of a log as people see it: runs of bytes between escape sequences. One serves for all lines, one after another. */

/** A line with more colours than that is looked at, but not put together in other ways. */
const RUNS_MAX = 2048;

export class VisibleLine {
  readonly bytes: Uint8Array;
  readonly starts = new Int32Array(RUNS_MAX);
  readonly ends = new Int32Array(RUNS_MAX);
  readonly columns = new Int32Array(RUNS_MAX);
  /** Number of runs. */
  count = 0;
  /** Offset in the log of `bytes[0]`. */
  base = 0;
  line = 0;
  /** Whether it is known whole. */
  isWhole = true;

  /** @param bytes where the line stands, as long as it is looked at */
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  begin(base: number, line: number): void {
    this.count = 0;
    this.base = base;
    this.line = line;
    this.isWhole = true;
  }

  add(start: number, end: number, column: number): void {
    if (this.count === RUNS_MAX) this.giveUp();
    if (!this.isWhole) return;
    this.starts[this.count] = start;
    this.ends[this.count] = end;
    this.columns[this.count] = column;
    this.count++;
  }

  giveUp(): void {
    this.isWhole = false;
    this.count = 0;
  }

  /** The bytes have moved to the front. */
  moveBack(distance: number): void {
    this.base += distance;
    for (let run = 0; run < this.count; run++) {
      this.starts[run]! -= distance;
      this.ends[run]! -= distance;
    }
  }
}
