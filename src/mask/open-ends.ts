/**
 * Decides whether more text may change a match: a token whose run of characters has not ended, a header without its value
 * yet, a key without its end.
 */

import { looksLater, withoutLater } from '../lib/partial-pattern.ts';
import { BASE64URL, byteTable, TOKEN } from '../detect/tokens/alphabet.ts';
import type { Needle } from '../detect/needles.ts';
import { runEnd } from '../detect/tokens/right-end.ts';
import type { PatternForm } from '../model/rule.ts';
import { type Keyword, LOOK_AHEAD, TOUCH_REACH, type Trial } from '../model/ruleset.ts';
import { DOT, LF } from '../lib/bytes.ts';
import type { StreamRules } from './stream-rules.ts';

/** Bytes of the longest token. */
export const RUN_MAX = 10 * 1024;
/** Bytes that are shown of a credential that is alone in its text: `s.` is no secret. */
export const ALONE_SHOWN = 2;
/** The bytes of encoded text: all visible characters but quotes and angle brackets. */
const ENCODED = byteTable(Array.from({ length: 94 }, (_, index) => String.fromCharCode(0x21 + index)).join(''));
for (const end of '"\'`<>|^') ENCODED[end.charCodeAt(0)] = 0;
ENCODED[0] = 1;
/** The shortest body of a routable token, and the bytes up to its checksum. */
const BEFORE_DOT = /[A-Za-z0-9_-]{27}(\.(?:0(?:1(?:\.[0-9a-z]{0,9})?)?)?)$/;
const ROUTABLE_TAIL = 44;
/** Characters of a body without a prefix that may be shown before a pause. */
const RANDOM_MIN = 8;
/** The rest of a routable token behind its body. */
const TAIL = /\.(?:01\.)?[0-9a-z]{0,9}$/;
const TAIL_MAX = 13;
type TouchedForm = PatternForm & { readonly touchedBy: string };
/** Words and numbers, joined by dashes. */
const WORDS = /^[-_]*(?:(?:[A-Za-z]?[a-z]*|[A-Z]+|[0-9]+)[-_]+)*(?:[A-Za-z]?[a-z]*|[A-Z]+|[0-9]+)$/;
/** Bytes of the longest routable token up to its dot. */
const WORD_MAX = 512;

export class OpenEnds {
  readonly #bytes: Buffer;
  readonly #rules: StreamRules;
  readonly #keywords: readonly Keyword[];

