/** Reports of trufflehog: `--json`, one finding per line, mixed with log lines. */

import { isRecord } from '../../lib/is-record.ts';
import type { Gap } from '../../model/gap.ts';
import type { Report } from '../../model/report.ts';
import { countOf, type ForeignFinding, foreignReport, placeOf, secretOf, textOf } from './foreign.ts';

const TOOL = { name: 'trufflehog', home: 'https://github.com/trufflesecurity/trufflehog' };

export function isTrufflehog(value: unknown): boolean {
  return isRecord(value) && 'DetectorName' in value && 'SourceMetadata' in value;
}

/** @param lines findings, and log lines: an error there is a gap */
export function readTrufflehog(lines: readonly unknown[], now: Date): Report {
  const report = foreignReport(TOOL, lines.filter(isTrufflehog).filter(isRecord).map(toForeign), now);
  const gaps = lines
    .filter(isRecord)
    .filter(({ level }) => level === 'error' || level === 'fatal')
    .map(({ msg }): Gap => ({
      kind: 'unreadable',
      message: `trufflehog: ${textOf(msg) ?? 'an error without a message'}`,
    }));
  return { ...report, gaps };
}

function toForeign(item: Readonly<Record<string, unknown>>): ForeignFinding {
  const metadata = isRecord(item['SourceMetadata']) ? item['SourceMetadata']['Data'] : undefined;
  // Each kind of source has a key of its own.
  const [source] = isRecord(metadata) ? Object.values(metadata).filter(isRecord) : [];
  const place = source ?? {};
  return {
    rule: textOf(item['DetectorName']) ?? 'detector',
    description: textOf(item['DetectorDescription'])?.split('. ')[0],
    uri: placeOf(place['file']) ?? placeOf(place['link']) ?? '',
    startLine: countOf(place['line']),
    secret: secretOf(item['Raw']),
    commit: textOf(place['commit']),
    author: textOf(place['email']),
    date: textOf(place['timestamp']),
    isActive: item['Verified'] === true,
  };
}
