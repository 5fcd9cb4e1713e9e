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
  noneText,
  originText,
  ownerText,
  REMOVED_LATER,
  REVOKE_FIRST,
  statusText,
  unlistedTexts,
} from './messages.ts';
import { groupsOf, summaryOf } from './summary.ts';
import { countText, stateText } from './summary-text.ts';
import { placeOf } from './text-secrets.ts';

/** Longer notes are not read, and GitLab takes at most a million characters. */
const LISTED = 200;
const LISTED_GAPS = 50;
/** Places of one secret; further ones are only counted. */
const PLACES = 5;
/** With fewer secrets, what to do first is just the first rows. */
const MANY = 4;

export const renderMarkdown: Render = function* (original, { showSuppressed, sort = 'severity' }) {
  const report = shown(original);
  const ruleOf = ruleLookup(report);
  const active = activeFindings(report);
  const findings = showSuppressed ? report.findings : active;
  const summary = summaryOf(original);
  const state = stateText(summary);
  const isWhole = isComplete(report);
  // Those that it lists are accepted.
  const none = showSuppressed && report.findings.length > 0 ? 'no other' : noneText(report.counts);
  const unlisted = unlistedTexts(report.counts);
  // The first line may be all that is read: a partial scan must not look like a clean one.
  if (!isWhole) yield `### glaive: incomplete: ${incompleteText(report)}\n\n`;
  yield active.length === 0
    ? isWhole
      ? `### glaive: ${none} leaked GitLab credentials\n`
      : `N${none.slice(1)} leaked GitLab credentials in what was scanned.\n`
    : `### glaive: ${countText(summary)}\n`;
  if (unlisted.length > 0) yield `\n${unlisted.join('; ')}\n`;
  if (active.length > 0 && state !== '') yield `\n**${state}**\n`;
  if (summary.secrets >= MANY && summary.first.length > 0) {
    yield `\n**Do first**\n\n`;
    for (const group of summary.first) {
      const [first, ...others] = shown(group.findings);
      const more = others.length === 0 ? '' : ` and ${plural(others.length, 'more place')}`;
      const status = first.tokenStatus.state === 'active' ? ', **active**' : '';
      yield `1. ${nameOf(ruleOf(first).name, false)}${status}, in ${code(placeOf(first), false)}${more}\n`;
    }
  }
  if (findings.length > 0) {
    yield '\n| Severity | What | Where | Confidence | Status |\n| --- | --- | --- | --- | --- |\n';
    const groups = groupsOf(findings, sort);
    for (const { findings: places } of groups.slice(0, LISTED)) {
      const [finding] = places;
      const accepted = isAccepted(finding) ? ' (accepted)' : '';
      const cells = [
        `${finding.severity}${accepted}`,
        `${nameOf(ruleOf(finding).name)}<br>${code(finding.excerpt?.text.trim() || finding.preview)}`,
        places
          .slice(0, PLACES)
          .map(whereOf)
          .join('<br>')
          .concat(places.length > PLACES ? `<br>and ${plural(places.length - PLACES, 'more place')}` : ''),
        finding.confidence,
        statusOf(finding),
      ];
      yield `| ${cells.join(' | ')} |\n`;
    }
    if (groups.length > LISTED) yield `\n${plural(groups.length - LISTED, 'more secret')} not listed here.\n`;
  }
  const origin = originText(report);
  if (origin !== '') yield `\nIn ${code(origin, false)}\n`;
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
