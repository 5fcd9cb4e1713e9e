/**
 * `codequality`: the Code Climate subset that GitLab's merge request widget reads on every tier.
 *
 * GitLab compares reports as sets of fingerprints, stops at the first entry it finds invalid, and refuses a byte
 * order mark (gitlabhq lib/gitlab/ci/parsers/codequality/code_climate.rb).
 */

import type { Render } from './format.ts';
import { jsonText } from './json-text.ts';
import { distinctFindings, linesOf, ruleLookup } from './lookups.ts';
import { SEVERITY_SCALES } from './severity-scales.ts';
import { findingText } from './messages.ts';

export const renderCodequality: Render = function* (report) {
  const ruleOf = ruleLookup(report);
  const entries = distinctFindings(report).map((finding) => ({
    type: 'issue',
    check_name: finding.ruleId,
    description: findingText(finding, ruleOf(finding)),
    categories: ['Security'],
    severity: SEVERITY_SCALES[finding.severity].codequality,
    fingerprint: finding.fingerprint,
    location: { path: finding.artifact.uri, lines: { begin: linesOf(finding).startLine } },
  }));
  yield `${jsonText(entries, 2)}\n`;
};