  /** @param bytes the text so far */
  constructor(bytes: Uint8Array, rules: StreamRules) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#rules = rules;
    this.#keywords = rules.ruleset.keywords;
  }

  /** Whether the match at a needle may continue after `filled`. */
  isOpen({ text, keyword, encoded }: Needle, position: number, filled: number): boolean {
    const end = position + text.length;
    if (encoded.some(({ encoding }) => encoding.reachesFar !== true) && this.#runsOn(ENCODED, end, filled)) return true;
    if (keyword === undefined) return false;
    return this.#keywords[keyword]!.trials.some((trial) => this.#isTrialOpen(trial, position, end, filled));
  }

  /** Whether the needle is no more than a name: no credential begins at it. */
  isName({ keyword, encoded }: Needle): boolean {
    return keyword !== undefined && encoded.length === 0 && this.#keywords[keyword]!.isName;
  }

  /** Whether values may be assigned to the needle. */
  mayAssign({ keyword }: Needle): boolean {
    return keyword !== undefined && this.#keywords[keyword]!.trials.some(({ kind }) => kind === 'assignment');
  }

  /** Whether the whole text so far may be the beginning of a credential that is found only if it is alone. */
  mayBeAlone(filled: number): boolean {
    const most = this.#rules.alone.filter((form) => filled > ALONE_SHOWN && filled <= form.most);
    if (most.length === 0) return false;
    const text = this.#bytes.toString('latin1', 0, filled);
    return most.some(({ mayGrow }) => mayGrow(text, 0));
  }

  #isTrialOpen(trial: Trial, position: number, end: number, filled: number): boolean {
    if (trial.kind === 'routable') return this.#runsOn(TOKEN, end, filled);
    // `NamedValues` waits for those.
    if (trial.kind === 'assignment') return false;
    const { pattern, context, lookBehind, maxSpan, touchedBy } = trial.form;
    if (!context && this.#runsOn(TOKEN, end, filled)) return true;
    if (touchedBy !== undefined && this.#isTouchedToTheEnd({ ...trial.form, touchedBy }, position, filled)) return true;
    if (filled >= position + maxSpan + LOOK_AHEAD) return false;
    // The pattern needs a word later on the line.
    if (looksLater(pattern) && !this.#isLineOver(position, filled)) return true;
    const from = Math.max(0, position - lookBehind);
    const window = this.#bytes.toString('latin1', from, filled);
    return this.#rules.mayGrow(pattern, window, position - from);
  }

  /** Whether the characters that touch a token reach the end of the text: all of them are hidden. */
  #isTouchedToTheEnd(
    { pattern, lookBehind, maxSpan, touchedBy }: TouchedForm,
    position: number,
    filled: number,
  ): boolean {
    const { whole, table } = this.#rules.touchOf(pattern, touchedBy);
    const from = Math.max(0, position - lookBehind);
    whole.lastIndex = position - from;
    if (!whole.test(this.#bytes.toString('latin1', from, Math.min(filled, position + maxSpan)))) return false;
    const end = from + whole.lastIndex;
    return runEnd(this.#bytes, table, end, filled) === filled && filled < end + TOUCH_REACH;
  }

  #isLineOver(start: number, filled: number): boolean {
    return this.#bytes.subarray(start, filled).includes(LF);
  }

  /** Whether the run from `start` reaches the end of the text, and is not too long for a token. */
  #runsOn(is: Uint8Array, start: number, filled: number): boolean {
    if (filled - start > RUN_MAX) return false;
    let at = start;
    while (at < filled && is[this.#bytes[at]!] === 1) at++;
    return at === filled;
  }

  /** The start of a partial needle at the end of the text, or of a word that may be a token without a prefix. */
  partialStart(filled: number): number {
    const word = this.wordStart(filled);
    for (let length = Math.min(this.#rules.longest, filled); length > filled - word; length--)
      if (this.#rules.isBeginning(this.#bytes, filled - length, filled)) return filled - length;
    return word;
  }

  /**
   * The start of a random run of characters at the end of the text. No person types one, and no prompt ends with one: it
   * may be the body of a routable token, which is found by its end.
   */
  randomRunStart(filled: number): number {
    const floor = Math.max(0, filled - WORD_MAX);
    const [tail] = TAIL.exec(this.#bytes.toString('latin1', Math.max(floor, filled - TAIL_MAX), filled)) ?? [''];
    const end = filled - tail.length;
    let start = end;
    while (start > floor && BASE64URL[this.#bytes[start - 1]!] === 1) start--;
    if (end - start < RANDOM_MIN) return filled;
    return WORDS.test(this.#bytes.toString('latin1', start, end)) ? filled : start;
  }

  /** The start of a possible secret at the end of the text that the text behind it would reveal, or `filled`. */
  pendingSecretStart(filled: number): number {
    let first = filled;
    for (const { pattern, reach } of this.#rules.lookbehinds) {
      const from = Math.max(0, filled - reach);
      const { index, 0: whole, groups } = pattern.exec(this.#bytes.toString('latin1', from, filled)) ?? {};
      if (index === undefined) continue;
      first = Math.min(first, from + index + whole!.length - groups!['pending']!.length);
    }
    return first;
  }

  /** The start of a secret before `position` that the needle there gives away, or `position`. */
  lookbehindStart({ keyword }: Needle, position: number, filled: number): number {
    if (keyword === undefined) return position;
    let first = position;
    for (const trial of this.#keywords[keyword]!.trials) {
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

  /** The start of the word around `position`. */
  wordStart(position: number): number {
    const floor = Math.max(0, position - WORD_MAX);
    let start = position;
    while (start > floor && TOKEN[this.#bytes[start - 1]!] === 1) start--;
    return start;
  }

  /** The start of a word at the end of the text that may be a routable token up to its dot, or `filled`. */
  partialRoutableStart(filled: number): number {
    const from = Math.max(0, filled - ROUTABLE_TAIL);
    if (this.#bytes.subarray(from, filled).indexOf(DOT) < 0) return filled;
    const [, tail] = BEFORE_DOT.exec(this.#bytes.toString('latin1', from, filled)) ?? [];
    return tail === undefined ? filled : this.wordStart(filled - tail.length);
  }
}
