/** Prints why a hook stops a commit or a push, and how to go on. */

import { printable } from '../lib/printable.ts';
import { widthOf } from '../lib/wrap.ts';
import { palette, wantsColor } from '../lib/color.ts';
import type { Io } from '../model/io.ts';
import type { Report } from '../model/report.ts';
import { blockMessage, type Moment } from '../report/block-message.ts';
import { failingFindings, type FailOn } from './exit-code.ts';
import type { ParsedArgs } from './args/parse.ts';

export async function sayBlocked(
  report: Report,
  { moment, failOn }: { readonly moment: Moment; readonly failOn: FailOn | undefined },
  args: ParsedArgs,
  io: Io,
): Promise<void> {
  const width = widthOf(io.stderr);
  const paint = palette(wantsColor(io.env, io.stderr.isTTY, args.has('no-color')));
  const [first, ...others] = blockMessage(report, {
    moment,
    findings: failingFindings(report, failOn),
    width,
    hints: [...new Set(report.gaps.flatMap(({ hint }) => hint ?? []))],
    prefix: io.env['GIT_PREFIX'] ?? '',
  });
  await io.stderr.write(`${paint.red(first!)}\n${others.map((line) => `${printable(line)}\n`).join('')}`);
}
