/** A progress line that is redrawn on a terminal, with a bar if the total is known. */

export interface ProgressLine {
  /** @param share of the work that is done, from 0 to 1; absent: no bar */
  draw(text: string, share?: number): void;
  /** Writes a line that stays, where the progress was; draw that again below it. */
  above(text: string): void;
  /** Removes the line. */
  clear(): void;
}

const BAR_WIDTH = 24;
const TO_LINE_START = '\r';
const CLEAR_TO_END = '\u001B[K';

export function createProgressLine(stream: NodeJS.WritableStream & { readonly columns?: number }): ProgressLine {
  return {
    draw(text, share) {
      const line = share === undefined ? text : `${barOf(share)} ${text}`;
      // A line as wide as the terminal would wrap, and the next one would be drawn below it. One without a size says 0.
      const shown = line.slice(0, (stream.columns || 80) - 1);
      stream.write(`${TO_LINE_START}${shown}${CLEAR_TO_END}`);
    },
    above(text) {
      stream.write(`${TO_LINE_START}${CLEAR_TO_END}${text}\n`);
    },
    clear() {
      stream.write(`${TO_LINE_START}${CLEAR_TO_END}`);
    },
  };
}

function barOf(share: number): string {
  const filled = Math.min(1, Math.max(0, share));
  return `${'#'.repeat(Math.round(filled * BAR_WIDTH)).padEnd(BAR_WIDTH, '.')} ${Math.floor(filled * 100)}%`;
}
