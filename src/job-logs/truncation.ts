/** The runner writes no more than its `output_limit`, and says so at the end of the log (`trace/buffer.go`). */

import { ReadError } from '../model/gap.ts';

const SAID = "Job's log exceeded limit of ";
/** It says little more. */
const LINES_AFTER = 20;

export class Truncation {
  #line: number | undefined;

  /** Takes a line whose text begins at `start`. */
  take(bytes: Uint8Array, start: number, line: number): void {
    // `J`: most lines begin otherwise.
    if (bytes[start] !== 0x4a) return;
    if (Buffer.from(bytes.subarray(start, start + SAID.length)).toString('latin1') === SAID) this.#line = line;
  }

  /** What is to be said of a log of so many lines, once; undefined: it is whole. */
  trouble(lines: number, uri: string): ReadError | undefined {
    const line = this.#line;
    this.#line = undefined;
    if (line === undefined || lines - line > LINES_AFTER) return undefined;
    return new ReadError({
      kind: 'truncated',
      uri,
      message: 'the log was cut by the runner, which writes no more than its output_limit',
      hint: 'What the job printed after that is nowhere. Raise output_limit in the config.toml of the runner.',
    });
  }
}
