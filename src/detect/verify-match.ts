/**
 * Verifies matches: decides whether a token begins at a keyword that the kernel has found. No other code decides that.
 *
 * Bytes become text only here, in a window around the keyword. A sticky regular expression is tried at the first byte of
 * the keyword and nowhere else.
 */

import type { Ruleset } from '../model/ruleset.ts';
import { contextHints } from './context/hints.ts';
import { type AssignmentOptions, AssignmentTrials } from './assignments/assignment-trials.ts';
import { MatchText, type SearchedBytes } from './verify/match-text.ts';
import { PatternTrials } from './verify/pattern-trial.ts';
import { RoutableTrials } from './verify/routable-trial.ts';
import type { BareMatch, VerifiedMatch } from './verify/verified-match.ts';

export interface VerifyMatch {
  /** Runs every trial of a keyword found at `position`; reads `bytes[from, to)` at most. */
  at(keyword: number, position: number, from: number, to: number): readonly VerifiedMatch[];
  /** Runs the trials for a text with nothing else in it, which is `bytes[0, filled)` and complete. */
  alone(filled: number): readonly VerifiedMatch[];
  /** To be called when the bytes have changed. */
  forget(): void;
}

const NONE: readonly VerifiedMatch[] = [];
/** Context hints are collected for at most this many matches of a window: more are a list of tokens. */
const HINTED_MAX = 256;

/** Makes the verifier of a rule set for the bytes that a kernel searches. */
export function createMatchVerifier(
  ruleset: Ruleset,
  searched: SearchedBytes,
  options: AssignmentOptions = {},
): VerifyMatch {
  const { onRejection } = options;
  const text = new MatchText(searched);
  const patterns = new PatternTrials(ruleset, text, onRejection);
  const routables = new RoutableTrials(ruleset, text, onRejection);
  const assignments = new AssignmentTrials(ruleset, text, options);
  // Custom rules do not use up the hints of the built-in ones.
  let builtInHinted = 0;
  let customHinted = 0;

  const withHints = ({ captured = [], ...match }: BareMatch, to: number): VerifiedMatch => {
    const hinted = match.rule.isCustom === true ? customHinted++ : builtInHinted++;
    const around = (hinted < HINTED_MAX ? contextHints(text.bytes, to, match) : []).filter(
      ({ kind }) => !captured.some((hint) => hint.kind === kind),
    );
    return { ...match, hints: [...captured, ...around] };
  };

  return {
    at(keyword, position, from, to) {
      const { text: keywordText, trials } = ruleset.keywords[keyword]!;
      const place = { position, from, to };
      let verified: VerifiedMatch[] | undefined;
      for (const trial of trials) {
        if (trial.kind === 'assignment') {
          for (const match of assignments.at(place)) (verified ??= []).push(withHints(match, to));
          continue;
        }
        const match =
          trial.kind === 'pattern'
            ? patterns.at(trial, keywordText, place)
            : routables.at(trial.version, keywordText, place);
        if (match !== undefined) (verified ??= []).push(withHints(match, to));
      }
      return verified ?? NONE;
    },
    alone(filled) {
      if (filled > ruleset.aloneMax) return NONE;
      const place = { position: 0, from: 0, to: filled };
      return ruleset.alone
        .filter(({ form }) => filled <= form.maxSpan)
        .flatMap((trial) => {
          const match = patterns.at(trial, undefined, place);
          return match === undefined ? [] : [withHints(match, filled)];
        });
    },
    forget() {
      patterns.forget();
      routables.forget();
      assignments.forget();
      builtInHinted = 0;
      customHinted = 0;
    },
  };
}
