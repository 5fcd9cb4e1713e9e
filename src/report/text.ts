/**
 * `text`: for people. A summary first and last; between them each secret once, the worst first, with its places, and at the end
 * how to revoke each type. Many secrets are one line each, and a screen shows only the worst of them.
 */

import { type Palette, palette } from '../lib/color.ts';
import { plural } from '../lib/format-amounts.ts';
import { activeFindings, isComplete, type Report } from '../model/report.ts';
import type { Rule } from '../model/rule.ts';
import type { Render, RenderOptions } from './format.ts';
import { ruleLookup } from './lookups.ts';
import {
  comparedText,
  incompleteText,
  noneText,
  originText,
  scannedText,
  skippedTexts,
  unlistedTexts,
} from './messages.ts';
import { shown } from './shown.ts';
import { groupsOf, type SecretGroup, sorted, type Summary, summaryOf } from './summary.ts';
import { countText, stateText } from './summary-text.ts';
import { renderDetails } from './text-details.ts';
import { isSettled, placeOf, renderCard, renderRow, wrapped } from './text-secrets.ts';

/** More secrets than these are one line each. */
const CARDS = 20;
/** Lines on a screen; a file lists all. */
const ROWS = 30;
/** With fewer secrets, what to do first is just the first cards. */
const MANY = 4;

export const renderText: Render = function* (report, options) {
  const { color, quiet, showSuppressed, details = false } = options;
  const paint = palette(color);
  const findings = showSuppressed ? report.findings : activeFindings(report);
  if (details)
    yield* renderDetails(report, options.sort === undefined ? findings : sorted(findings, options.sort), paint);
  else if (findings.length > 0) {
    const summary = summaryOf(report);
    const groups = groupsOf(findings, options.sort ?? 'severity');
    const given =
      !quiet && summary.findings > 0 ? yield* renderSummary(summary, report, paint, options) : new Set<string>();
    yield* groups.length <= CARDS
      ? renderCards(groups, report, paint, { ...options, given })
      : renderRows(groups, report, paint, options);
  }
  // A partial scan must not look like a clean one, even with --quiet.
  if (!quiet || !isComplete(report))
    yield `${findings.length === 0 ? '' : '\n'}${verdict(report, paint, showSuppressed)}\n`;
  if (!quiet && report.comparedWith !== undefined) yield `${paint.dim(shown(comparedText(report.comparedWith)))}\n`;
};

/** @returns the advice that it gave */
function* renderSummary(
  summary: Summary,
  report: Report,
  paint: Palette,
  { columns }: RenderOptions,
): Generator<string, ReadonlySet<string>> {
  const given = new Set<string>();
  const state = stateText(summary);
  yield `${paint.bold(countText(summary))}\n${state === '' ? '' : `${paint.bold(state)}\n`}`;
  const origin = originText(report);
  if (origin !== '') yield `${paint.dim(`in ${shown(origin)}`)}\n`;
  if (summary.secrets >= MANY && summary.first.length > 0) {
    const ruleOf = ruleLookup(report);
    yield '\nDo first:\n';
    for (const [index, { findings }] of summary.first.entries()) {
      const [first, ...others] = findings;
      const rule = ruleOf(first);
      const more = others.length === 0 ? '' : ` and ${plural(others.length, 'more place')}`;
      const active = first.tokenStatus.state === 'active' ? ', active' : '';
      yield* wrapped(`${index + 1}. ${shown(rule.name)}${active}, in ${shown(placeOf(first))}${more}`, columns, 2, 5);
      const advice = adviceOf(rule);
      if (!given.has(advice)) yield* wrapped(`To revoke: ${advice}`, columns, 5);
      given.add(advice);
    }
  }
  yield '\n';
  return given;
}

/** The best way to revoke the secrets of a type. */
const adviceOf = ({ revoke }: Rule): string => shown(revoke[0]) ?? '';

