/**
 * Progress of a long scan, on standard error: one line that is redrawn on a terminal, else a plain line now and then. A short
 * scan shows nothing.
 */

import { formatBytes, plural } from '../lib/format-amounts.ts';
import type { ProgressLine } from '../lib/progress-line.ts';
import type { Io } from '../model/io.ts';
import type { Progress } from '../model/progress.ts';
import { createTimeLeft, type TimeLeft } from './time-left.ts';

export interface ShownProgress extends Progress {
  /** Counts the bytes to scan, if they are not known; called once the progress is drawn on a terminal. */
  measureBy(count: () => Promise<number | undefined>): void;
  /** Shows a line above that of the progress as soon as this is drawn on a terminal; anywhere else, never. */
  say(text: string): void;
  /** Clears the line, and draws nothing more. */
  end(): Promise<void>;
}

const TERMINAL_FIRST_MS = 1000;
const TERMINAL_MS = 200;
const PLAIN_MS = 10_000;

interface Work {
  readonly name: string | undefined;
  total: number | undefined;
  readonly show: (count: number) => string;
  readonly start: number;
  readonly timeLeft: TimeLeft;
}

const begin = (name: string | undefined, total: number | undefined, show: Work['show']): Work => {
  const start = Date.now();
  return { name, total, show, start, timeLeft: createTimeLeft(start) };
};

/** @param total bytes to scan, if known */
export function showProgress(io: Io, total: number | undefined): ShownProgress {
  const { isTTY } = io.stderr;
  let next = Date.now() + (isTTY ? TERMINAL_FIRST_MS : PLAIN_MS);
  let bytes = 0;
  let artifacts = 0;
  let ended = false;
  const scanning = begin(undefined, total, formatBytes);
  let work = scanning;
  let steps = 0;
  let line: Promise<ProgressLine> | undefined;
  let waiting: string[] = [];
  let timer: NodeJS.Timeout | undefined;
  let measure: (() => Promise<number | undefined>) | undefined;

  const learnTotal = async (): Promise<void> => {
    const count = measure;
    measure = undefined;
    // Without it the progress has no time left; the scan itself reports what cannot be read.
    if (count !== undefined && scanning.total === undefined) scanning.total = await count().catch(() => undefined);
  };

  const done = (): number => (work === scanning ? bytes : steps);
  const text = (now: number): string => {
    const seconds = (now - work.start) / 1000;
    const left = work.total === undefined ? undefined : work.timeLeft.estimate(done(), work.total, now);
    const end = left === undefined ? '' : `, ${Math.ceil(left)} s left`;
    if (work !== scanning) {
      if (work.total === undefined) return `${work.name}: ${Math.floor(seconds)} s`;
      return `${work.name}: ${work.show(steps)} of ${work.show(work.total)}${end}`;
    }
    const rate = formatBytes(Math.round(bytes / seconds));
    const of = work.total === undefined ? '' : ` of ${formatBytes(work.total)}`;
    return `${plural(artifacts, 'file')}, ${formatBytes(bytes)}${of}, ${rate}/s${end}`;
  };
  const draw = async (now: number): Promise<void> => {
    if (!isTTY) {
      await io.stderr.write(`glaive: ${text(now)}\n`);
      return;
    }
    void learnTotal();
    line ??= import('../lib/progress-line.ts').then(({ createProgressLine }) => createProgressLine(io.stderr.stream()));
    const drawn = await line;
    if (ended) return;
    for (const said of waiting) drawn.above(said);
    waiting = [];
    drawn.draw(text(now), work.total === undefined ? undefined : done() / Math.max(1, work.total));
  };
  const tick = (): void => {
    const now = Date.now();
    if (now < next) return;
    next = now + (isTTY ? TERMINAL_MS : PLAIN_MS);
    void draw(now);
  };
  return {
    measureBy(count) {
      measure = count;
    },
    bytes(count) {
      bytes += count;
      tick();
    },
    artifact() {
      artifacts++;
    },
    phase(name, count, unit) {
      work = begin(name, count, unit === 'bytes' ? formatBytes : String);
      steps = 0;
      clearInterval(timer);
      // Its seconds go on without a step.
      if (count === undefined) timer = setInterval(tick, TERMINAL_MS).unref();
      tick();
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
      clearInterval(timer);
      work = scanning;
    },
    say(said) {
      if (isTTY) waiting.push(said);
    },
    async end() {
      ended = true;
      clearInterval(timer);
      (await line)?.clear();
    },
  };
}
