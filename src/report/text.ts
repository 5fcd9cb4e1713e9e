/** `text`: for people, grouped by file. For each finding: what it is, how sure, its owner, and how to revoke it. */

import { type Palette, palette } from '../lib/color.ts';
import { plural } from '../lib/format-amounts.ts';
import type { Finding } from '../model/finding.ts';
import type { LogPlace } from '../model/region.ts';
import { activeFindings, isComplete, type Report } from '../model/report.ts';
import type { Rule } from '../model/rule.ts';
import type { Severity } from '../model/severity.ts';
import { isAccepted } from '../model/suppression.ts';
import type { Render } from './format.ts';
import { shown } from './shown.ts';
import { jobOf, ruleLookup } from './lookups.ts';
import {
  acceptanceText,
  checkedLines,
  comparedText,
  introductionText,
  skippedTexts,
  statusText,
  historyText,
  incompleteText,
  ownerText,
  confidenceText,
  REMOVED_LATER,
  scannedText,
} from './messages.ts';

const INDENT = '      ';
const SHORT_FINGERPRINT = 12;
/** Further places are only counted. */
const LISTED_PLACES = 5;

export const renderText: Render = function* (report, { color, quiet, showSuppressed }) {
  const paint = palette(color);
  const ruleOf = ruleLookup(report);
  let heading: string | undefined;
  for (const finding of showSuppressed ? report.findings : activeFindings(report)) {
    const { uri } = finding.artifact;
    if (uri !== heading) yield `${heading === undefined ? '' : '\n'}${paint.bold(shown(uri))}\n`;
    heading = uri;
    yield* renderFinding(shown(finding), shown(ruleOf(finding)), paint);
  }
  // A partial scan must not look like a clean one, even with --quiet.
  if (!quiet || !isComplete(report))
    yield `${heading === undefined ? '' : '\n'}${verdict(report, paint, showSuppressed)}\n`;
  if (!quiet && report.comparedWith !== undefined) yield `${paint.dim(shown(comparedText(report.comparedWith)))}\n`;
};

function* renderFinding(finding: Finding, rule: Rule, paint: Palette): Generator<string> {
  const [first, ...others] = finding.regions;
  const inName = finding.artifact.kind === 'file-name';
  const where = inName ? 'in its name' : `${first.startLine}:${first.startColumn}`;
  yield `  ${where}  ${severityPaint(paint, finding.severity)(finding.severity)}  ${rule.name}  ${paint.dim(rule.id)}\n`;
  if (finding.excerpt !== undefined) {
    const { text, markStart, markEnd } = finding.excerpt;
    const marked = paint.red(text.slice(markStart, markEnd));
    yield `${INDENT}${paint.dim(`${first.startLine} |`)} ${text.slice(0, markStart)}${marked}${text.slice(markEnd)}\n`;
  }
  const owner = ownerText(finding.facts);
  const isProvenOffline = finding.verification === undefined && finding.tokenStatus.state !== 'unknown';
  const status = isProvenOffline ? `; ${statusText(finding.tokenStatus)}` : '';
  yield `${INDENT}${finding.confidence}: ${confidenceText(finding, rule)}${status}\n`;
  for (const line of checkedLines(finding)) yield `${INDENT}${line}\n`;
  if (owner !== '') yield `${INDENT}belongs to: ${owner}\n`;
  if (finding.hints !== undefined) {
    const hints = finding.hints.map(({ kind, value }) => `${kind} ${value}`);
    yield `${INDENT}found next to: ${hints.join(', ')}\n`;
  }
  const encodings = finding.locator.encodings.filter((name) => name !== 'job-log');
  if (encodings.length > 0) yield `${INDENT}encoded: ${encodings.join(', inside it ')}\n`;
  if (encodings.length < finding.locator.encodings.length)
    yield `${INDENT}interrupted in the log by time stamps, colours or line breaks\n`;
  if (first.log !== undefined) yield `${INDENT}${placeInLog(first.log)}\n`;
  const job = jobOf(finding);
  if (job !== undefined) yield `${INDENT}${job.url}\n`;
  if (others.length > 0 && !inName) {
    const places = others.slice(0, LISTED_PLACES).map((region) => `${region.startLine}:${region.startColumn}`);
    const more = others.length > LISTED_PLACES ? ` and ${plural(others.length - LISTED_PLACES, 'more place')}` : '';
    yield `${INDENT}also at: ${places.join(', ')}${more}\n`;
  }
  if (finding.introduction !== undefined) yield `${INDENT}${introductionText(finding.introduction)}\n`;
  if (finding.history !== undefined) yield `${INDENT}${historyText(finding.history)}\n`;
  if (finding.removedLater === true) yield `${INDENT}${REMOVED_LATER}\n`;
  for (const suppression of finding.suppressions) {
    const word = suppression.status === 'rejected' ? paint.yellow('not accepted') : paint.green('accepted');
    yield `${INDENT}${word}: ${acceptanceText(suppression)}\n`;
  }
  if (!isAccepted(finding)) yield `${INDENT}fingerprint: ${fingerprintToAccept(finding)}\n`;
  // An inactive token needs no action.
  if (!isAccepted(finding) && finding.tokenStatus.state !== 'inactive') yield `${INDENT}to revoke: ${rule.revoke[0]}\n`;
}

