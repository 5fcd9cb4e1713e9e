/**
 * `csv`: RFC 4180, a line for each finding, for spreadsheets. An apostrophe is put before a cell that a spreadsheet would treat as
 * a formula (OWASP, CSV injection).
 */

import { printable } from '../lib/printable.ts';
import type { Finding } from '../model/finding.ts';
import { gapCount } from '../model/report.ts';
import type { Rule } from '../model/rule.ts';
import type { Render } from './format.ts';
import { shown } from './shown.ts';
import { jobOf, ruleLookup } from './lookups.ts';
import { findingText, ownerText } from './messages.ts';
import { sorted, summaryOf } from './summary.ts';

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
  inHead: ({ history }) => (history === undefined ? '' : history.inHead ? 'yes' : 'no'),
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

export const renderCsv: Render = function* (original, { sort = 'severity' }) {
  const report = shown(original);
  const ruleOf = ruleLookup(report);
  yield lineOf(Object.keys(COLUMNS));
  for (const finding of sorted(report.findings, sort))
    yield lineOf(Object.values(COLUMNS).map((read) => read(finding, ruleOf(finding)) ?? ''));
};

/** The totals, a name and a number a line, without a header. */
export const renderCsvSummary: Render = function* (report) {
  const { findings, secrets, places, severities, status, inHead } = summaryOf(report);
  const totals: Readonly<Record<string, number | undefined>> = {
    findings,
    secrets,
    places,
    ...Object.fromEntries(severities),
    active: status?.active,
    inactive: status?.inactive,
    unknown: status?.unknown,
    'in HEAD': inHead,
    accepted: report.counts.suppressed,
    'left out': report.counts.filtered,
    'known before': report.counts.known,
    'not scanned': gapCount(report),
  };
  for (const [name, total] of Object.entries(totals)) if (total !== undefined) yield lineOf([name, total]);
};

function lineOf(cells: readonly (string | number)[]): string {
  return `${cells.map(cellOf).join(',')}\r\n`;
}

function cellOf(value: string | number): string {
  const text = printable(String(value));
  const safe = typeof value === 'string' && /^[\s]*[=+\-@|%]/.test(text) ? `'${text}` : text;
  return /[",\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
