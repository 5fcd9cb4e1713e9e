/** A line on a terminal that is drawn again and again; the one file that knows cli-progress. */

import { SingleBar } from 'cli-progress';

export interface ProgressLine {
  /** @param done of the total; ignored where the total is unknown */
  draw(done: number, text: string): void;
  /** Takes the line away. */
  clear(): void;
}

/** @param total 0: unknown, so that there is no bar to fill */
export function createProgressLine(stream: NodeJS.WritableStream, total: number): ProgressLine {
  const bar = new SingleBar({
    stream,
    format: total > 0 ? '{bar} {percentage}% {text}' : '{text}',
    clearOnComplete: true,
    hideCursor: true,
    barsize: 24,
    fps: 10,
    barCompleteChar: '#',
    barIncompleteChar: '.',
  });
  bar.start(total > 0 ? total : 1, 0, { text: '' });
  return {
    draw: (done, text) => bar.update(total > 0 ? Math.min(done, total) : 0, { text }),
    clear: () => bar.stop(),
  };
}
