/** What a text may end with that more text makes a credential: of the rules alone, so it is made once for all views of a text. */

import { knownNeedlesOf } from '../detect/builtin-needles.ts';
import { beginningsOf, growthOf } from '../lib/partial-pattern.ts';
import type { Keyword, Ruleset } from '../model/ruleset.ts';

export interface PartialForms {
  readonly keywords: readonly Keyword[];
  /** The forms that apply to a text with nothing else in it. */
  readonly alone: readonly { readonly mayGrow: ReturnType<typeof growthOf>; readonly most: number }[];
  /** The proper beginnings of all needles. */
  readonly beginnings: ReadonlySet<string>;
  /** The length of the longest of them. */
  readonly longest: number;
  /** Patterns of secrets that are found by the text behind them. */
  readonly lookbehinds: readonly { readonly pattern: RegExp; readonly reach: number }[];
}

export function partialFormsOf({ keywords, alone }: Ruleset): PartialForms {
  // Of an encoding that is not decoded here, no beginning is worth a wait.
  const needles = knownNeedlesOf(keywords)
    .all()
    .filter(
      (needle) => needle.keyword !== undefined || needle.encoded.some(({ encoding }) => encoding.reachesFar !== true),
    )
    .map(({ text }) => text);
  const beginnings = new Set<string>();
  for (const text of needles) for (let end = 1; end < text.length; end++) beginnings.add(text.slice(0, end));
  const forms = new Set(
    keywords.flatMap(({ trials }) => trials.flatMap((trial) => (trial.kind === 'pattern' ? trial.form : []))),
  );
  return {
    keywords,
    alone: alone.map(({ form }) => ({ mayGrow: growthOf(form.pattern), most: form.maxSpan })),
    beginnings,
    longest: Math.max(...needles.map(({ length }) => length)) - 1,
    lookbehinds: [...forms].flatMap((form) => {
      const pattern = beginningsOf(form.pattern);
      return pattern === undefined ? [] : [{ pattern, reach: form.lookBehind + form.maxSpan }];
    }),
  };
}
