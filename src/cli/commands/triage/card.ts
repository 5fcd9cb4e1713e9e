/** A card of `glaive triage`: one secret in at most 13 lines, so that a terminal of 80x24 has room for the question below it. */

import type { Palette } from '../../../lib/color.ts';
import { plural } from '../../../lib/format-amounts.ts';
import { printable } from '../../../lib/printable.ts';
import type { Finding } from '../../../model/finding.ts';
import type { Rule } from '../../../model/rule.ts';
import {
  acceptanceText,
  checkedLines,
  confidenceText,
  historyText,
  introductionText,
  ownerText,
  REMOVED_LATER,
  statusText,
} from '../../../report/messages.ts';
import { shown } from '../../../report/shown.ts';
import type { SecretGroup } from '../../../report/summary.ts';
import { placeOf, severityPaint } from '../../../report/text-secrets.ts';

export interface CardOptions {
  readonly rule: Rule;
  /** From 1. */
  readonly number: number;
  readonly total: number;
  /** What was decided about it before; empty if nothing was. */
  readonly decided: readonly string[];
  /** Columns of the terminal. */
  readonly width: number;
  readonly paint: Palette;
}

/** Lines of a card. The question takes nine, and the cursor is on a line of its own. */
const LINES = 13;
/** Places that are listed; further ones are counted. */
const PLACES = 3;

/** A line of it; those with a lower rank stay if there is no room for all. */
interface Line {
  readonly rank: number;
  readonly parts: readonly (readonly [text: string, paint?: (text: string) => string])[];
}

export function renderCard(group: SecretGroup, options: CardOptions): string {
  const { width, paint, number, total, decided } = options;
  const [first, ...others] = shown(group.findings);
  const rule = shown(options.rule);
  const state = first.tokenStatus.state;
  const { excerpt, introduction, history } = first;
  const owner = ownerText(first.facts);
  const text = (rank: number, ...words: readonly string[]): Line[] =>
    words.filter((word) => word !== '').map((word) => ({ rank, parts: [[`  ${word}`]] }));
  const lines: Line[] = [
    {
      rank: 0,
      parts: [
        [`${number} of ${total}: `],
        [first.severity, severityPaint(paint, first.severity)],
        [`  ${rule.name}`, paint.bold],
        [state === 'unknown' ? '' : `  ${state}`, state === 'active' ? paint.red : paint.green],
      ],
    },
    ...decided.map((what): Line => ({ rank: 1, parts: [[`  decided: ${printable(what)}`, paint.green]] })),
    { rank: 0, parts: [[`  ${placeOf(first)}`, paint.cyan]] },
    ...(excerpt === undefined ? [] : [excerptLine(excerpt, paint, width)]),
    ...text(3, introduction === undefined ? '' : introductionText(introduction)),
    ...text(3, history === undefined ? '' : historyText(history)),
    ...others.slice(0, PLACES - 1).map((other): Line => ({ rank: 5, parts: [[`  ${placeOf(other)}`, paint.cyan]] })),
    ...text(2, others.length < PLACES ? '' : `and ${plural(others.length + 1 - PLACES, 'more place')}`),
    ...text(2, `${first.confidence}: ${confidenceText(first, rule)}`),
    ...text(2, owner === '' ? '' : `belongs to ${owner}`),
    ...(first.verification === undefined ? text(3, statusText(first.tokenStatus)) : text(3, ...checkedLines(first))),
    ...text(4, group.findings.some(({ removedLater }) => removedLater === true) ? REMOVED_LATER : ''),
    ...text(4, ...first.suppressions.map((suppression) => `not accepted: ${acceptanceText(suppression)}`)),
    { rank: 1, parts: [[`  fingerprint: ${first.secretFingerprint}`, paint.dim]] },
  ];
  return mostImportant(lines)
    .map((line) => `${painted(line, width)}\n`)
    .join('');
}

/** At most {@link LINES}, in their order. */
function mostImportant(lines: readonly Line[]): readonly Line[] {
  const kept = new Set(lines.toSorted((a, b) => a.rank - b.rank).slice(0, LINES));
  return lines.filter((line) => kept.has(line));
}

/** The masked line; of a long one the part around the secret. */
function excerptLine(
  { text, markStart, markEnd }: NonNullable<Finding['excerpt']>,
  paint: Palette,
  width: number,
): Line {
  const mark = text.slice(markStart, markEnd);
  const before = text.slice(0, markStart).trimStart();
  const room = Math.max(0, Math.floor((width - INDENT.length - columnsOf(mark)) / 2));
  const start = columnsOf(before) <= room ? before : `...${endOf(before, room - 3)}`;
  return { rank: 1, parts: [[INDENT], [start], [mark, paint.red], [text.slice(markEnd).trimEnd()]] };
}

const INDENT = '    ';

/** The text of a line, cut at the width of the terminal and coloured. The last column stays empty: some terminals wrap there. */
function painted({ parts }: Line, width: number): string {
  let left = width - 1;
  let line = '';
  for (const [text, paint = (same: string) => same] of parts) {
    const part = columnsOf(text) <= left ? text : `${startOf(text, left - 3)}...`;
    if (part === '' || left <= 3) continue;
    line += paint(part);
    left -= columnsOf(part);
  }
  return line;
}

/** Columns of a text on a terminal, at most: characters of East Asia and symbols may take two. */
function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += widthOf(character);
  return columns;
}

const NARROW = 0x1100;
const widthOf = (character: string): number => (character.codePointAt(0)! < NARROW ? 1 : 2); // it has one

/** The first characters, of at most so many columns. */
function startOf(text: string, columns: number): string {
  let left = columns;
  let end = 0;
  for (const character of text) {
    left -= widthOf(character);
    if (left < 0) break;
    end += character.length;
  }
  return text.slice(0, end);
}

function endOf(text: string, columns: number): string {
  return [...startOf([...text].toReversed().join(''), columns)].toReversed().join('');
}
