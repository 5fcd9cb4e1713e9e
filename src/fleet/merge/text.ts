/** A sweep for people at a terminal: first what was reached, then what is new, then the rest. At most forty lines. */

import type { Palette } from '../../lib/color.ts';
import { endOf } from '../../lib/cut.ts';
import { plural } from '../../lib/format-amounts.ts';
import { SEVERITIES } from '../../model/severity.ts';
import { shown } from '../../report/shown.ts';
import type { BrokenRepository, SharedSecret, Summary, SummaryFinding } from './summary.ts';

const BROKEN_LINES = 8;
const PLAN_GAP_LINES = 3;
const NEW_LINES = 10;
const SHARED_LINES = 5;
/** Characters of a name. */
const NAME = 60;
const REASON = 120;

export function* mergeText(given: Summary, paint: Palette): Generator<string> {
  const summary = shown(given);
  const { repositories, findings, secrets, broken } = summary;
  yield `${paint.bold(coverageText(summary))}\n`;
  if (repositories.stale > 0)
    yield `  ${plural(repositories.stale, 'repository', 'repositories')} of earlier plans, which this one does not have\n`;
  for (const { uri, message } of summary.planGaps.slice(0, PLAN_GAP_LINES))
    yield `  ${paint.red('not planned')}  ${endOf(uri === undefined ? message : `${uri}: ${message}`, REASON)}\n`;
  if (summary.planGaps.length > PLAN_GAP_LINES)
    yield `  and ${summary.planGaps.length - PLAN_GAP_LINES} more that could not be listed\n`;
  for (const each of broken.slice(0, BROKEN_LINES)) yield `  ${paint.red(each.status)}  ${brokenText(each)}\n`;
  const left = brokenCount(summary) - Math.min(broken.length, BROKEN_LINES);
  if (left > 0) yield `  and ${left} more: glaive fleet status --format json\n`;
  if (summary.oldestWhole !== undefined)
    yield `  oldest whole scan: ${summary.oldestWhole.at.slice(0, 10)}, ${short(summary.oldestWhole.name)}\n`;
  yield '\n';
  if (findings.open === 0)
    yield summary.isComplete
      ? `${paint.green('No leaked credentials.')}\n`
      : 'No leaked credentials in what was scanned.\n';
  else {
    yield `${paint.bold(`${plural(findings.open, 'leaked credential')} open, of ${plural(secrets.open, 'secret')}: ${severitiesText(summary)}`)}\n`;
    yield `  ${findings.new} new, ${findings.active} known to be active\n`;
  }
  const { fixed, 'no-longer-stored': gone, stale, 'gone-from-head': away } = findings.statuses;
  const rest = [
    fixed > 0 ? `${fixed} fixed` : '',
    gone > 0 ? `${gone} no longer stored` : '',
    away > 0 ? `${away} gone from HEAD, which does not fix them` : '',
    stale > 0 ? `${stale} in repositories that were not reached` : '',
    findings.accepted > 0 ? `${findings.accepted} accepted` : '',
  ].filter((part) => part !== '');
  if (rest.length > 0) yield `  ${rest.join(', ')}\n`;
  if (summary.newFindings.length > 0) {
    yield `\n${paint.bold('New')}\n`;
    for (const each of summary.newFindings.slice(0, NEW_LINES)) yield `  ${findingText(each, paint)}\n`;
    if (findings.new > NEW_LINES) yield `  and ${findings.new - NEW_LINES} more: index/findings.jsonl\n`;
  }
  if (summary.sharedSecrets.length > 0) {
    yield `\n${paint.bold('In several repositories')}\n`;
    for (const each of summary.sharedSecrets.slice(0, SHARED_LINES)) yield `  ${sharedText(each)}\n`;
    if (secrets.shared > SHARED_LINES) yield `  and ${secrets.shared - SHARED_LINES} more\n`;
  }
}

/** `COMPLETE: 300 repositories: 20 whole, 280 unchanged`. */
export function coverageText({ repositories, isComplete, plan }: Summary): string {
  const parts = (['failed', 'missing', 'gaps', 'whole', 'unchanged', 'nothing'] as const)
    .filter((status) => repositories[status] > 0)
    .map((status) => `${repositories[status]} ${WORDS[status]}`);
  const all = plural(repositories.planned, 'repository', 'repositories');
  return `${isComplete ? 'Complete' : 'INCOMPLETE'}, plan ${plan}: ${all}${parts.length === 0 ? '' : `: ${parts.join(', ')}`}`;
}

const WORDS = {
  failed: 'failed',
  missing: 'missing',
  gaps: 'with gaps',
  whole: 'scanned whole',
  unchanged: 'unchanged',
  nothing: 'without content',
} as const;

export function brokenCount({ repositories: { failed, missing, gaps } }: Summary): number {
  return failed + missing + gaps;
}

export function severitiesText({ findings: { severities } }: Summary): string {
  return SEVERITIES.toReversed()
    .filter((severity) => severities[severity] > 0)
    .map((severity) => `${severities[severity]} ${severity}`)
    .join(', ');
}

function brokenText({ name, reason }: BrokenRepository): string {
  return reason === undefined ? short(name) : `${short(name)}: ${endOf(reason, REASON)}`;
}

function findingText({ severity, title, name, uri, line, status }: SummaryFinding, paint: Palette): string {
  const mark = severity === 'critical' || severity === 'high' ? paint.red : paint.yellow;
  const state = status === 'active' ? ' (active)' : '';
  return `${mark(severity)}${state}  ${title}  ${short(name)}  ${endOf(uri, NAME)}:${line}`;
}

function sharedText({ title, preview, repositories, places, names }: SharedSecret): string {
  return `${title} ${preview}: ${plural(places, 'place')} in ${plural(repositories, 'repository', 'repositories')}, such as ${short(names[0] ?? '')}`;
}

function short(name: string): string {
  return endOf(name, NAME);
}
