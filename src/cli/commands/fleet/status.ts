/** `glaive fleet status` */

import { plural } from '../../../lib/format-amounts.ts';
import { endOf } from '../../../lib/cut.ts';
import { EXIT } from '../../../model/io.ts';
import { progressOf, type Progress, RECENT } from '../../../fleet/merge/progress.ts';
import { readPlan } from '../../../fleet/plan.ts';
import { jsonText } from '../../../report/json-text.ts';
import { shown } from '../../../report/shown.ts';
import { createTextRedactor } from '../../../scan/redact-text.ts';
import type { FleetCall, FleetCode } from './call.ts';
import { usage } from '../../args/parse.ts';

/** Says what of a plan is done. @throws GlaiveError */
export async function statusVerb({ store, words, args, io }: FleetCall): Promise<FleetCode> {
  if (words.length > 0) throw usage('fleet', 'status takes no REPOSITORY', 'It shows all of the plan: --plan ID.');
  const progress = progressOf(store, readPlan(store, args.value('plan')), io.clock(), createTextRedactor());
  if (args.value('format') === 'json')
    await io.stdout.write(`${jsonText({ glaive: 'fleet-status', version: 1, ...progress }, 2)}\n`);
  else for (const line of statusText(shown(progress))) await io.stdout.write(line);
  return progress.failed + progress.missing + progress.gaps > 0 ? EXIT.incomplete : EXIT.clean;
}

const LINES = 10;
const NAME = 60;
const REASON = 120;

function* statusText(progress: Progress): Generator<string> {
  const { plan, at, planned, done, whole, gaps, unchanged, nothing, failed, missing, last, workers } = progress;
  yield `Plan ${plan} of ${at.slice(0, 16).replace('T', ' ')}: ${done} of ${plural(planned, 'repository', 'repositories')} done\n`;
  const parts = [
    [whole, 'scanned whole'],
    [gaps, 'with gaps'],
    [unchanged, 'unchanged'],
    [nothing, 'without content'],
    [failed, 'failed'],
    [missing, 'missing'],
  ] as const;
  const counts = parts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  if (counts.length > 0) yield `  ${counts.join(', ')}\n`;
  if (last !== undefined)
    yield `  last result: ${last.at.slice(0, 19).replace('T', ' ')}, by ${endOf(last.worker, NAME)}\n`;
  if (missing > 0)
    yield workers.length > 0
      ? `  ${plural(workers.length, 'worker')} had a result in the last ${RECENT} minutes\n`
      : `  no worker had a result in the last ${RECENT} minutes\n`;
  if (progress.oldestWhole !== undefined)
    yield `  oldest whole scan, at the last merge: ${progress.oldestWhole.at.slice(0, 10)}, ${endOf(progress.oldestWhole.name, NAME)}\n`;
  yield* list('Failed', progress.failures, ({ name, outcome, tries, reason }) => {
    const why = reason === undefined || reason === outcome ? '' : `: ${endOf(reason, REASON)}`;
    return `${endOf(name, NAME)}  ${outcome} after ${plural(tries, 'try', 'tries')}${why}`;
  });
  yield* list('With gaps', progress.withGaps, ({ name, reason }) =>
    reason === undefined ? endOf(name, NAME) : `${endOf(name, NAME)}: ${endOf(reason, REASON)}`,
  );
  yield* list('Missing', progress.missingItems, ({ name }) => endOf(name, NAME));
}

function* list<T>(title: string, items: readonly T[], text: (item: T) => string): Generator<string> {
  if (items.length === 0) return;
  yield `\n${title}\n`;
  for (const item of items.slice(0, LINES)) yield `  ${text(item)}\n`;
  if (items.length > LINES) yield `  and ${items.length - LINES} more: --format json\n`;
}
