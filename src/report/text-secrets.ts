/** `text`: the secrets of a report, each once with all its places; and one line each if there are many. */

import type { Paint, Palette } from '../lib/color.ts';
import { plural } from '../lib/format-amounts.ts';
import { wrapText } from '../lib/wrap.ts';
import type { Finding } from '../model/finding.ts';
import type { LogPlace } from '../model/region.ts';
import type { Rule } from '../model/rule.ts';
import type { Severity } from '../model/severity.ts';
import { isAccepted } from '../model/suppression.ts';
import { jobOf } from './lookups.ts';
import {
  acceptanceText,
  checkedLines,
  confidenceText,
  historyText,
  introductionText,
  ownerText,
  REMOVED_LATER,
  statusText,
} from './messages.ts';
import { shown } from './shown.ts';
import { type SecretGroup, statusOf } from './summary.ts';

/** Places of a secret on its card; further ones are only counted. */
const PLACES = 3;
/** `glaive accept` needs no more digits for a finding in the work tree, or in a report that is named. */
export const SHORT_FINGERPRINT = 12;

/** A card: what it is, where, why, its owner, and the fingerprint to accept it by. */
export function* renderCard(
  group: SecretGroup,
  original: Rule,
  paint: Palette,
  columns: number | undefined,
): Generator<string> {
  const [first, ...others] = shown(group.findings);
  const rule = shown(original);
  const status = first.tokenStatus.state === 'active' ? `  ${paint.red('active')}` : '';
  yield `${severityPaint(paint, first.severity)(first.severity)}  ${paint.bold(rule.name)}${status}\n`;
  for (const finding of [first, ...others].slice(0, PLACES)) yield* renderPlace(finding, paint, columns);
  if (others.length >= PLACES) yield `  and ${plural(others.length + 1 - PLACES, 'more place')}\n`;
  const owner = ownerText(first.facts);
  const isKnownOffline = first.verification === undefined && first.tokenStatus.state !== 'unknown';
  const about = [
    `${first.confidence}: ${confidenceText(first, rule)}`,
    ...(isKnownOffline ? [statusText(first.tokenStatus)] : []),
    ...(owner === '' ? [] : [`belongs to ${owner}`]),
  ];
  for (const line of [about.join('; '), ...checkedLines(first)]) yield* wrapped(line, columns, 2, 4);
  if (group.findings.some(({ removedLater }) => removedLater === true)) yield `  ${REMOVED_LATER}\n`;
  for (const suppression of first.suppressions) {
    const word = suppression.status === 'rejected' ? paint.yellow('not accepted') : paint.green('accepted');
    yield `  ${word}: ${acceptanceText(suppression)}\n`;
  }
  if (!group.isAccepted) yield paint.dim(`  fingerprint: ${fingerprintToAccept(group.findings)}\n`);
}

function* renderPlace(finding: Finding, paint: Palette, columns: number | undefined): Generator<string> {
  const { excerpt, introduction, history, regions, locator } = finding;
  yield `  ${paint.cyan(placeOf(finding))}${excerpt === undefined ? '' : `  ${excerptOf(excerpt, paint)}`}\n`;
  const encodings = locator.encodings.filter((name) => name !== 'job-log');
  const job = jobOf(finding);
  const more = [
    ...(regions.length > 1 ? [`also on ${plural(regions.length - 1, 'more line')}`] : []),
    ...(encodings.length === 0 ? [] : [`encoded: ${encodings.join(', inside it ')}`]),
    ...(regions[0].log === undefined ? [] : [placeInLog(regions[0].log)]),
    ...(job === undefined ? [] : [job.url]),
    ...(introduction === undefined ? [] : [introductionText(introduction)]),
    ...(history === undefined ? [] : [historyText(history)]),
  ];
  if (more.length > 0) yield* wrapped(more.join('; '), columns, 4, 6, paint.dim);
}

/** A line, or as many as it takes in a terminal. @param columns undefined: it is not wrapped */
export function* wrapped(
  text: string,
  columns: number | undefined,
  indent: number,
  hanging = indent,
  paint: Paint = (line) => line,
): Generator<string> {
  const width = columns ?? Number.POSITIVE_INFINITY;
  for (const line of wrapText(text, { width, indent, hanging })) yield `${paint(line)}\n`;
}

/** A line: severity, status if anything was verified, fingerprint, type, place. */
export function renderRow(group: SecretGroup, rule: Rule, paint: Palette, isVerified: boolean): string {
  const [first, ...others] = shown(group.findings);
  const more = others.length === 0 ? '' : ` and ${plural(others.length, 'more place')}`;
  return [
    severityPaint(paint, first.severity)(first.severity.padEnd('critical'.length)),
    ...(isVerified ? [statusOf(group).padEnd('inactive'.length)] : []),
    paint.dim(first.secretFingerprint.slice(0, SHORT_FINGERPRINT)),
    `${shown(rule.name)}, ${placeOf(first)}${more}${group.inHead === true ? ', in HEAD' : ''}`,
  ]
    .join('  ')
    .concat('\n');
}

/** `config/deploy.yml:3:10`. */
export function placeOf({ artifact, regions: [first] }: Finding): string {
  return artifact.kind === 'file-name'
    ? `${artifact.uri} (its name)`
    : `${artifact.uri}:${first.startLine}:${first.startColumn}`;
}

/** The section of the job, and the time. */
export function placeInLog({ section, time }: LogPlace): string {
  return [section === undefined ? [] : [`section ${section}`], time === undefined ? [] : [time]].flat().join(', ');
}

function excerptOf({ text, markStart, markEnd }: NonNullable<Finding['excerpt']>, paint: Palette): string {
  const start = text.slice(0, markStart).trimStart();
  return `${start}${paint.red(text.slice(markStart, markEnd))}${text.slice(markEnd).trimEnd()}`;
}

/** The first digits are enough for a secret in the work tree; others need all, or a report. */
export function fingerprintToAccept(findings: readonly Finding[]): string {
  const isInWorkTree = findings.some(
    ({ artifact: { kind }, introduction }) =>
      introduction === undefined && (kind === 'file' || kind === 'commit-message'),
  );
  const { secretFingerprint } = findings[0]!; // groups have at least one
  return isInWorkTree ? secretFingerprint.slice(0, SHORT_FINGERPRINT) : secretFingerprint;
}

export function severityPaint(paint: Palette, severity: Severity): Palette['red'] {
  return severity === 'critical' || severity === 'high' ? paint.red : severity === 'medium' ? paint.yellow : paint.cyan;
}

/** Whether it needs no action any more. */
export function isSettled(group: SecretGroup): boolean {
  return group.findings.every((finding) => isAccepted(finding)) || statusOf(group) === 'inactive';
}
