/**
 * Progress of a long scan, on standard error: a line that is drawn again on a terminal, plain lines now and then
 * elsewhere, nothing for what is done soon.
 */

import { formatBytes, plural } from '../lib/amounts.ts';
import type { ProgressLine } from '../lib/progress-line.ts';
import type { Io } from '../model/io.ts';
import type { Progress } from '../model/progress.ts';

export interface ShownProgress extends Progress {
  /** Nothing is drawn from here on, and nothing is left of what was. */
  end(): Promise<void>;
}

const TERMINAL_FIRST_MS = 1000;
const TERMINAL_MS = 200;
const PLAIN_MS = 10_000;

/** @param total bytes, where it is known what there is to look at */
export function showProgress(io: Io, total: number | undefined): ShownProgress {
  let start = Date.now();
  let next = start + (io.stderr.isTTY ? TERMINAL_FIRST_MS : PLAIN_MS);
  let bytes = 0;
  let artifacts = 0;
  let ended = false;
  let phase: { readonly name: string; readonly total: number } | undefined;
  let steps = 0;
  let line: Promise<ProgressLine> | undefined;

  const text = (now: number): string => {
    const seconds = (now - start) / 1000;
    if (phase !== undefined) {
      const left = steps === 0 ? '' : `, ${Math.ceil(((phase.total - steps) * seconds) / steps)} s left`;
      return `${phase.name}: ${steps} of ${phase.total}${left}`;
    }
    const rate = bytes / seconds;
    const left = total === undefined || rate === 0 ? '' : `, ${Math.ceil((total - bytes) / rate)} s left`;
    return `${plural(artifacts, 'artifact')}, ${formatBytes(bytes)}, ${formatBytes(Math.round(rate))}/s${left}`;
  };
  const draw = async (now: number): Promise<void> => {
    if (!io.stderr.isTTY) {
      await io.stderr.write(`glaive: ${text(now)}\n`);
      return;
    }
    line ??= import('../lib/progress-line.ts').then(({ createProgressLine }) =>
      createProgressLine(io.stderr.stream(), total ?? 0),
    );
    const drawn = await line;
    if (!ended) drawn.draw(phase === undefined ? bytes : ((total ?? 0) * steps) / Math.max(1, phase.total), text(now));
  };
  const tick = (): void => {
    const now = Date.now();
    if (now < next) return;
    next = now + (io.stderr.isTTY ? TERMINAL_MS : PLAIN_MS);
    void draw(now);
  };
  return {
    bytes(count) {
      bytes += count;
      tick();
    },
    artifact() {
      artifacts++;
    },
    phase(name, count) {
      phase = { name, total: count };
      steps = 0;
      start = Date.now();
    },
    step() {
      steps++;
      tick();
    },
    async end() {
      ended = true;
      (await line)?.clear();
    },
  };
}
