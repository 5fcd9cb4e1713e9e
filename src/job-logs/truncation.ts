/** Detects a log that the runner has cut at its `output_limit`: its last lines report it (`trace/buffer.go`). */

import { ReadError } from '../model/gap.ts';

const NOTICE = "Job's log exceeded limit of ";
/** More lines after the notice: then it is text of the job. */
const LINES_AFTER = 20;

export class Truncation {
  #line: number | undefined;

  /** Reads the next line, whose text begins at `start`. */
  readLine(bytes: Uint8Array, start: number, line: number): void {
    // Most lines do not begin with `J`.
    if (bytes[start] !== 0x4a) return;
    if (Buffer.from(bytes.subarray(start, start + NOTICE.length)).toString('latin1') === NOTICE) this.#line = line;
  }

  /** The gap of a log with so many lines, once; undefined if it is whole. */
  gapOnce(lines: number, uri: string): ReadError | undefined {
    const line = this.#line;
    this.#line = undefined;
    if (line === undefined || lines - line > LINES_AFTER) return undefined;
    return new ReadError({
      kind: 'truncated',
      uri,
      message: 'the runner cut the log at its output_limit',
      hint: 'The rest of the output is lost. Raise output_limit in the config.toml of the runner.',
    });
  }
}
