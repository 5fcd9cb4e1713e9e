/** What `glaive fleet plan` prints: counts, gaps, the id of the plan and the next command. */

import { LEFT_OUT, type LeftOut } from '../../../fleet/listing/listing.ts';
import type { Plan, PlanGap } from '../../../fleet/plan.ts';
import { formatBytes, plural } from '../../../lib/format-amounts.ts';
import { printable } from '../../../lib/printable.ts';
import { shellQuote } from '../../../lib/shell-quote.ts';
import type { Gap } from '../../../model/gap.ts';
import type { Io } from '../../../model/io.ts';
import type { ParsedArgs } from '../../args/parse.ts';

/** So many gaps are named in a plan, the others counted. */
const NAMED_GAPS = 1000;
/** And so many on the terminal. */
const SHOWN_GAPS = 20;
const TEXT_MAX = 1000;

/** The gaps as the plan keeps them. @param redact masks secrets: names of folders and projects are foreign text */
export function boundedGaps(gaps: readonly Gap[], redact: (text: string) => string): PlanGap[] {
  const safe = (text: string): string => printable(redact(text)).slice(0, TEXT_MAX);
  const named = gaps.slice(0, NAMED_GAPS).map(({ uri, message, hint, count }) => ({
    ...(uri === undefined ? {} : { uri: safe(uri) }),
    message: safe(message),
    ...(hint === undefined ? {} : { hint: safe(hint) }),
    ...(count === undefined ? {} : { count }),
  }));
  const more = gaps.length - named.length;
  return more === 0 ? named : [...named, { message: 'more of the same could not be listed', count: more }];
}

export interface SaidPlan {
  readonly plan: Plan;
  readonly left: ReadonlyMap<LeftOut, number>;
  /** As the user named it. */
  readonly store: string;
}

export async function sayPlan(
  { plan: { head, items }, left, store }: SaidPlan,
  args: ParsedArgs,
  io: Io,
): Promise<void> {
  const { gaps = [] } = head;
  for (const { uri, message, hint } of gaps.slice(0, SHOWN_GAPS)) {
    await io.stderr.write(`glaive: ${uri === undefined ? message : `${uri}: ${message}`}\n`);
    if (hint !== undefined) await io.stderr.write(`  ${hint}\n`);
  }
  if (gaps.length > SHOWN_GAPS)
    await io.stderr.write(`glaive: ${plural(gaps.length - SHOWN_GAPS, 'more gap')}: see the first line of the plan\n`);
  if (args.has('quiet')) return;
  const pools = items.filter(({ isPool }) => isPool === true);
  const members = items.filter(({ network, key, isPool }) => network !== undefined && network !== key && !isPool);
  const swept = items.filter(({ unchanged, nothing }) => unchanged === undefined && nothing === undefined);
  const bytes = swept.reduce((sum, { size = 0 }) => sum + size, 0);
  const rows: (readonly [number, string])[] = [
    [items.length, items.length === 1 ? 'repository' : 'repositories'],
    [pools.length, 'object pools'],
    [members.length, 'forks, or members of a pool'],
    [items.filter(({ unchanged }) => unchanged !== undefined).length, 'unchanged since their last whole sweep'],
    [items.filter(({ stale }) => stale !== undefined).length, 'of these, swept with other rules: their turn comes'],
    [items.filter(({ nothing }) => nothing === 'empty').length, 'empty'],
    [items.filter(({ nothing }) => nothing === 'no-repository').length, 'without a repository'],
    [swept.length, `to sweep, ${formatBytes(bytes)}`],
    ...[...left].map(([reason, count]) => [count, `not in the plan: ${LEFT_OUT[reason]}`] as const),
  ];
  const shown = rows.filter(([count], index) => count > 0 || index === 0);
  const width = Math.max(...shown.map(([count]) => String(count).length));
  const lines = [
    `plan ${head.id}`,
    ...shown.map(([count, text]) => `  ${String(count).padStart(width)} ${text}`),
    ...(head.shards === undefined ? [] : [`  ${String(head.shards).padStart(width)} parts`]),
    ...(gaps.length === 0 ? [] : ['This plan is not complete: the gaps above are not in it.']),
    `next: glaive fleet work --store ${shellQuote(store)} --plan ${head.id}`,
  ];
  await io.stdout.write(`${lines.map(printable).join('\n')}\n`);
}
