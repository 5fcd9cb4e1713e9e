/**
 * `html`: one file for people, which needs no server. Its content security policy allows only its own script and style, by hash: no
 * other script, request, frame or form. Scanned text is embedded as data, and shown as text.
 */

import { createHash } from 'node:crypto';
import { SCRIPT, STYLE } from '../../generated/page.ts';
import { plural } from '../../lib/format-amounts.ts';
import { printable } from '../../lib/printable.ts';
import type { Finding } from '../../model/finding.ts';
import { compareText } from '../../model/order.ts';
import { activeFindings, isComplete, type Report } from '../../model/report.ts';
import { SEVERITIES } from '../../model/severity.ts';
import { isAccepted } from '../../model/suppression.ts';
import type { Render } from '../format.ts';
import { timelineOf } from './timeline.ts';
import { jsonText } from '../json-text.ts';
import { shown } from '../shown.ts';
import { escapeMarkup } from '../escape-markup.ts';
import { jobOf, ruleLookup, usedRules } from '../lookups.ts';
import {
  acceptanceText,
  checkedLines,
  comparedText,
  confidenceText,
  historyText,
  incompleteText,
  introductionText,
  ownerText,
  scannedText,
} from '../messages.ts';

/** Bars in one group. */
const BARS = 12;
const PLACES = 20;

export const renderHtml: Render = function* (original, { showSuppressed }) {
  const report = shown(original);
  const findings = showSuppressed ? report.findings : activeFindings(report);
  const data = dataOf(report, findings);
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(SCRIPT)}`,
    `style-src ${hashOf(STYLE)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n';
  yield `<meta http-equiv="Content-Security-Policy" content="${policy}">\n`;
  yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="referrer" content="no-referrer">\n';
  yield `<title>glaive: ${titleOf(findings.length)}</title>\n<style>${STYLE}</style>\n</head>\n<body>\n`;
  yield '<a class="skip" href="#findings">Skip to the findings</a>\n<header>\n';
  yield `<h1>glaive: ${titleOf(findings.length)}</h1>\n${headOf(report)}</header>\n<main>\n`;
  if (!isComplete(report)) yield gapsOf(report);
  yield '<noscript><p>This page needs its script, which runs from this file alone. For the same report as text, use --format text.</p></noscript>\n';
  yield '<div id="app" hidden>\n<h2>Overview</h2>\n<div id="facets" class="grid"></div>\n';
  yield timelineOf(findings);
  yield '<h2 id="findings" tabindex="-1">Findings</h2>\n<div class="filters">\n';
  yield '<div class="wide"><label for="search">Search</label><input id="search" type="search" autocomplete="off" placeholder="path, type, line, author, fingerprint"></div>\n';
  yield '<div id="selects"><label for="sort">Order</label><select id="sort"><option value="severity">worst first</option><option value="path">by place</option><option value="newest">newest first</option><option value="oldest">oldest first</option></select></div>\n';
  yield '<button id="reset" class="reset" type="button">Show all</button>\n</div>\n';
  yield '<p id="count" role="status"></p>\n<ul id="list" class="findings"></ul>\n<button id="more" class="more" type="button">Show more</button>\n</div>\n</main>\n';
  yield `<footer><p class="dim">glaive ${escaped(report.tool.version)}. Secrets are masked, but this page is still internal.</p></footer>\n`;
  yield `<script id="data" type="application/json">${jsonText(data).replaceAll('<', '\\u003c')}</script>\n`;
  yield `<script>${SCRIPT}</script>\n</body>\n</html>\n`;
};

function titleOf(count: number): string {
  return count === 0 ? 'no leaked GitLab credentials' : plural(count, 'leaked credential');
}

