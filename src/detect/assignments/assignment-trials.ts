/**
 * Recognises credentials without a prefix by what they are assigned to. At a keyword, such as GitLab's name, it looks for values that may
 * be generated in the text around it. Few texts have any, so reading what they are assigned to costs little.
 */

import type { Span } from '../../model/region.ts';
import { Secret } from '../../model/secret.ts';
import { ASSIGNMENT_REACH as REACH, type Ruleset } from '../../model/ruleset.ts';
import type { ContextHints } from '../context/hints.ts';
import type { TrialPlace } from '../verify/pattern-trial.ts';
import type { MatchText } from '../verify/match-text.ts';
import type { BareMatch, OnRejection } from '../verify/verified-match.ts';
import { findEncodedValues } from './encoded-values.ts';
import { mayBeGenerated } from './generated.ts';
import { Judge } from './judge.ts';
import { findValues } from './values.ts';

interface Value {
  /** The characters that it is written in, with what is encoded with it. */
  readonly run: Span;
  readonly span: Span;
  readonly value: string;
  /** The user whose password it is, encoded with it. */
  readonly user?: string | undefined;
  readonly encodings: readonly string[];
}

const NOTHING: Span = { start: 0, end: 0 };

export interface AssignmentOptions {
  readonly onRejection?: OnRejection | undefined;
  /** Whether the text is a stream, in which the line after a value may not be there yet: it is not read. */
  readonly isStream?: boolean | undefined;
}

export class AssignmentTrials {
  readonly #isStream: boolean;
  readonly #ruleset: Ruleset;
  readonly #text: MatchText;
  readonly #onRejection: OnRejection | undefined;
  #judge: Judge | undefined;
  /** The bytes in which values were looked for already. */
  #searched = NOTHING;

  constructor(ruleset: Ruleset, text: MatchText, { onRejection, isStream = false }: AssignmentOptions) {
    this.#isStream = isStream;
    this.#ruleset = ruleset;
    this.#text = text;
    this.#onRejection = onRejection;
  }

  /** To be called when the bytes have changed. */
  forget(): void {
    this.#searched = NOTHING;
  }

  /** The values around a keyword that are credentials, without those that were returned before. */
  at({ position, from, to }: TrialPlace): BareMatch[] {
    const judge = (this.#judge ??= new Judge(this.#ruleset.assignments));
    const matches: BareMatch[] = [];
    const span = this.#notSearched(Math.max(from, position - REACH.before), Math.min(to, position + REACH.after));
    if (span.end <= span.start) return matches;
    const { bytes } = this.#text;
    const filled = Math.min(to, span.end + judge.longest);
    const add = (found: Value): void => {
      const match = this.#matchOf(found, judge, from, to);
      if (match !== undefined) matches.push(match);
    };
    findValues(bytes, span, filled, judge.lengths, (run) =>
      add({ run, span: run, value: this.#text.latin1(run.start, run.end), encodings: [] }),
    );
    findEncodedValues(bytes, span, filled, (found) => add({ ...found, encodings: ['base64'] }));
    return matches;
  }

  /** The part of a span that was not searched yet: keywords are found in ascending order. */
  #notSearched(start: number, end: number): Span {
    const before = this.#searched;
    if (start < before.start || start > before.end) {
      this.#searched = { start, end };
      return this.#searched;
    }
    this.#searched = { start: before.start, end: Math.max(end, before.end) };
    return { start: before.end, end: this.#searched.end };
  }

  #matchOf(found: Value, judge: Judge, from: number, to: number): BareMatch | undefined {
    const { run, span, value, user, encodings } = found;
    if (!mayBeGenerated(value)) return undefined;
    const left = this.#text.latin1(Math.max(from, run.start - REACH.left), run.start);
    const right = this.#text.latin1(run.end, Math.min(to, run.end + REACH.right));
    const line = this.#isStream ? right.split('\n', 1)[0]! : right;
    const verdict = judge.verdictOn(value, { left, right: line, isEncoded: encodings.length > 0, user });
    if (verdict === undefined) {
      this.#onRejection?.({ ...span, reason: { kind: 'unnamed' }, encodings });
      return undefined;
    }
    const { start, end } = span;
    const captured = verdict.hints.map(({ kind, text, start: offset }): ContextHints => ({
      kind,
      value: text,
      start: run.start + offset,
      end: run.start + offset + text.length,
    }));
    return {
      rule: verdict.rule,
      form: verdict.form.name,
      start,
      end,
      secret: new Secret(value),
      encodings,
      captured,
      label: '',
      evidence: {
        checksum: 'none',
        generator: /^[0-9a-f]+$/.test(value) ? 'unchecked' : 'possible',
        content: 'none',
        maxConfidence: 'likely',
        body: { start: 0, end: value.length },
        facts: {},
        context: true,
        assigned: true,
      },
    };
  }
}
