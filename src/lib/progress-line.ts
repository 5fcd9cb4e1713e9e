/** A progress line that is redrawn on a terminal, with a bar if the total is known. */

export interface ProgressLine {
  /** @param done of the total; ignored if the total is unknown */
  draw(done: number, text: string): void;
  /** Removes the line. */
  clear(): void;
}

const BAR_WIDTH = 24;
const TO_LINE_START = '\r';
const CLEAR_TO_END = '\u001B[K';

/** @param total 0: unknown, so no bar is drawn */
export function createProgressLine(
  stream: NodeJS.WritableStream & { readonly columns?: number },
  total: number,
): ProgressLine {
  return {
    draw(done, text) {
      const line = total > 0 ? `${barOf(done / total)} ${text}` : text;
      // A line as wide as the terminal would wrap, and the next one would be drawn below it.
      const shown = line.slice(0, (stream.columns ?? 80) - 1);
      stream.write(`${TO_LINE_START}${shown}${CLEAR_TO_END}`);
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
