/**
 * How much of a text decides what a hit leads to. Another version of the text in which these bytes are the same has the same match
 * there, or none, so that the hit need not be verified again.
 */

import { type Encoding, NEIGHBOURHOOD } from '../encodings/encoding.ts';
import type { Needle } from '../needles.ts';
import {
  ASSIGNMENT_REACH,
  LOOK_AHEAD,
  ROUTABLE_REACH,
  type Ruleset,
  TOUCH_REACH,
  type Trial,
} from '../../model/ruleset.ts';
import { EQUALS } from '../../lib/bytes.ts';
import { IS_BASE64 } from '../search/line-breaks.ts';
import { byteTable } from '../tokens/alphabet.ts';
import { LONGEST } from '../assignments/values.ts';
import { MULTI_LINE } from './multi-line.ts';

const IS_BLANK = byteTable(' \t\r');
/** More than the bytes before a line break that show whether its line is full. */
const FULL = 40;
/** More is not worth measuring. */
const REACH_MAX = 8192;

export class HitReach {
  readonly #ruleset: Ruleset;
  /** By list of encodings, which many needles share. */
  readonly #crossed = new Map<Needle['encoded'], readonly Uint8Array[] | undefined>();
  readonly #crossedByBreaks = crossedBy(MULTI_LINE);
  /** By keyword. */
  readonly #keywords: number[] = [];

  constructor(ruleset: Ruleset) {
    this.#ruleset = ruleset;
  }

  /** Of a needle, in bytes before its first and behind it; Infinity: all of the text may decide. */
  ofNeedle(text: Uint8Array, position: number, { text: { length }, keyword, encoded }: Needle): number {
    const crossed = this.#crossedOf(encoded);
    if (crossed === undefined) return Number.POSITIVE_INFINITY;
    const own = keyword === undefined ? 0 : this.#keywordReach(keyword);
    return Math.max(own, reachOf(text, position, position + length, crossed));
  }

  /** Of a line break. @param isSplit whether an encoding was read there; else only the next line decides */
  ofLineBreak(text: Uint8Array, position: number, isSplit: boolean): number {
    if (!isSplit) return reachOfLine(text, position);
    const crossed = this.#crossedByBreaks;
    return crossed === undefined ? Number.POSITIVE_INFINITY : reachOf(text, position, position + 1, crossed);
  }

  #crossedOf(encoded: Needle['encoded']): readonly Uint8Array[] | undefined {
    if (!this.#crossed.has(encoded)) this.#crossed.set(encoded, crossedBy(encoded.map(({ encoding }) => encoding)));
    return this.#crossed.get(encoded);
  }

  #keywordReach(keyword: number): number {
    const { trials } = this.#ruleset.keywords[keyword]!;
    return (this.#keywords[keyword] ??= Math.max(...trials.map(reachOfTrial)));
  }
}

/** The farther of what a trial reads before its keyword and after it. */
function reachOfTrial(trial: Trial): number {
  if (trial.kind === 'routable') return Math.max(ROUTABLE_REACH.before, ROUTABLE_REACH.after);
  if (trial.kind === 'assignment') {
    const { before, after, left, right } = ASSIGNMENT_REACH;
    return Math.max(before + left, after + right) + LONGEST;
  }
  const { instances = [], lookBehind, maxSpan } = trial.form;
  return Math.max(lookBehind, ...instances.map(({ length }) => length), maxSpan + LOOK_AHEAD + TOUCH_REACH);
}

/** Undefined: one of the encodings may depend on anything. */
function crossedBy(encodings: readonly Encoding[]): readonly Uint8Array[] | undefined {
  const crossed = new Set<Uint8Array>();
  for (const { crosses } of encodings) {
    if (crosses === undefined) return undefined;
    crossed.add(crosses);
  }
  return [...crossed];
}

/** What `nextLine` reads behind a line break: an indent, a line of encoded text, and what follows it. Before it, that is a full line. */
function reachOfLine(text: Uint8Array, position: number): number {
  const last = Math.min(text.length, position + REACH_MAX);
  let end = position + 1;
  while (end < last && IS_BLANK[text[end]!] === 1) end++;
  while (end < last && IS_BASE64[text[end]!] === 1) end++;
  while (end < last && (IS_BLANK[text[end]!] === 1 || text[end] === EQUALS)) end++;
  return end - position < REACH_MAX ? Math.max(FULL, end - position) + NEIGHBOURHOOD : Number.POSITIVE_INFINITY;
}

/** The farthest that one of the encodings can see from `[from, to)`, counted from `from`. */
function reachOf(text: Uint8Array, from: number, to: number, crossed: readonly Uint8Array[]): number {
  let reach = to - from;
  for (const is of crossed) {
    let first = from;
    while (first > 0 && from - first < REACH_MAX && is[text[first - 1]!] === 1) first--;
    let end = to;
    while (end < text.length && end - from < REACH_MAX && is[text[end]!] === 1) end++;
    reach = Math.max(reach, from - first, end - from);
  }
  return reach < REACH_MAX ? reach + NEIGHBOURHOOD : Number.POSITIVE_INFINITY;
}
