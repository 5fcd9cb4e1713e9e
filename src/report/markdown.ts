/**
 * `markdown`: for notes in merge requests, job summaries and chats. Scanned text and text from servers is always in code
 * spans, where it cannot mention anyone, refer to anything, or begin a quick action.
 */

import { plural } from '../lib/format-amounts.ts';
import type { Finding } from '../model/finding.ts';
import { activeFindings, isComplete } from '../model/report.ts';
import type { Render } from './format.ts';
import type { Rule } from '../model/rule.ts';
import { isAccepted } from '../model/suppression.ts';
import { code, nameOf } from './in-markdown.ts';
import { shown } from './shown.ts';
import { jobOf, ruleLookup, usedRules } from './lookups.ts';
import {
  checkedLines,
  comparedText,
  confidenceText,
  incompleteText,
  introductionText,
  ownerText,
  REMOVED_LATER,
  REVOKE_FIRST,
  statusText,
} from './messages.ts';

/** Longer notes are not read, and GitLab takes at most a million characters. */
const LISTED = 200;
const LISTED_GAPS = 50;

export const renderMarkdown: Render = function* (original, { showSuppressed }) {
  const report = shown(original);
  const ruleOf = ruleLookup(report);
  const active = activeFindings(report);
  const findings = showSuppressed ? report.findings : active;
  const files = new Set(activeFindings(original).map(({ artifact }) => artifact.uri)).size;
  const isWhole = isComplete(report);
  // The first line may be all that is read: a partial scan must not look like a clean one.
  if (!isWhole) yield `### glaive: incomplete: ${incompleteText(report)}\n\n`;
  yield active.length === 0
    ? isWhole
      ? '### glaive: no leaked GitLab credentials\n'
      : 'No leaked GitLab credentials in what was scanned.\n'
    : `### glaive: ${plural(active.length, 'leaked credential')} in ${plural(files, 'place')}\n`;
  if (findings.length > 0) {
    yield '\n| Severity | What | Where | Confidence | Status |\n| --- | --- | --- | --- | --- |\n';
    for (const finding of findings.slice(0, LISTED)) {
      const accepted = isAccepted(finding) ? ' (accepted)' : '';
      const cells = [
        `${finding.severity}${accepted}`,
        `${nameOf(ruleOf(finding).name)}<br>${code(finding.excerpt?.text.trim() || finding.preview)}`,
        whereOf(finding),
        finding.confidence,
        statusOf(finding),
      ];
      yield `| ${cells.join(' | ')} |\n`;
    }
    if (findings.length > LISTED) yield `\n${findings.length - LISTED} more are not listed here.\n`;
  }
  if (report.comparedWith !== undefined) yield `\n${code(comparedText(report.comparedWith), false)}\n`;
  const rules = usedRules({ ...report, findings: active });
  if (rules.length > 0) {
    yield `\n**What to do.** ${REVOKE_FIRST}\n\n`;
    for (const rule of rules) yield `- ${nameOf(rule.name, false)}: ${code(rule.revoke[0] ?? '', false)}\n`;
  }
  if (report.notes.length > 0) {
    yield '\n**Notes**\n\n';
    for (const note of report.notes.slice(0, LISTED_GAPS)) yield `- ${code(note, false)}\n`;
  }
  if (report.gaps.length > 0) {
    yield '\n**Not scanned**\n\n';
    for (const { uri, message, hint } of report.gaps.slice(0, LISTED_GAPS))
      yield `- ${uri === undefined ? '' : `${code(uri, false)}: `}${code(message, false)}${hint === undefined ? '' : ` ${code(hint, false)}`}\n`;
    if (report.gaps.length > LISTED_GAPS) yield `- and ${report.gaps.length - LISTED_GAPS} more\n`;
  }
};

/** The text of a thread about one finding: what it is, how sure, its owner, and how to revoke it. */
export function remarkOf(originalFinding: Finding, originalRule: Rule): string {
  const [finding, rule] = [shown(originalFinding), shown(originalRule)];
  const owner = ownerText(finding.facts);
  return [
    `**${nameOf(rule.name, false)}** (${finding.severity}; ${finding.confidence}: ${confidenceText(finding, rule)})`,
    ...(finding.excerpt === undefined ? [] : [code(finding.excerpt.text.trim(), false)]),
    ...(owner === '' ? [] : [`Belongs to: ${code(owner, false)}`]),
    ...checkedLines(finding).map((line) => code(line, false)),
    ...(finding.removedLater === true ? [`${REMOVED_LATER.replace(/^a/, 'A')}.`] : []),
    `**To revoke**: ${code(rule.revoke[0] ?? '', false)}`,
    REVOKE_FIRST,
    `Fingerprint: ${code(finding.secretFingerprint, false)}`,
  ].join('\n\n');
}

function whereOf(finding: Finding): string {
  const { artifact, regions, introduction } = finding;
  const line = artifact.kind === 'file-name' ? '' : `:${regions[0].startLine}`;
  const more = regions.length > 1 ? ` and ${plural(regions.length - 1, 'more place')}` : '';
  const job = jobOf(finding);
  return [
    `${code(`${artifact.uri}${line}`)}${more}`,
    ...(job === undefined ? [] : [code(job.url)]),
    ...(introduction === undefined ? [] : [code(introductionText(introduction))]),
  ].join('<br>');
}

function statusOf(finding: Finding): string {
  if (finding.verification === undefined && finding.tokenStatus.state === 'unknown') return 'not checked';
  const [, ...lines] = checkedLines(finding);
  return [statusText(finding.tokenStatus), ...lines].map((line) => code(line)).join('<br>');
}
