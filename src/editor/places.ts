/** The places of findings in the text of an editor, which counts in UTF-16 units where a scan counts in bytes. */

import { utf16Length } from '../lib/text-position.ts';
import type { Finding } from '../model/finding.ts';
import { activeFindings, type Report } from '../model/report.ts';
import type { Region } from '../model/region.ts';
import type { Rule } from '../model/rule.ts';
import { ruleLookup } from '../report/lookups.ts';
import { shown } from '../report/shown.ts';

/** One place of a finding. */
export interface Place {
  readonly finding: Finding;
  readonly rule: Rule;
  /** UTF-16 units of the text, half-open; absent if the finding is not in the text itself: in a packed file, or in the file's name. */
  readonly span: PlaceSpan | undefined;
}

export interface PlaceSpan {
  readonly start: number;
  readonly end: number;
}

/** More would only slow an editor down. */
export const PLACES_MAX = 1000;

/** The places of all findings that count, in the order of the report. @param bytes the text in UTF-8, as it was scanned */
export function placesIn(report: Report, text: string, bytes: Uint8Array): Place[] {
  const ruleOf = ruleLookup(report);
  const places = activeFindings(report).flatMap((finding) => {
    const regions: readonly (Region | undefined)[] = isInText(finding) ? finding.regions : [undefined];
    return regions.map((region) => ({ finding, region }));
  });
  const kept = places.slice(0, PLACES_MAX);
  const offsets = kept.flatMap(({ region }) =>
    region === undefined ? [] : [region.byteOffset, region.byteOffset + region.byteLength],
  );
  const unitOf = unitsOf(offsets, text, bytes);
  return kept.map(({ finding, region }) => ({
    finding,
    rule: ruleOf(finding),
    span:
      region === undefined
        ? undefined
        : { start: unitOf(region.byteOffset), end: unitOf(region.byteOffset + region.byteLength) },
  }));
}

function isInText({ artifact: { kind, entries } }: Finding): boolean {
  return entries === undefined && (kind === 'file' || kind === 'stdin');
}

/** Maps some byte offsets to UTF-16 units; the text is read once. */
function unitsOf(offsets: readonly number[], text: string, bytes: Uint8Array): (offset: number) => number {
  if (text.length === bytes.length) return (offset) => offset; // ASCII
  const units = new Map<number, number>();
  let at = 0;
  let unit = 0;
  for (const offset of [...new Set(offsets)].toSorted((a, b) => a - b)) {
    unit += utf16Length(bytes, at, offset);
    at = offset;
    units.set(offset, unit);
  }
  return (offset) => units.get(offset)!; // all are known
}

/** A finding as people may see it; of its regions, only the first: there may be many thousands, and each place shows one. */
export function shownFinding(finding: Finding): Finding {
  return shown({ ...finding, regions: [finding.regions[0]] });
}
