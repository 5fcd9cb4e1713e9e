/** `glaive doctor`: what is missing here, and how to mend it. It changes nothing. */

import { type Palette, palette, wantsColor } from '../../lib/color.ts';
import { plural } from '../../lib/format-amounts.ts';
import { printable } from '../../lib/printable.ts';
import { widthOf, wrapText } from '../../lib/wrap.ts';
import { GlaiveError } from '../../model/errors.ts';
import { EXIT, type ExitCode, type Io } from '../../model/io.ts';
import { createTextRedactor } from '../../scan/redact-text.ts';
import type { ParsedArgs } from '../args/parse.ts';
import type { Outcome, Result, Situation } from './doctor/check.ts';
import { CHECKS } from './doctor/checks.ts';
import { openRepository } from './doctor/repository.ts';

interface Line extends Result {
  readonly check: string;
}

/** Exit codes: 0 nothing to mend, 1 something is, 2 something could not be checked. */
export async function doctorCommand(args: ParsedArgs, io: Io): Promise<ExitCode> {
  const git = { cwd: io.cwd, env: io.env, signal: io.signal };
  const situation: Situation = { args, io, git, repository: await openRepository(io, git) };
  const safe = createTextRedactor();
  const lines: Line[] = [];
  for (const { name, run } of CHECKS) {
    for (const { outcome, message, hint } of await resultsOf(async () => await run(situation)))
      lines.push({
        check: name,
        outcome,
        message: safe(message),
        ...(hint === undefined ? {} : { hint: safe(hint) }),
      });
  }
  const has = (outcome: Outcome): boolean => lines.some((line) => line.outcome === outcome);
  const code = has('unknown') ? EXIT.incomplete : has('problem') ? EXIT.findings : EXIT.clean;
  if (args.value('format') === 'json')
    await io.stdout.write(`${JSON.stringify({ version: 1, checks: lines }, undefined, 2)}\n`);
  else await print(lines, args, io);
  return code;
}

async function resultsOf(run: () => Promise<readonly Result[]>): Promise<readonly Result[]> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof GlaiveError) || error.code === 'interrupted') throw error;
    const { message, hint } = error;
    return [{ outcome: 'unknown', message: `could not be checked: ${message}`, hint }];
  }
}

const PAINT: Readonly<Record<Outcome, keyof Palette>> = { ok: 'green', note: 'dim', problem: 'red', unknown: 'yellow' };
const COLUMN = Math.max(...Object.keys(PAINT).map((outcome) => outcome.length)) + 2;

async function print(lines: readonly Line[], args: ParsedArgs, io: Io): Promise<void> {
  const paint = palette(wantsColor(io.env, io.stdout.isTTY, args.has('no-color')));
  const width = io.stdout.isTTY ? widthOf(io.stdout) : Number.POSITIVE_INFINITY;
  const shown = args.has('quiet')
    ? lines.filter(({ outcome }) => outcome === 'problem' || outcome === 'unknown')
    : lines;
  for (const { check, outcome, message, hint } of shown) {
    const about = printable(`${check}: `) + shownText(message);
    const [first = '', ...more] = wrapped(about, width);
    await io.stdout.write(`${paint[PAINT[outcome]](outcome.padEnd(COLUMN))}${first.trimStart()}\n`);
    for (const line of [
      ...more,
      ...(hint === undefined ? [] : wrapped(shownText(hint), width).map((each) => `  ${each}`)),
    ])
      await io.stdout.write(`${line}\n`);
  }
  if (args.has('quiet')) return;
  const count = (outcome: Outcome): number => lines.filter((line) => line.outcome === outcome).length;
  const parts = [
    ...(count('problem') > 0 ? [`${plural(count('problem'), 'problem')} to mend`] : []),
    ...(count('unknown') > 0 ? [`${plural(count('unknown'), 'check')} failed`] : []),
    ...(count('note') > 0 ? [plural(count('note'), 'note')] : []),
  ];
  await io.stdout.write(
    `\n${count('problem') + count('unknown') === 0 ? 'Nothing to mend' : 'Result'}${parts.length === 0 ? '' : `: ${parts.join(', ')}`}.\n`,
  );
}

/** Line breaks stay; every other control character does not. */
function shownText(text: string): string {
  return text.split('\n').map(printable).join('\n');
}

function wrapped(text: string, width: number): string[] {
  return (
    text
      .split('\n')
      // Lines to be copied keep their form.
      .flatMap((line) =>
        /^ {4}/.test(line)
          ? [' '.repeat(COLUMN) + line]
          : wrapText(line, { width, indent: COLUMN, hanging: COLUMN + 2 }),
      )
  );
}
