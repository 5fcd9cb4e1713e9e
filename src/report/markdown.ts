/**
 * `markdown`: for notes in merge requests, job summaries and chats. What was scanned, and what a server said, stands in
 * code alone: there nobody is mentioned, nothing is referred to, and no quick action begins.
 */

import { plural } from '../lib/format-amounts.ts';
import type { Finding } from '../model/finding.ts';
import { activeFindings, gapCount, isComplete } from '../model/report.ts';
import type { Render } from './format.ts';
import type { Rule } from '../model/rule.ts';
import { isAccepted } from '../model/suppression.ts';
import { code, nameOf } from './in-markdown.ts';
import { shown } from './shown.ts';
import { jobOf, ruleLookup, usedRules } from './lookups.ts';
import { checkedLines, comparedText, introductionText, statusText, ownerText, confidenceText } from './messages.ts';

/** Beyond it a note is nothing that anybody reads, and GitLab takes no more than a million characters. */
const LISTED = 200;
const LISTED_GAPS = 50;

export const renderMarkdown: Render = function* (original, { showSuppressed }) {
  const report = shown(original);
  const ruleOf = ruleLookup(report);
  const active = activeFindings(report);
  const findings = showSuppressed ? report.findings : active;
  const artifacts = new Set(activeFindings(original).map(({ artifact }) => artifact.uri)).size;
  const isWhole = isComplete(report);
  // Who reads no further than the first line must not take a partial scan for a clean one.
  if (!isWhole) yield `### glaive: incomplete: ${plural(gapCount(report), 'thing')} could not be scanned\n\n`;
  yield active.length === 0
    ? isWhole
      ? '### glaive: no leaked GitLab credentials\n'
      : 'No leaked GitLab credentials in what was scanned.\n'
    : `### glaive: ${plural(active.length, 'leaked credential')} in ${plural(artifacts, 'place')}\n`;
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
    yield '\n**What to do: revoke first.** Whoever has a copy does not care about the next commit.\n\n';
    for (const rule of rules) yield `- ${nameOf(rule.name, false)}: ${code(rule.revoke[0] ?? '', false)}\n`;
  }
  if (report.notes.length > 0) {
    yield '\n**Worth knowing**\n\n';
    for (const note of report.notes.slice(0, LISTED_GAPS)) yield `- ${code(note, false)}\n`;
  }
  if (report.gaps.length > 0) {
    yield '\n**Not looked at**\n\n';
    for (const { uri, message, hint } of report.gaps.slice(0, LISTED_GAPS))
      yield `- ${uri === undefined ? '' : `${code(uri, false)}: `}${code(message, false)}${hint === undefined ? '' : ` ${code(hint, false)}`}\n`;
    if (report.gaps.length > LISTED_GAPS) yield `- and ${report.gaps.length - LISTED_GAPS} more\n`;
  }
};

/** What a thread about one finding says: what it is, how sure, whose, and what to do now. */
export function remarkOf(originalFinding: Finding, originalRule: Rule): string {
  const [finding, rule] = [shown(originalFinding), shown(originalRule)];
  const owner = ownerText(finding.facts);
  return [
    `**${nameOf(rule.name, false)}** (${finding.severity}; ${finding.confidence}: ${confidenceText(finding, rule)})`,
    ...(finding.excerpt === undefined ? [] : [code(finding.excerpt.text.trim(), false)]),
    ...(owner === '' ? [] : [`Belongs to: ${code(owner, false)}`]),
    ...checkedLines(finding).map((line) => code(line, false)),
    ...(finding.removedLater === true
      ? ['A later commit takes it away again: whoever has the commits still has it.']
      : []),
    `**Revoke it first**: ${code(rule.revoke[0] ?? '', false)} Whoever has a copy does not care about the next commit.`,
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
