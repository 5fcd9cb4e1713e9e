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
import { encodedValueIn } from './encoded-values.ts';
import { isText, mayBeRandom } from './generated.ts';
import { Judge } from './judge.ts';
import { isInMore, LONGEST, ValueShapes, withoutEscape } from './values.ts';

interface Value {
  /** The characters that it is written in, with what is encoded with it. */
  readonly run: Span;
  readonly span: Span;
  readonly value: string;
  /** The user whose password it is, encoded with it. */
  readonly user?: string | undefined;
  readonly encodings: readonly string[];
}

const NONE: readonly BareMatch[] = [];
/** Characters at the end of base64 that fill it up. */
const PADDING = 2;

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
  readonly #shapes: ValueShapes;
  #judge: Judge | undefined;
  /** The bytes in which values were looked for already. */
  #searchedFrom = 0;
  #searchedTo = 0;
  /** The bytes that may be read now, and what was found in them. */
  #from = 0;
  #to = 0;
  #matches: BareMatch[] | undefined;

  constructor(ruleset: Ruleset, text: MatchText, { onRejection, isStream = false }: AssignmentOptions) {
    this.#isStream = isStream;
    this.#ruleset = ruleset;
    this.#text = text;
    this.#onRejection = onRejection;
    this.#shapes = new ValueShapes(ruleset.assignedValues);
  }

  /** To be called when the bytes have changed. */
  forget(): void {
    this.#searchedFrom = 0;
    this.#searchedTo = 0;
  }

  /** The values around a keyword that are credentials, without those that were returned before. */
  at({ position, from, to }: TrialPlace): readonly BareMatch[] {
    const start = Math.max(from, position - REACH.before);
    const end = Math.min(to, position + REACH.after);
    // Keywords are found in ascending order: what is before them was searched.
    const isNext = start >= this.#searchedFrom && start <= this.#searchedTo;
    const next = isNext ? this.#searchedTo : start;
    if (end <= next) return NONE;
    if (!isNext) this.#searchedFrom = start;
    this.#searchedTo = end;
    this.#from = from;
    this.#to = to;
    this.#matches = undefined;
    this.#addRuns(next, end, Math.min(to, end + LONGEST));
    return this.#matches ?? NONE;
  }

  #addRuns(start: number, end: number, filled: number): void {
    const { runs } = this.#text.searched;
    const count = this.#text.searched.findRuns(start, end, filled);
    for (let at = 0; at < 2 * count; at += 2) {
      const first = runs[at]! >> 1;
      if ((runs[at]! & 1) === 0) this.#addPlain(first, runs[at + 1]!);
      else this.#addEncoded(first, runs[at + 1]!);
    }
  }

  #addPlain(first: number, end: number): void {
    const { bytes } = this.#text;
    const run = withoutEscape(bytes, first, end);
    if (!this.#shapes.includes(bytes, run)) return;
    // A rejection that is reported has its reason.
    if (this.#onRejection === undefined && isInMore(bytes, run, this.#from, this.#to)) return;
    this.#add({ run, span: run, value: this.#text.latin1(run.start, end), encodings: [] });
  }

  #addEncoded(start: number, end: number): void {
    const found = encodedValueIn(this.#text.bytes, start, end, Math.min(this.#to, end + PADDING));
    if (found !== undefined) this.#add({ ...found, encodings: ['base64'] });
  }

  #add(found: Value): void {
    const match = this.#matchOf(found);
    if (match !== undefined) (this.#matches ??= []).push(match);
  }

  /** The tests that reject most come first, and those that cost most last. */
  #matchOf({ run, span, value, user, encodings }: Value): BareMatch | undefined {
    if (!mayBeRandom(value)) return undefined;
    const left = this.#text.latin1(Math.max(this.#from, run.start - REACH.left), run.start);
    const right = this.#text.latin1(run.end, Math.min(this.#to, run.end + REACH.right));
    const line = this.#isStream ? right.split('\n', 1)[0]! : right;
    if (this.#onRejection === undefined && !this.#shapes.mayBeNamed(value, left, right)) return undefined;
    const judge = (this.#judge ??= new Judge(this.#ruleset.assignments));
    const verdict = judge.verdictOn(value, { left, right: line, isEncoded: encodings.length > 0, user });
    if ((verdict === undefined && this.#onRejection === undefined) || isText(value)) return undefined;
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
