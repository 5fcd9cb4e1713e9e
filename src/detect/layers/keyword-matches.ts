/** Matches at keywords in the layer's own text, for which nothing is decoded. */

import type { Span } from '../../model/region.ts';
import type { Ruleset, Trial } from '../../model/ruleset.ts';
import type { AssignmentOptions } from '../assignments/assignment-trials.ts';
import { TOKEN } from '../tokens/alphabet.ts';
import { TokenRuns } from '../tokens/token-runs.ts';
import type { SearchedBytes } from '../verify/match-text.ts';
import { createMatchVerifier, type VerifyMatch } from '../verify-match.ts';
import { fromVerified, type Matches, NO_MATCHES } from './matches.ts';

const NOWHERE: Span = { start: 0, end: 0 };

export class KeywordMatches {
  readonly #ruleset: Ruleset;
  readonly #verifier: VerifyMatch;
  readonly #runs: TokenRuns;
  /** By keyword, once it was found: whether the characters behind it are hidden although no rule verified them. */
  readonly #hidesNearMiss: boolean[] = [];
  #lastHidden: Span = NOWHERE;

  constructor(ruleset: Ruleset, searched: SearchedBytes, options: AssignmentOptions) {
    this.#ruleset = ruleset;
    this.#verifier = createMatchVerifier(ruleset, searched, options);
    this.#runs = new TokenRuns(searched.bytes, TOKEN);
  }

  /** @param keyword its index in the rule set */
  at(keyword: number, position: number, filled: number): Matches {
    const verified = this.#verifier.at(keyword, position, 0, filled);
    if (verified.length > 0) return fromVerified(verified);
    const { text, trials } = this.#ruleset.keywords[keyword]!;
    const hides = (this.#hidesNearMiss[keyword] ??= trials.some(beginsCredential));
    if (!hides) return NO_MATCHES;
    const start = position + text.length;
    const end = this.#runs.endOf(start, filled);
    const last = this.#lastHidden;
    // Adjacent keywords share a run of characters; the first of them hides all of it.
    if (end <= start || (start >= last.start && end <= last.end)) return NO_MATCHES;
    this.#lastHidden = { start, end };
    return { verified, hidden: [this.#lastHidden] };
  }

  /** Matches of rules that apply to a text with nothing else in it; the first `filled` bytes are all of the text. */
  alone(filled: number): Matches {
    return fromVerified(this.#verifier.alone(filled));
  }

  /** To be called when the bytes have changed. */
  forget(): void {
    this.#lastHidden = NOWHERE;
    this.#runs.forget();
    this.#verifier.forget();
  }
}

/** Such a keyword is followed by a secret even if no rule verifies it: a token with one character too many must not be shown. */
function beginsCredential(trial: Trial): boolean {
  return trial.kind === 'routable' || (trial.kind === 'pattern' && !trial.form.context);
}
