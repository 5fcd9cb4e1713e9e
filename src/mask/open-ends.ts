/**
 * Whether more text may change what stands at a place: a token whose run of characters has not ended, a header whose
 * value has not come, a key without its end.
 */

import { beginningsOf, growthOf, looksLater, withoutLater } from '../lib/partial-pattern.ts';
import { BASE64URL, byteTable, TOKEN } from '../detect/tokens/alphabet.ts';
import type { Needle } from '../detect/needles.ts';
import { runEnd, tableOf } from '../detect/tokens/right-end.ts';
import type { PatternForm } from '../model/rule.ts';
import { type Literal, LOOK_AHEAD, type Ruleset, TOUCH_REACH, type Trial } from '../model/ruleset.ts';
import { LF } from '../lib/bytes.ts';

/** No token is longer. */
export const RUN_MAX = 10 * 1024;
/** So much at its beginning may be shown of a credential that is alone in its text: `s.` says nothing. */
export const ALONE_SHOWN = 2;
const DOT = 0x2e;
/** What may stand in encoded text: all that can be seen but quotes and angle brackets. */
const ENCODED = byteTable(Array.from({ length: 94 }, (_, index) => String.fromCharCode(0x21 + index)).join(''));
for (const end of '"\'`<>|^') ENCODED[end.charCodeAt(0)] = 0;
ENCODED[0] = 1;
/** The shortest body of a routable token, and what follows it up to the checksum. */
const BEFORE_DOT = /[A-Za-z0-9_-]{27}(\.(?:0(?:1(?:\.[0-9a-z]{0,9})?)?)?)$/;
const ROUTABLE_TAIL = 44;
/** So many characters of a body that has no prefix may be shown before a pause. */
const RANDOM_MIN = 8;
/** What follows it up to the end of its checksum. */
const TAIL = /\.(?:01\.)?[0-9a-z]{0,9}$/;
const TAIL_MAX = 13;
/** Words and numbers, and what joins them. */
const WORDS = /^[-_]*(?:(?:[A-Za-z]?[a-z]*|[A-Z]+|[0-9]+)[-_]+)*(?:[A-Za-z]?[a-z]*|[A-Z]+|[0-9]+)$/;
/** A routable token is not longer, prefix and body. */
const WORD_MAX = 512;

export class OpenEnds {
  readonly #bytes: Buffer;
  readonly #literals: readonly Literal[];
  readonly #growths = new Map<string, ReturnType<typeof growthOf>>();
  readonly #touches = new Map<string, readonly [whole: RegExp, table: Uint8Array]>();
  /** What is a credential where a text holds nothing else. */
  readonly #alone: readonly { readonly mayGrow: ReturnType<typeof growthOf>; readonly most: number }[];
  /** Proper beginnings of everything that is searched. */
  readonly #beginnings: ReadonlySet<string>;
  readonly #longest: number;
  /** Secrets that are told by what follows them. */
  readonly #toldLater: readonly { readonly pattern: RegExp; readonly reach: number }[];

