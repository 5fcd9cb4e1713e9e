/** The built-in rules: `rules/*.toml`, which `npm run generate` reads and checks. */

import type { Rule } from '../model/rule.ts';
import { readRules } from '../generated/rules.ts';
import { aloneMax, assignedValues, encoded, names, reach, readTexts } from '../generated/ruleset.ts';
import type { Keyword, Ruleset, Trial } from '../model/ruleset.ts';
import { compileRuleset } from './compile.ts';

export function builtinRules(): readonly Rule[] {
  return readRules();
}

/**
 * The default rule set. What a search needs is prepared by the build; the rules are read and compiled when one of their keywords is
 * found, which saves the hook of a clean commit milliseconds.
 */
export function builtinRuleset(): Ruleset {
  let whole: Ruleset | undefined;
  const compiled = (): Ruleset => (whole ??= compileRuleset(builtinRules()));
  return {
    get rules() {
      return compiled().rules;
    },
    keywords: readTexts().map((text, index) => new BuiltInKeyword(text, index, compiled)),
    get routables() {
      return compiled().routables;
    },
    get assignments() {
      return compiled().assignments;
    },
    get alone() {
      return compiled().alone;
    },
    assignedValues,
    aloneMax,
    reach,
  };
}

const ASSIGNMENT: readonly Trial[] = [{ kind: 'assignment' }];

/** A class: an object literal with a getter costs V8 ten microseconds, and there are hundreds of keywords. */
class BuiltInKeyword implements Keyword {
  readonly text: string;
  readonly encoded: boolean;
  readonly isName: boolean;
  readonly #index: number;
  readonly #compiled: () => Ruleset;

  constructor(text: string, index: number, compiled: () => Ruleset) {
    this.text = text;
    this.encoded = encoded[index] === '1';
    this.isName = names[index] === '1';
    this.#index = index;
    this.#compiled = compiled;
  }

  get trials(): readonly Trial[] {
    // GitLab's name is in many texts, and values next to it in few of them.
    return this.isName ? ASSIGNMENT : this.#compiled().keywords[this.#index]!.trials;
  }
}