/** `glaive accept` needs only the first digits for a finding in the work tree, else all of them. */
function fingerprintToAccept({ secretFingerprint, artifact: { kind }, introduction }: Finding): string {
  const isInWorkTree = introduction === undefined && (kind === 'file' || kind === 'commit-message');
  return isInWorkTree ? secretFingerprint.slice(0, SHORT_FINGERPRINT) : secretFingerprint;
}

function placeInLog({ section, time }: LogPlace): string {
  return [section === undefined ? [] : [`section ${section}`], time === undefined ? [] : [time]].flat().join(', ');
}

function severityPaint(paint: Palette, severity: Severity): Palette['red'] {
  return severity === 'critical' || severity === 'high' ? paint.red : severity === 'medium' ? paint.yellow : paint.cyan;
}

function verdict(report: Report, paint: Palette, showSuppressed: boolean): string {
  const { artifacts, belowConfidence, known = 0, masked, suppressed } = report.counts;
  const scanned = scannedText(report);
  const hidden =
    belowConfidence === 0
      ? ''
      : `; ${belowConfidence} below the confidence limit (--min-confidence unlikely lists them)`;
  const accepted =
    suppressed === 0 ? '' : `; ${suppressed} accepted${showSuppressed ? '' : ' (--show-suppressed lists them)'}`;
  const hiddenInLogs = masked === undefined ? '' : `; ${plural(masked, 'value')} masked by the runner`;
  const remain = known === 0 ? '' : `; ${plural(known, 'known leak')} ${known === 1 ? 'remains' : 'remain'}`;
  const skips = skippedTexts(report.counts);
  const skippedText = skips.length === 0 ? '' : `; skipped: ${skips.join(', ')}`;
  const rest = `${remain}${hiddenInLogs}${hidden}${accepted}${skippedText}`;
  const isWhole = isComplete(report);
  // First, because it qualifies everything that follows.
  const gaps = isWhole ? '' : paint.yellow(`INCOMPLETE: ${incompleteText(report)}; `);
  const findings = activeFindings(report);
  if (findings.length > 0) {
    const places = new Set(findings.map((finding) => finding.artifact.uri)).size;
    const found = paint.red(`${plural(findings.length, 'finding')} in ${plural(places, 'place')}`);
    return `${gaps}${found}; ${scanned} scanned${rest}`;
  }
  const nothing = known === 0 ? 'no GitLab credentials found' : 'no new GitLab credentials found';
  if (isWhole) return `${(known === 0 ? paint.green : paint.yellow)(nothing)} in ${scanned}${rest}`;
  return gaps + (artifacts === 0 ? `nothing was scanned${skippedText}` : `${nothing} in the rest, ${scanned}${rest}`);
}