  /** @param bytes the text, as far as it is known */
  constructor(bytes: Uint8Array, { literals, alone }: Ruleset, needles: readonly string[]) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#alone = alone.map(({ form }) => ({ mayGrow: growthOf(form.pattern), most: form.maxSpan }));
    this.#literals = literals;
    this.#beginnings = new Set(
      needles.flatMap((text) => Array.from({ length: text.length - 1 }, (_, index) => text.slice(0, index + 1))),
    );
    this.#longest = Math.max(...needles.map(({ length }) => length)) - 1;
    const forms = new Set(
      literals.flatMap(({ trials }) => trials.flatMap((trial) => (trial.kind === 'pattern' ? trial.form : []))),
    );
    this.#toldLater = [...forms].flatMap((form) => {
      const pattern = beginningsOf(form.pattern);
      return pattern === undefined ? [] : [{ pattern, reach: form.lookBehind + form.maxSpan }];
    });
  }

  /** Whether what a needle at `position` stands for may go on after `filled`. */
  isOpen({ text, literal, encoded }: Needle, position: number, filled: number): boolean {
    const end = position + text.length;
    if (encoded.some(({ encoding }) => encoding.reachesFar !== true) && this.#runsOn(ENCODED, end, filled)) return true;
    if (literal === undefined) return false;
    return this.#literals[literal]!.trials.some((trial) => this.#isTrialOpen(trial, position, end, filled));
  }

  /** Whether all of the text, of which more may come, may be a credential that is known by nothing but that. */
  mayBeAlone(filled: number): boolean {
    const most = this.#alone.filter((form) => filled > ALONE_SHOWN && filled <= form.most);
    if (most.length === 0) return false;
    const text = this.#bytes.toString('latin1', 0, filled);
    return most.some(({ mayGrow }) => mayGrow(text, 0));
  }

  #isTrialOpen(trial: Trial, position: number, end: number, filled: number): boolean {
    if (trial.kind === 'routable') return this.#runsOn(TOKEN, end, filled);
    const { pattern, context, lookBehind, maxSpan, touchedBy } = trial.form;
    if (!context && this.#runsOn(TOKEN, end, filled)) return true;
    if (touchedBy !== undefined && this.#isTouchedToTheEnd(trial.form, touchedBy, position, filled)) return true;
    if (filled >= position + maxSpan + LOOK_AHEAD) return false;
    // It looks for a word later on the line.
    if (looksLater(pattern) && !this.#isLineOver(position, filled)) return true;
    const from = Math.max(0, position - lookBehind);
    const window = this.#bytes.toString('latin1', from, filled);
    let mayGrow = this.#growths.get(pattern);
    if (mayGrow === undefined) this.#growths.set(pattern, (mayGrow = growthOf(pattern)));
    return mayGrow(window, position - from);
  }

  /** Whether what touches a token's end reaches what is known: all of it is hidden. */
  #isTouchedToTheEnd(
    { pattern, lookBehind, maxSpan }: PatternForm,
    by: string,
    position: number,
    filled: number,
  ): boolean {
    let known = this.#touches.get(pattern);
    if (known === undefined) this.#touches.set(pattern, (known = [new RegExp(pattern, 'y'), tableOf(by)]));
    const [whole, table] = known;
    const from = Math.max(0, position - lookBehind);
    whole.lastIndex = position - from;
    if (!whole.test(this.#bytes.toString('latin1', from, Math.min(filled, position + maxSpan)))) return false;
    const end = from + whole.lastIndex;
    return runEnd(this.#bytes, table, end, filled) === filled && filled < end + TOUCH_REACH;
  }

  #isLineOver(start: number, filled: number): boolean {
    return this.#bytes.subarray(start, filled).includes(LF);
  }

  /** Whether the run from `start` reaches what is known, and may yet be a token. */
  #runsOn(is: Uint8Array, start: number, filled: number): boolean {
    if (filled - start > RUN_MAX) return false;
    let at = start;
    while (at < filled && is[this.#bytes[at]!] === 1) at++;
    return at === filled;
  }

  /** Where at the end of the text something may begin that is searched, or is a part of a token without a prefix. */
  begun(filled: number): number {
    const word = this.wordAt(filled);
    for (let length = Math.min(this.#longest, filled); length > filled - word; length--) {
      if (this.#beginnings.has(this.#bytes.toString('latin1', filled - length, filled))) return filled - length;
    }
    return word;
  }

  /**
   * Where at the end of the text a run begins that a person would not type, and no program asks with: it may be the body of
   * a routable token, which is known only when it has come to its end.
   */
  random(filled: number): number {
    const floor = Math.max(0, filled - WORD_MAX);
    const [tail] = TAIL.exec(this.#bytes.toString('latin1', Math.max(floor, filled - TAIL_MAX), filled)) ?? [''];
    const end = filled - tail.length;
    let start = end;
    while (start > floor && BASE64URL[this.#bytes[start - 1]!] === 1) start--;
    if (end - start < RANDOM_MIN) return filled;
    return WORDS.test(this.#bytes.toString('latin1', start, end)) ? filled : start;
  }

  /** Where at the end of the text a secret may begin that is told by what follows it; `filled`: nowhere. */
  unsaid(filled: number): number {
    let first = filled;
    for (const { pattern, reach } of this.#toldLater) {
      const from = Math.max(0, filled - reach);
      const { index, 0: whole, groups } = pattern.exec(this.#bytes.toString('latin1', from, filled)) ?? {};
      if (index === undefined) continue;
      first = Math.min(first, from + index + whole!.length - groups!['held']!.length);
    }
    return first;
  }

  /** Where a secret begins that what stands at `position` tells and that stands before it; `position`: nowhere. */
  toldBy({ literal }: Needle, position: number, filled: number): number {
    if (literal === undefined) return position;
    let first = position;
    for (const trial of this.#literals[literal]!.trials) {
      if (trial.kind !== 'pattern' || !trial.form.pattern.startsWith('(?<=')) continue;
      const from = Math.max(0, position - trial.form.lookBehind);
      const source = this.#isLineOver(position, filled) ? trial.form.pattern : withoutLater(trial.form.pattern);
      const pattern = new RegExp(source, 'dy');
      pattern.lastIndex = position - from;
      const window = this.#bytes.toString('latin1', from, Math.min(filled, position + trial.form.maxSpan + LOOK_AHEAD));
      const secret = pattern.exec(window)?.indices?.groups?.['secret'];
      if (secret !== undefined) first = Math.min(first, from + secret[0]);
    }
    return first;
  }

  /** Where the word begins in which `position` stands. */
  wordAt(position: number): number {
    const floor = Math.max(0, position - WORD_MAX);
    let start = position;
    while (start > floor && TOKEN[this.#bytes[start - 1]!] === 1) start--;
    return start;
  }

  /** Where a word begins at the end of the text that may be a routable token up to the dot; `filled`: there is none. */
  dotted(filled: number): number {
    const from = Math.max(0, filled - ROUTABLE_TAIL);
    if (this.#bytes.subarray(from, filled).indexOf(DOT) < 0) return filled;
    const [, tail] = BEFORE_DOT.exec(this.#bytes.toString('latin1', from, filled)) ?? [];
    return tail === undefined ? filled : this.wordAt(filled - tail.length);
  }
}
