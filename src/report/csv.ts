/**
 * `csv`: RFC 4180, a line for each finding, for spreadsheets. An apostrophe is put before a cell that a spreadsheet would treat as
 * a formula (OWASP, CSV injection).
 */

import { printable } from '../lib/printable.ts';
import type { Finding } from '../model/finding.ts';
import type { Rule } from '../model/rule.ts';
import type { Render } from './format.ts';
import { shown } from './shown.ts';
import { jobOf, ruleLookup } from './lookups.ts';
import { findingText, ownerText } from './messages.ts';

const COLUMNS: Readonly<Record<string, (finding: Finding, rule: Rule) => string | number | undefined>> = {
  rule: ({ ruleId }) => ruleId,
  name: (_, rule) => rule.name,
  confidence: ({ confidence }) => confidence,
  severity: ({ severity }) => severity,
  status: ({ tokenStatus }) => tokenStatus.state,
  reason: ({ tokenStatus }) => (tokenStatus.state === 'active' ? '' : tokenStatus.reason),
  file: ({ artifact }) => artifact.uri,
  line: ({ regions }) => regions[0].startLine,
  column: ({ regions }) => regions[0].startColumn,
  places: ({ regions }) => regions.length,
  preview: ({ preview }) => preview,
  owner: ({ facts, verification }) => verification?.owner?.name ?? ownerText(facts),
  scopes: ({ verification }) => verification?.scopes?.join(' '),
  expires: ({ facts, verification }) => verification?.expiresAt ?? facts.expiresAt,
  commit: ({ introduction }) => introduction?.commit,
  author: ({ introduction }) => introduction?.author,
  date: ({ introduction }) => introduction?.date,
  job: (finding) => jobOf(finding)?.url,
  accepted: ({ suppressions }) =>
    suppressions
      .filter(({ status }) => status !== 'rejected')
      .map(({ justification }) => justification || 'yes')
      .join('; '),
  secretFingerprint: ({ secretFingerprint }) => secretFingerprint,
  fingerprint: ({ fingerprint }) => fingerprint,
  message: findingText,
};

export const renderCsv: Render = function* (original) {
  const report = shown(original);
  const ruleOf = ruleLookup(report);
  yield lineOf(Object.keys(COLUMNS));
  for (const finding of report.findings)
    yield lineOf(Object.values(COLUMNS).map((read) => read(finding, ruleOf(finding)) ?? ''));
};

function lineOf(cells: readonly (string | number)[]): string {
  return `${cells.map(cellOf).join(',')}\r\n`;
}

function cellOf(value: string | number): string {
  const text = printable(String(value));
  const safe = typeof value === 'string' && /^[\s]*[=+\-@|%]/.test(text) ? `'${text}` : text;
  return /[",\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