function* renderCards(
  groups: readonly SecretGroup[],
  report: Report,
  paint: Palette,
  { quiet, columns, given }: RenderOptions & { readonly given: ReadonlySet<string> },
): Generator<string> {
  const ruleOf = ruleLookup(report);
  for (const [index, group] of groups.entries()) {
    if (index > 0) yield '\n';
    yield* renderCard(group, ruleOf(group.findings[0]), paint, columns);
  }
  // What is first has given its advice already, and types that share it are named together.
  const names = new Map<string, Set<string>>();
  for (const group of groups) {
    const rule = ruleOf(group.findings[0]);
    const advice = adviceOf(rule);
    if (isSettled(group) || given.has(advice)) continue;
    names.set(advice, (names.get(advice) ?? new Set()).add(shown(rule.name)));
  }
  if (quiet || names.size === 0) return;
  yield '\nTo revoke:\n';
  for (const [advice, types] of names) yield* wrapped(`${[...types].join(', ')}: ${advice}`, columns, 2, 4);
}

function* renderRows(
  groups: readonly SecretGroup[],
  report: Report,
  paint: Palette,
  { isScreen, wholeReport, hasPage }: RenderOptions,
): Generator<string> {
  const ruleOf = ruleLookup(report);
  const isVerified = report.findings.some(({ verification }) => verification !== undefined);
  const listed = isScreen === true ? groups.slice(0, ROWS) : groups;
  for (const group of listed) yield renderRow(group, ruleOf(group.findings[0]), paint, isVerified);
  const more = groups.length - listed.length;
  if (more === 0) return;
  yield `and ${plural(more, 'more secret')}; ${hasPage === true ? 'the HTML report' : '--output html=report.html'} lists all of them, or --details\n`;
  if (wholeReport !== undefined)
    yield `The whole report is kept. As a page: glaive report ${shown(wholeReport)} --output html=report.html\n`;
}

/** Whether the text of a report on a screen leaves out secrets. */
export function isCut(report: Report, { details, isScreen, showSuppressed }: RenderOptions): boolean {
  if (isScreen !== true || details === true) return false;
  const findings = showSuppressed ? report.findings : activeFindings(report);
  return new Set(findings.map(({ secretFingerprint }) => secretFingerprint)).size > ROWS;
}

function verdict(report: Report, paint: Palette, showSuppressed: boolean): string {
  const { artifacts, belowConfidence, masked, suppressed } = report.counts;
  const scanned = scannedText(report);
  const hidden =
    belowConfidence === 0
      ? ''
      : `; ${belowConfidence} below the confidence limit (--min-confidence unlikely lists them)`;
  const accepted =
    suppressed === 0 ? '' : `; ${suppressed} accepted${showSuppressed ? '' : ' (--show-suppressed lists them)'}`;
  const hiddenInLogs = masked === undefined ? '' : `; ${plural(masked, 'value')} masked by the runner`;
  const unlisted = unlistedTexts(report.counts).map((text) => `; ${text}`);
  const skips = skippedTexts(report.counts);
  const skippedText = skips.length === 0 ? '' : `; skipped: ${skips.join(', ')}`;
  const rest = `${unlisted.join('')}${hiddenInLogs}${hidden}${accepted}${skippedText}`;
  const isWhole = isComplete(report);
  // First, because it qualifies everything that follows.
  const gaps = isWhole ? '' : paint.yellow(`INCOMPLETE: ${incompleteText(report)}; `);
  const findings = activeFindings(report);
  if (findings.length > 0) {
    const { places, secrets } = summaryOf(report);
    const distinct = findings.length === 1 ? '' : ` of ${plural(secrets, 'secret')}`;
    const found = paint.red(`${plural(findings.length, 'finding')}${distinct} in ${plural(places, 'place')}`);
    return `${gaps}${found}; ${scanned} scanned${rest}`;
  }
  // Those that it lists are accepted.
  const none = showSuppressed && report.findings.length > 0 ? 'no other' : noneText(report.counts);
  const nothing = `${none} GitLab credentials found`;
  if (isWhole) return `${(unlisted.length === 0 ? paint.green : paint.yellow)(nothing)} in ${scanned}${rest}`;
  return gaps + (artifacts === 0 ? `nothing was scanned${skippedText}` : `${nothing} in the rest, ${scanned}${rest}`);
}