function headOf({ counts, startTime, commit, repository, command, notes, comparedWith }: Report): string {
  const lines = [
    `${scannedText({ command, counts })} scanned by glaive ${command}, ${startTime.toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    ...(repository === undefined ? [] : [`${repository}${commit === undefined ? '' : ` at ${commit.slice(0, 12)}`}`]),
    ...(comparedWith === undefined ? [] : [comparedText(comparedWith)]),
    ...(counts.suppressed > 0 ? [`${counts.suppressed} accepted`] : []),
    ...(counts.belowConfidence > 0 ? [`${counts.belowConfidence} below the confidence limit`] : []),
    ...notes,
  ];
  return lines.map((line) => `<p class="dim">${escaped(line)}</p>\n`).join('');
}

function gapsOf({ gaps }: Report): string {
  const items = gaps.map(({ uri, message, hint }) => {
    const what = uri === undefined ? message : `${uri}: ${message}`;
    return `<li>${escaped(what)}${hint === undefined ? '' : ` <span class="dim">${escaped(hint)}</span>`}</li>\n`;
  });
  return `<section class="gaps"><h2>Incomplete: ${incompleteText({ gaps })}</h2>\n<ul>\n${items.join('')}</ul></section>\n`;
}

/** The data for the page's script, with control characters made visible. */
function dataOf(report: Report, findings: readonly Finding[]): object {
  const ruleOf = ruleLookup(report);
  const rules = usedRules(report);
  const indexOf = new Map(rules.map(({ id }, index) => [id, index]));
  const rows = findings.map((finding, at) => {
    const { artifact, regions, excerpt, introduction, history, tokenStatus } = finding;
    const [first, ...others] = regions;
    const owner = ownerText(finding.facts);
    return {
      at,
      rule: indexOf.get(finding.ruleId),
      type: ruleOf(finding).name,
      severity: finding.severity,
      confidence: finding.confidence,
      status:
        tokenStatus.state === 'unknown' ? 'unknown' : tokenStatus.state === 'active' ? 'active' : tokenStatus.reason,
      folder: printable(artifact.uri.includes('/') ? artifact.uri.split('/')[0]! : '.'), // split returns at least one part
      age: ageOf(introduction?.date, report.startTime),
      why: confidenceText(finding, ruleOf(finding)),
      uri: printable(artifact.uri),
      line: artifact.kind === 'file-name' ? 0 : first.startLine,
      places: printable(
        others
          .slice(0, PLACES)
          .map((region) => `${region.startLine}:${region.startColumn}`)
          .join(', '),
      ),
      code: excerpt && [printable(excerpt.text), excerpt.markStart, excerpt.markEnd],
      owner: printable(owner),
      checked: checkedLines(finding).map(printable),
      ...(introduction === undefined
        ? {}
        : {
            introduced: printable(introductionText(introduction)),
            commit: introduction.commit,
            date: printable(introduction.date ?? ''),
            author: printable(introduction.author ?? 'unknown'),
          }),
      history: history && printable(historyText(history)),
      job: jobOf(finding)?.url,
      accepted: isAccepted(finding),
      acceptedBy: finding.suppressions.map((suppression) => printable(acceptanceText(suppression))),
      fingerprint: finding.secretFingerprint,
    };
  });
  const facet = (
    title: string,
    key: 'severity' | 'status' | 'confidence' | 'type' | 'folder' | 'author' | 'age',
    order?: readonly string[],
  ) => ({
    key,
    title,
    values: countsOf(
      rows.map((row) => row[key]),
      order,
    ),
  });
  return {
    findings: rows,
    rules: rules.map(({ id, name, description, impact, revoke, references }) => ({
      id,
      name,
      description,
      impact,
      revoke,
      references,
    })),
    facets: [
      facet('Severity', 'severity', SEVERITIES.toReversed()),
      facet('Type', 'type'),
      facet('Status', 'status'),
      facet('Confidence', 'confidence'),
      facet('Age', 'age', AGES),
      facet('Author', 'author'),
      facet('Folder', 'folder'),
    ].filter(({ values }) => values.length > 0),
  };
}

/** The count of each value, in the given order, else the most frequent first. */
function countsOf(values: readonly (string | undefined)[], order?: readonly string[]): (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const value of values) if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
  const all = [...counts];
  return order === undefined
    ? all.toSorted(([a, m], [b, n]) => n - m || compareText(a, b)).slice(0, BARS)
    : all.toSorted(([a], [b]) => order.indexOf(a) - order.indexOf(b));
}

const AGES = ['this week', 'this month', 'this year', 'older'];

function ageOf(date: string | undefined, now: Date): string | undefined {
  const time = date === undefined ? Number.NaN : Date.parse(date);
  if (Number.isNaN(time)) return undefined;
  const days = (now.getTime() - time) / 86_400_000;
  return AGES[days < 7 ? 0 : days < 31 ? 1 : days < 366 ? 2 : 3];
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

function escaped(text: string): string {
  return escapeMarkup(printable(text));
}
