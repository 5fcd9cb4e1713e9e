/** What decides whether text may still become a credential, made once of the rules: views and streams share it. */

import { knownNeedlesOf } from '../detect/builtin-needles.ts';
import { tableOf } from '../detect/tokens/right-end.ts';
import { beginningsOf, growthOf } from '../lib/partial-pattern.ts';
import type { Ruleset } from '../model/ruleset.ts';

type Growth = ReturnType<typeof growthOf>;

export class StreamRules {
  readonly ruleset: Ruleset;
  /** The forms that apply to a text with nothing else in it. */
  readonly alone: readonly { readonly mayGrow: Growth; readonly most: number }[];
  /** Patterns of secrets that are found by the text behind them. */
  readonly lookbehinds: readonly { readonly pattern: RegExp; readonly reach: number }[];
  /** Bytes of the longest proper beginning of a needle. */
  readonly longest: number;
  /** The proper beginnings of all needles. */
  readonly #beginnings: ReadonlySet<string>;
  /** 1 for the first two bytes of each; most texts end with none. */
  readonly #pairs = new Uint8Array(0x10000);
  readonly #growths = new Map<string, Growth>();
  readonly #touches = new Map<string, { readonly whole: RegExp; readonly table: Uint8Array }>();

  constructor(ruleset: Ruleset) {
    this.ruleset = ruleset;
    this.alone = ruleset.alone.map(({ form }) => ({ mayGrow: growthOf(form.pattern), most: form.maxSpan }));
    // Of an encoding that is not decoded in a stream, no beginning is worth a wait.
    const needles = knownNeedlesOf(ruleset.keywords)
      .all()
      .filter(
        ({ keyword, encoded }) => keyword !== undefined || encoded.some(({ encoding }) => encoding.reachesFar !== true),
      )
      .map(({ text }) => text);
    this.#beginnings = new Set(
      needles.flatMap((text) => Array.from({ length: text.length - 1 }, (_, index) => text.slice(0, index + 1))),
    );
    for (const text of needles) this.#pairs[text.charCodeAt(0) | (text.charCodeAt(1) << 8)] = 1;
    this.longest = Math.max(...needles.map(({ length }) => length)) - 1;
    const forms = new Set(
      ruleset.keywords.flatMap(({ trials }) => trials.flatMap((trial) => (trial.kind === 'pattern' ? trial.form : []))),
    );
    this.lookbehinds = [...forms].flatMap((form) => {
      const pattern = beginningsOf(form.pattern);
      return pattern === undefined ? [] : [{ pattern, reach: form.lookBehind + form.maxSpan }];
    });
  }

  /** Whether `bytes[start, end)` is the proper beginning of a needle. */
  isBeginning(bytes: Buffer, start: number, end: number): boolean {
    if (end - start > 1 && this.#pairs[bytes[start]! | (bytes[start + 1]! << 8)] === 0) return false;
    return this.#beginnings.has(bytes.toString('latin1', start, end));
  }

  /** Whether further text may change the result of a pattern at a place. */
  mayGrow(pattern: string, text: string, at: number): boolean {
    let growth = this.#growths.get(pattern);
    if (growth === undefined) this.#growths.set(pattern, (growth = growthOf(pattern)));
    return growth(text, at);
  }

  /** The pattern of a whole match, and the characters that may touch it. */
  touchOf(pattern: string, by: string): { readonly whole: RegExp; readonly table: Uint8Array } {
    let touch = this.#touches.get(pattern);
    if (touch === undefined)
      this.#touches.set(pattern, (touch = { whole: new RegExp(pattern, 'y'), table: tableOf(by) }));
    return touch;
  }
}
