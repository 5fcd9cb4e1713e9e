/**
 * `junit`: a failed test for each finding, for the widget of merge requests and the Tests tab, on every tier. GitLab identifies
 * a test by suite, class and name, so these contain nothing that changes when code moves.
 */

import { printable } from '../lib/printable.ts';
import type { Finding } from '../model/finding.ts';
import type { Gap } from '../model/gap.ts';
import { isComplete } from '../model/report.ts';
import type { Rule } from '../model/rule.ts';
import type { Render } from './format.ts';
import { shown } from './shown.ts';
import { escapeMarkup } from './escape-markup.ts';
import { distinctFindings, linesOf, ruleLookup } from './lookups.ts';
import {
  revocationText,
  checkedLines,
  comparedText,
  findingText,
  introductionText,
  noneText,
  unlistedTexts,
} from './messages.ts';

export const renderJunit: Render = function* (original) {
  const report = shown(original);
  const ruleOf = ruleLookup(report);
  const findings = distinctFindings(report);
  const { gaps } = report;
  // GitLab treats a suite without tests as broken.
  const isEmpty = findings.length === 0 && isComplete(report);
  const counts = `tests="${findings.length + gaps.length + (isEmpty ? 1 : 0)}" failures="${findings.length}" errors="${gaps.length}"`;
  yield '<?xml version="1.0" encoding="UTF-8"?>\n';
  yield `<testsuites name="glaive" ${counts}>\n`;
  yield `  <testsuite name="glaive" ${counts} skipped="0" timestamp="${report.startTime.toISOString().slice(0, 19)}">\n`;
  if (report.comparedWith !== undefined)
    yield `    <properties><property name="compared with" value=${attribute(comparedText(report.comparedWith))}/></properties>\n`;
  for (const finding of findings) yield testOf(finding, ruleOf(finding));
  for (const gap of gaps) yield errorOf(gap);
  if (isEmpty)
    yield `    <testcase classname="glaive" name=${attribute([`${noneText(report.counts)} leaked credentials`, ...unlistedTexts(report.counts)].join('; '))} time="0"/>\n`;
  yield '  </testsuite>\n</testsuites>\n';
};

function testOf(finding: Finding, rule: Rule): string {
  const { artifact, fingerprint, introduction } = finding;
  const text = [
    `${artifact.uri}:${linesOf(finding).startLine}`,
    finding.excerpt?.text ?? finding.preview,
    ...(introduction === undefined ? [] : [introductionText(introduction)]),
    ...checkedLines(finding),
    `To revoke: ${revocationText(rule)}`,
    `Fingerprint: ${finding.secretFingerprint}`,
  ].map(printable);
  return (
    `    <testcase classname=${attribute(artifact.uri)} name=${attribute(`${rule.name} ${fingerprint.slice(0, 12)}`)} file=${attribute(artifact.uri)} time="0">\n` +
    `      <failure type=${attribute(finding.severity)} message=${attribute(findingText(finding, rule))}>${escaped(text.join('\n'))}</failure>\n` +
    '    </testcase>\n'
  );
}

function errorOf({ kind, uri, message, hint }: Gap): string {
  const what = uri === undefined ? message : `${uri}: ${message}`;
  return (
    `    <testcase classname="glaive" name=${attribute(`not scanned: ${what}`)} time="0">\n` +
    `      <error type=${attribute(kind)} message=${attribute(what)}>${escaped(printable(hint ?? ''))}</error>\n` +
    '    </testcase>\n'
  );
}

const attribute = (text: string): string => `"${escaped(printable(text))}"`;

/** Characters that XML 1.0 forbids: control characters, lone surrogates, non-characters. */
// eslint-disable-next-line no-control-regex
const NOT_XML = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|\p{Cs}/gu;

function escaped(text: string): string {
  return escapeMarkup(text.replace(NOT_XML, '\uFFFD'));
}
