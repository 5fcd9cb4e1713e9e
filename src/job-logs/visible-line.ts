/** The visible parts of a line of a log: runs of bytes between escape sequences. One object serves every line in turn. */

/** A line with more runs is scanned as it is, but not in other ways. */
const RUNS_MAX = 2048;

export class VisibleLine {
  /** Those of the log; they contain the line while it is read. */
  bytes: Uint8Array;
  readonly starts = new Int32Array(RUNS_MAX);
  readonly ends = new Int32Array(RUNS_MAX);
  readonly columns = new Int32Array(RUNS_MAX);
  /** Number of runs. */
  count = 0;
  /** Offset in the log of `bytes[0]`. */
  base = 0;
  line = 0;
  /** Whether all of its runs are here. */
  isWhole = true;

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

  /** To be called when the bytes have moved to the front. */
  moveBack(distance: number): void {
    this.base += distance;
    for (let run = 0; run < this.count; run++) {
      this.starts[run]! -= distance;
      this.ends[run]! -= distance;
    }
  }
}
