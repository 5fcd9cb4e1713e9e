/** The formats that `glaive report` reads, detected by content. Each has one file, and one line here. */

import { GlaiveError } from '../../model/errors.ts';
import type { Report } from '../../model/report.ts';
import { isGitleaks, readGitleaks } from './gitleaks.ts';
import { isGlaiveReport, readGlaive } from './glaive.ts';
import { isGlaiveLine, readGlaiveLines } from './glaive-lines.ts';
import { isSarif, readSarif } from './sarif.ts';
import { isTrufflehog, readTrufflehog } from './trufflehog.ts';

/** @throws GlaiveError (`usage`) for an unknown format or an invalid report */
export function readReports(text: string, name: string, now: Date): Report[] {
  const value = parse(text);
  const lines = (): unknown[] =>
    text
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map(parse);
  if (isGlaiveLine(value ?? parse(text.slice(0, text.indexOf('\n'))))) return readGlaiveLines(lines(), name);
  if (value !== undefined) {
    if (isGlaiveReport(value)) return [readGlaive(value, name)];
    if (isSarif(value)) return readSarif(value, now);
    if (isGitleaks(value)) return [readGitleaks(value, now)];
    if (isTrufflehog(value)) return [readTrufflehog([value], now)];
  } else {
    const values = lines();
    if (values.some(isTrufflehog) && values.every((line) => line !== undefined)) return [readTrufflehog(values, now)];
  }
  throw new GlaiveError('usage', `${name} is not a report that glaive can read`, {
    hint: 'It reads its own JSON and JSON lines, SARIF 2.1.0, and JSON of gitleaks and trufflehog. The file must be complete.',
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}
