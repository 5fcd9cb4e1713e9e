/** `json`: everything glaive knows, for other programs. Its schema is `schema/glaive-report-1.schema.json`. */

import type { Render } from './format.ts';
import { jsonPieces } from './json-text.ts';
import { plainFindings, plainGap, plainHead, plainKnown, plainRules } from './json-model.ts';

export const renderJson: Render = function* (report) {
  yield* jsonPieces(plainHead(report), {
    rules: plainRules(report),
    findings: plainFindings(report),
    gaps: report.gaps.map(plainGap),
    notes: report.notes,
    ...(report.known === undefined ? {} : { known: report.known.map(plainKnown) }),
  });
  yield '\n';
};
