/** `text` with `--details`: for each finding what it is, how sure, where, its owner, and how to revoke it. */

import type { Palette } from '../lib/color.ts';
import { plural } from '../lib/format-amounts.ts';
import type { Finding } from '../model/finding.ts';
import type { Report } from '../model/report.ts';
import type { Rule } from '../model/rule.ts';
import { isAccepted } from '../model/suppression.ts';
import { shown } from './shown.ts';
import { jobOf, ruleLookup } from './lookups.ts';
import {
  acceptanceText,
  checkedLines,
  introductionText,
  statusText,
  historyText,
  ownerText,
  confidenceText,
  REMOVED_LATER,
} from './messages.ts';
import { fingerprintToAccept, placeInLog, severityPaint } from './text-secrets.ts';

const INDENT = '      ';
/** Further places are only counted. */
const LISTED_PLACES = 5;

/** @param findings in the order to list them; a heading names the file of those that follow */
export function* renderDetails(report: Report, findings: readonly Finding[], paint: Palette): Generator<string> {
  const ruleOf = ruleLookup(report);
  let heading: string | undefined;
  for (const finding of findings) {
    const { uri } = finding.artifact;
    if (uri !== heading) yield `${heading === undefined ? '' : '\n'}${paint.bold(shown(uri))}\n`;
    heading = uri;
    yield* renderFinding(shown(finding), shown(ruleOf(finding)), paint);
  }
}

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
  if (!isAccepted(finding)) yield `${INDENT}fingerprint: ${fingerprintToAccept([finding])}\n`;
  // An inactive token needs no action.
  if (!isAccepted(finding) && finding.tokenStatus.state !== 'inactive') yield `${INDENT}to revoke: ${rule.revoke[0]}\n`;
}
