/**
 * Progress of a long scan, on standard error: one line that is redrawn on a terminal, else a plain line now and then. A short
 * scan shows nothing.
 */

import { formatBytes, plural } from '../lib/format-amounts.ts';
import type { ProgressLine } from '../lib/progress-line.ts';
import type { Io } from '../model/io.ts';
import type { Progress } from '../model/progress.ts';

export interface ShownProgress extends Progress {
  /** Clears the line, and draws nothing more. */
  end(): Promise<void>;
}

const TERMINAL_FIRST_MS = 1000;
const TERMINAL_MS = 200;
const PLAIN_MS = 10_000;
/** The share of the work that must be done before its rate allows an estimate. */
const SHARE_TO_ESTIMATE = 0.05;

/** `, 12 s left`, once enough is done for an estimate. */
function timeLeft(done: number, total: number | undefined, seconds: number): string {
  if (total === undefined || done < total * SHARE_TO_ESTIMATE || done === 0) return '';
  return `, ${Math.max(0, Math.ceil(((total - done) * seconds) / done))} s left`;
}

/** @param total bytes to scan, if known */
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
    if (phase !== undefined) return `${phase.name}: ${steps} of ${phase.total}${timeLeft(steps, phase.total, seconds)}`;
    const rate = formatBytes(Math.round(bytes / seconds));
    return `${plural(artifacts, 'file')}, ${formatBytes(bytes)}, ${rate}/s${timeLeft(bytes, total, seconds)}`;
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
    reached(count) {
      steps = count;
      tick();
    },
    endPhase() {
      phase = undefined;
    },
    async end() {
      ended = true;
      (await line)?.clear();
    },
  };
}
