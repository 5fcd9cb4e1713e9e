/** Reads reports that `--format jsonl` has written. */

import { isRecord } from '../../lib/is-record.ts';
import type { Report } from '../../model/report.ts';
import { readGlaive, refusal } from './glaive.ts';

/** Whether it is the first line of a `jsonl` report. */
export function isGlaiveLine(value: unknown): boolean {
  return isRecord(value) && value['type'] === 'report';
}

/**
 * Reads `jsonl` reports, one after the other in one file.
 *
 * @throws GlaiveError (`usage`) if one is truncated or invalid
 */
export function readGlaiveLines(lines: readonly unknown[], name: string): Report[] {
  const wholes: Record<string, unknown>[] = [];
  for (const [index, line] of lines.entries()) {
    const { type, ...value } = isRecord(line) ? line : {};
    const whole = wholes.at(-1);
    const list = whole?.[LISTS[String(type)] ?? ''];
    if (type === 'report') wholes.push({ ...value, rules: [], findings: [], gaps: [], notes: [] });
    else if (Array.isArray(list)) list.push(type === 'note' ? value['message'] : value);
    else throw refusal(name, `line ${index + 1} is not valid`);
  }
  return wholes.map((whole) => {
    const report = readGlaive(whole, name);
    const { findings = 0, suppressed = 0, gaps = 0 } = whole['counts'] as Readonly<Record<string, number>>; // readGlaive has checked it
    if (report.findings.length !== findings + suppressed || report.gaps.length !== gaps)
      throw refusal(name, 'it is truncated');
    return report;
  });
}

/** The list that lines of a type belong to. */
const LISTS: Readonly<Record<string, string>> = { rule: 'rules', finding: 'findings', gap: 'gaps', note: 'notes' };
