/** Two hex digits for each byte, as dumps and database exports have them; on one line or broken into several. */

import type { DecodedRun } from './decoded-run.ts';
import type { Encoding, EncodedNeedle, Text } from './encoding.ts';
import { byteOf, IS_HEX } from './hex-digits.ts';
import { crossedByJoints, LOOSE } from './joints.ts';
import { isOwnPrefix } from './own-prefix.ts';
import { wideBeginning } from './wide.ts';
import { type Guard, GUARDS } from '../search/guards.ts';
import { crossedByLines, cutPieces, type Joining, JOININGS, LineSteps } from './lines.ts';

/** Digits of a needle: as many as nearly every keyword has. They are rare in other text that is full of digits. */
const PIECE = 8;
/** Of a needle in runs: a joint may be on either side of it. No two joints are as near to each other as both ends of two such needles. */
const PART = 5;

const ON_LINES = crossedByLines(IS_HEX);
const IN_RUNS = crossedByJoints(IS_HEX);

const onFullLines: readonly Encoding[] = JOININGS.map((joining): Encoding => ({
  name: 'hex',
  readings: 2,
  expansion: 3,
  crosses: joining === 'none' ? IS_HEX : ON_LINES,
  ...(joining === 'none' ? {} : { reachesFar: true }),
  needlesFor(keyword) {
    return inBothCases(spellings(keyword).map((text) => text.slice(0, PIECE)));
  },
  anchor: (text, position) => (joining === 'none' || text.isBroken(position) ? position : undefined),
  ...(joining === 'none'
    ? {}
    : {
        across: (text, position, { phasesOf, beginnings }) =>
          cutPieces(text, position, IS_HEX, { shortest: PART, longest: PIECE, beginnings }).flatMap(
            ({ piece, start }) => phasesOf(piece).map(() => start),
          ),
      }),
  decode(text, anchor, run) {
    const { bytes, filled } = text;
    const lines = new LineSteps(text, IS_HEX, joining, anchor);
    const isPair = (at: number): boolean =>
      at >= 0 && at + 1 < filled && IS_HEX[bytes[at]!] === 1 && IS_HEX[bytes[at + 1]!] === 1;
    const valueAt = (at: number): number => byteOf(bytes[at]!, bytes[at + 1]!);
    for (let at: number | undefined = anchor; at !== undefined && isPair(at);) {
      if (!run.append(valueAt(at), at, at + 2, lines.style)) break;
      at = isPair(at + 2) ? at + 2 : lines.next(at + 2);
    }
    for (let end: number | undefined = anchor; end !== undefined;) {
      if (!isPair(end - 2)) end = lines.before(end);
      if (end === undefined || !isPair(end - 2) || !run.prepend(valueAt(end - 2), end - 2, end, lines.style)) break;
      end -= 2;
    }
    if (lines.isRedundant) run.markRedundant();
  },
}));

/**
 * Runs with a joint between them: quotes, signs, or lines of any width. A joint never cuts both pieces of a keyword, so
 * the joints themselves need not be searched.
 */
const inRuns: readonly Encoding[] = (['block', 'all'] as const).map((joining): Encoding => ({
  name: 'hex',
  readings: 2,
  expansion: 4, // 2, and the joints between the runs
  crosses: IN_RUNS,
  reachesFar: true,
  needlesFor(keyword) {
    return [
      ...inBothCases(spellings(keyword).map((text) => text.slice(0, PIECE))),
      // Those that a joint has cut within the first digits, and only they, are recognised by a part.
      ...inBothCases(
        spellings(keyword).map((text) => text.slice(0, PART)),
        GUARDS.cutBehind,
      ),
      ...inBothCases(
        spellings(keyword)
          .map((text) => text.slice(PART - 1, 2 * PART - 1))
          .filter(({ length }) => length >= PART - 1),
        GUARDS.cutBefore,
      ),
    ];
  },
  anchor: (text, position) => (text.isJoined(position) ? position : undefined),
  decode: (text, anchor, run) => decodeRuns(text, anchor, run, joining),
}));

export const hex: readonly Encoding[] = [...onFullLines, ...inRuns];

/** Digit by digit: a joint may separate the two digits of a byte. */
function decodeRuns(text: Text, anchor: number, run: DecodedRun, joining: Joining): void {
  const { bytes, filled } = text;
  const lines = new LineSteps(text, IS_HEX, joining, anchor, LOOSE);
  const right = (at: number): number | undefined => (at < filled && IS_HEX[bytes[at]!] === 1 ? at : lines.next(at));
  const left = (at: number): number | undefined => {
    if (at > 0 && IS_HEX[bytes[at - 1]!] === 1) return at - 1;
    const end = lines.before(at);
    return end === undefined ? undefined : end - 1;
  };
  for (let high = right(anchor); high !== undefined;) {
    const low = right(high + 1);
    if (low === undefined || !run.append(byteOf(bytes[high]!, bytes[low]!), high, low + 1, lines.style)) break;
    high = right(low + 1);
  }
  lines.turn();
  for (let low = left(anchor); low !== undefined;) {
    const high = left(low);
    if (high === undefined || !run.prepend(byteOf(bytes[high]!, bytes[low]!), high, low + 1, lines.style)) break;
    low = left(high);
  }
  if (lines.isRedundant) run.markRedundant();
}

/** In hex, as ASCII and as UTF-16. */
function spellings(keyword: string): string[] {
  return [keyword, ...(isOwnPrefix(keyword) ? [wideBeginning(keyword)] : [])].map((text) =>
    Buffer.from(text, 'latin1').toString('hex'),
  );
}

function inBothCases(texts: readonly string[], guard: Guard = GUARDS.none): EncodedNeedle[] {
  return [...new Set(texts.flatMap((text) => [text, text.toUpperCase()]))].map((text) => ({ text, phase: 0, guard }));
}
