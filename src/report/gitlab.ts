/**
 * `gitlab`: the secret detection report (`gl-secret-detection-report.json`), valid under schema 15.0.6 and 15.2.5.
 *
 * The older version is declared because GitLab refuses a MAJOR.MINOR that it does not know. A finding's identity in
 * GitLab is its first identifier and its tracking signature, so both are stable: the rule id, and glaive's fingerprint
 * under an algorithm that every version knows. `raw_source_code_extract` holds the secret itself, which GitLab's validity checks and
 * automatic revocation read; it is written only on explicit request.
 */

import { isComplete, type Report } from '../model/report.ts';
import type { Finding } from '../model/finding.ts';
import type { Rule } from '../model/rule.ts';
import type { Secret } from '../model/secret.ts';
import type { Render } from './format.ts';
import { jsonText } from './json-text.ts';
import { sentenceOf } from './in-markdown.ts';
import { cut } from '../lib/cut.ts';
import { distinctFindings, linesOf, ruleLookup } from './lookups.ts';
import { SEVERITY_SCALES } from './severity-scales.ts';
import { revocationText, comparedText, findingText } from './messages.ts';

const SCHEMA_VERSION = '15.0.6';
const NO_COMMIT = '0000000000000000000000000000000000000000';
/** Limits of the schema. */
const NAME_MAX = 255;
const SOLUTION_MAX = 7000;

export const renderGitlab: Render = function* (report, { rawSecrets = false }) {
  const ruleOf = ruleLookup(report);
  const component = { id: 'glaive', name: 'glaive', version: report.tool.version, vendor: { name: 'glaive' } };
  const whole = {
    version: SCHEMA_VERSION,
    scan: {
      analyzer: component,
      scanner: component,
      type: 'secret_detection',
      start_time: withoutZone(report.startTime),
      end_time: withoutZone(report.endTime),
      status: isComplete(report) ? 'success' : 'failure',
      messages: [
        ...(report.comparedWith === undefined ? [] : [{ level: 'info', value: comparedText(report.comparedWith) }]),
        ...report.gaps.map(({ uri, message }) => ({
          level: 'warn',
          value: uri === undefined ? message : `${uri}: ${message}`,
        })),
      ],
    },
    vulnerabilities: distinctFindings(report).map((finding) => ({
      ...toVulnerability(finding, ruleOf(finding), report),
      ...(rawSecrets ? { raw_source_code_extract: textOf(finding.secret) } : {}),
    })),
  };
  yield `${jsonText(whole, 2)}\n`;
};

function toVulnerability(finding: Finding, rule: Rule, report: Report): object {
  const file = finding.artifact.uri;
  const { startLine, endLine } = linesOf(finding);
  return {
    id: finding.fingerprint,
    name: cut(rule.name, NAME_MAX),
    // GitLab renders it as Markdown.
    description: `${sentenceOf(findingText(finding, rule))} ${sentenceOf(rule.impact)}`,
    severity: SEVERITY_SCALES[finding.severity].gitlab,
    solution: cut(revocationText(rule), SOLUTION_MAX),
    identifiers: [
      { type: 'gitleaks_rule_id', name: `Gitleaks rule ID ${rule.id}`, value: rule.id },
      { type: 'cwe', name: 'CWE-798', value: '798', url: 'https://cwe.mitre.org/data/definitions/798.html' },
    ],
    links: rule.references.map((url) => ({ url })),
    location: { file, start_line: startLine, end_line: endLine, commit: commitOf(finding, report) },
    tracking: {
      type: 'source',
      items: [
        {
          file,
          start_line: startLine,
          end_line: endLine,
          signatures: [{ algorithm: 'hash', value: finding.fingerprint }],
        },
      ],
    },
  };
}

/** The secret as UTF-8 text. */
function textOf(secret: Secret): string {
  return Buffer.from(secret.reveal(), 'latin1').toString('utf8');
}

/** The commit that introduced it, if known. */
function commitOf({ introduction }: Finding, report: Report): object {
  if (introduction === undefined) return { sha: report.commit ?? NO_COMMIT };
  const { commit, author, date } = introduction;
  return { sha: commit, author, date };
}

/** `YYYY-MM-DDTHH:MM:SS` in UTC: the schema allows neither zone nor fraction. */
function withoutZone(date: Date): string {
  return date.toISOString().slice(0, 19);
}
