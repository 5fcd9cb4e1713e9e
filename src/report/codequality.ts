/**
 * `codequality`: the Code Climate subset that GitLab's merge request widget reads on every tier.
 *
 * GitLab compares reports as sets of fingerprints, stops at the first entry it finds invalid, and refuses a byte
 * order mark (gitlabhq lib/gitlab/ci/parsers/codequality/code_climate.rb).
 */

import type { Render } from './format.ts';
import { jsonText } from './json-text.ts';
import { describe, distinctFindings, linesOf, ruleLookup, SEVERITY_WORDS } from './messages.ts';

export const renderCodequality: Render = function* (report) {
  const ruleOf = ruleLookup(report);
  const entries = distinctFindings(report).map((finding) => ({
    type: 'issue',
    check_name: finding.ruleId,
    description: describe(finding, ruleOf(finding)),
    categories: ['Security'],
    severity: SEVERITY_WORDS[finding.severity].codequality,
    fingerprint: finding.fingerprint,
    location: { path: finding.artifact.uri, lines: { begin: linesOf(finding).startLine } },
  }));
  yield `${jsonText(entries, 2)}\n`;
};
