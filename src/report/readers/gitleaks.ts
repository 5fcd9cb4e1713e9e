/** Reports and baselines of gitleaks (and betterleaks): a list of findings, `--report-format json`. */

import { isRecord } from '../../lib/is-record.ts';
import type { Report } from '../../model/report.ts';
import { countOf, foreignReport, placeOf, secretOf, textOf } from './foreign.ts';

const TOOL = { name: 'gitleaks', home: 'https://github.com/gitleaks/gitleaks' };

/** An empty list is a valid report. */
export function isGitleaks(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => isRecord(item) && 'RuleID' in item && 'File' in item);
}

export function readGitleaks(value: unknown, now: Date): Report {
  const items = (Array.isArray(value) ? value : []).filter(isRecord);
  return foreignReport(
    TOOL,
    items.map((item) => {
      const author = [textOf(item['Author']), textOf(item['Email']) && `<${textOf(item['Email'])}>`]
        .filter(Boolean)
        .join(' ');
      return {
        rule: textOf(item['RuleID']) ?? 'rule',
        description: textOf(item['Description']),
        uri: placeOf(item['File']) ?? '',
        startLine: countOf(item['StartLine']),
        endLine: countOf(item['EndLine']),
        startColumn: countOf(item['StartColumn']),
        endColumn: countOf(item['EndColumn']),
        secret: secretOf(item['Secret']),
        identity: textOf(item['Fingerprint']),
        commit: textOf(item['Commit']),
        author: textOf(author),
        date: textOf(item['Date']),
      };
    }),
    now,
  );
}
