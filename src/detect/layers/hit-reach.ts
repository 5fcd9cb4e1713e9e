/**
 * How much of a text decides what a hit leads to. Another version of the text in which these bytes are the same has the same match
 * there, or none, so that the hit need not be verified again.
 */

import type { Encoding } from '../encodings/encoding.ts';
import { NEIGHBOURHOOD } from '../encodings/encoding.ts';
import type { Needle } from '../needles.ts';
import { LOOK_AHEAD, ROUTABLE_REACH, type Ruleset, TOUCH_REACH, type Trial } from '../../model/ruleset.ts';
import { MULTI_LINE } from './multi-line.ts';

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

  ofLineBreak(text: Uint8Array, position: number): number {
    const crossed = this.#crossedByBreaks;
    return crossed === undefined ? Number.POSITIVE_INFINITY : reachOf(text, position, position + 1, crossed);
  }

  #crossedOf(encoded: Needle['encoded']): readonly Uint8Array[] | undefined {
    if (!this.#crossed.has(encoded)) this.#crossed.set(encoded, crossedBy(encoded.map(({ encoding }) => encoding)));
    return this.#crossed.get(encoded);
  }

  #keywordReach(keyword: number): number {
    const { keywords, reach } = this.#ruleset;
    return (this.#keywords[keyword] ??= Math.max(reach.before, ...keywords[keyword]!.trials.map(reachAfter)));
  }
}

function reachAfter(trial: Trial): number {
  return trial.kind === 'routable' ? ROUTABLE_REACH.after : trial.form.maxSpan + LOOK_AHEAD + TOUCH_REACH;
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
