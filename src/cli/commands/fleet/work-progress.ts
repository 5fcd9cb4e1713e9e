/** Progress of `glaive fleet work`, on standard error: how many repositories are done, running and failed, and the time left. */

import { nameOf, type PlanItem } from '../../../fleet/plan.ts';
import type { ProgressLine } from '../../../lib/progress-line.ts';
import { printable } from '../../../lib/printable.ts';
import type { Io } from '../../../model/io.ts';
import type { ParsedArgs } from '../../args/parse.ts';
import { createTextRedactor } from '../../../scan/redact-text.ts';
import { createTimeLeft } from '../../time-left.ts';

export interface WorkProgress {
  began(): void;
  ended(item: PlanItem, isDone: boolean): void;
  /** Clears the line, and draws nothing more. */
  end(): Promise<void>;
}

const TERMINAL_MS = 200;
const PLAIN_MS = 30_000;

export function showWork(args: ParsedArgs, io: Io, items: readonly PlanItem[]): WorkProgress {
  const { isTTY } = io.stderr;
  const redact = createTextRedactor();
  const start = Date.now();
  const timeLeft = createTimeLeft(start);
  let [running, done, failed] = [0, 0, 0];
  let last = '';
  let line: Promise<ProgressLine> | undefined;
  let isOver = false;
  // A small repository counts for little, an unknown one for something.
  const weightOf = ({ size = 0 }: PlanItem): number => 100_000 + size;
  const total = items.reduce((sum, item) => sum + weightOf(item), 0);
  let weight = 0;

  const draw = async (): Promise<void> => {
    const left = timeLeft.estimate(weight, total, Date.now());
    const text = [
      `${done} of ${items.length} repositories`,
      `${running} running`,
      ...(failed === 0 ? [] : [`${failed} failed`]),
      ...(left === undefined ? [] : [`${durationOf(left)} left`]),
      ...(isTTY && last !== '' ? [last] : []),
    ].join(', ');
    if (!isTTY) {
      await io.stderr.write(`glaive: ${text}\n`);
      return;
    }
    line ??= import('../../../lib/progress-line.ts').then(({ createProgressLine }) =>
      createProgressLine(io.stderr.stream()),
    );
    const drawn = await line;
    if (!isOver) drawn.draw(text, weight / total);
  };
  const timer = args.has('quiet') ? undefined : setInterval(() => void draw(), isTTY ? TERMINAL_MS : PLAIN_MS).unref();
  return {
    began() {
      running++;
    },
    ended(item, isDone) {
      running--;
      done++;
      if (!isDone) failed++;
      weight += weightOf(item);
      last = printable(redact(nameOf(item)));
    },
    async end() {
      isOver = true;
      clearInterval(timer);
      (await line)?.clear();
    },
  };
}

function durationOf(seconds: number): string {
  if (seconds < 100) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${(seconds / 3600).toFixed(1)} h`;
}
