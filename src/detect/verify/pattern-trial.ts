/** Tries the pattern of a form at a keyword: the pattern, then the form's check, then the characters behind the match. */

import { isPlaceholder } from '../../lib/placeholder.ts';
import { HINTS } from '../../model/candidate.ts';
import type { DropReason } from '../../model/drop.ts';
import type { PatternForm } from '../../model/rule.ts';
import { LOOK_AHEAD, type PatternTrial, type Ruleset } from '../../model/ruleset.ts';
import type { ContextHints } from '../context/hints.ts';
import type { CheckResult } from '../tokens/checks/check.ts';
import { checks } from '../tokens/checks/index.ts';
import { isOtherThan, isRoutableBody, runEnd, tableOf } from '../tokens/right-end.ts';
import type { MatchText } from './match-text.ts';
import type { BareMatch, OnRejection } from './verified-match.ts';

/** A window of text is this many times as long as one trial needs, so that the next trials reuse it. */
const AHEAD = 4;
/** Characters that touch a secret which a check has shortened. */
const TOUCHING = '[0-9A-Za-z_-]';

/** Where a trial begins, and the bytes that it may read. */
export interface TrialPlace {
  readonly position: number;
  readonly from: number;
  readonly to: number;
}

type Groups = Readonly<Record<string, [number, number] | undefined>>;

/** A match of a pattern, in offsets of the window. */
interface Shape {
  readonly groups: Groups;
  readonly secret: [number, number];
  readonly body: [number, number];
}

interface TrialAt {
  readonly trial: PatternTrial;
  readonly keyword: string | undefined;
  readonly place: TrialPlace;
}

/** Most trials end with it. */
const NO_SHAPE: DropReason = { kind: 'pattern' };

export class PatternTrials {
  readonly #keywords: Ruleset['keywords'];
  readonly #text: MatchText;
  readonly #onRejection: OnRejection | undefined;
  readonly #patterns = new Map<PatternForm, RegExp>();
  readonly #touchTables = new Map<string, Uint8Array>();
  /** Bytes that were made text, and where they begin. */
  #window = '';
  #windowStart = 0;

  constructor({ keywords }: Ruleset, text: MatchText, onRejection: OnRejection | undefined) {
    this.#keywords = keywords;
    this.#text = text;
    this.#onRejection = onRejection;
  }

  /** To be called when the bytes have changed. */
  forget(): void {
    this.#window = '';
  }

  /** @param keyword undefined if the form has none: it is tried at the first byte of a short text */
  at(trial: PatternTrial, keyword: string | undefined, place: TrialPlace): BareMatch | undefined {
    const shape = this.#shapeAt(trial.form, place);
    const match = 'kind' in shape ? shape : this.#toMatch(shape, { trial, keyword, place });
    if (!('kind' in match)) return match;
    const { position } = place;
    const end = position + (keyword?.length ?? 0);
    this.#onRejection?.({
      rule: trial.rule,
      form: trial.form.name,
      start: position,
      end,
      reason: match,
      encodings: [],
    });
    return undefined;
  }

  /** Matches the pattern; a {@link DropReason} if the text does not have the shape of the form. */
  #shapeAt(form: PatternForm, { position, from, to }: TrialPlace): Shape | DropReason {
    this.#show(Math.max(from, position - form.lookBehind), Math.min(to, position + form.maxSpan + LOOK_AHEAD), to);
    const pattern = this.#patternOf(form);
    pattern.lastIndex = position - this.#windowStart;
    const indices = pattern.exec(this.#window)?.indices;
    if (indices === undefined) return NO_SHAPE;
    // A match beyond the span may have been cut by the end of the window.
    if (this.#windowStart + indices[0]![1] > position + form.maxSpan) return { kind: 'max-span', max: form.maxSpan };
    const groups: Groups = indices.groups ?? {};
    const secret = groups['secret'] ?? indices[0]!;
    return { groups, secret, body: groups['body'] ?? secret };
  }

  /** Runs the check of the form, and reads the characters behind the match. */
  #toMatch(shape: Shape, { trial: { rule, form }, keyword, place: { from, to } }: TrialAt): BareMatch | DropReason {
    const { secret, body } = shape;
    const { bytes } = this.#text;
    const window = this.#window;
    const windowStart = this.#windowStart;
    const bodyText = window.slice(...body);
    const { rejected, length, ...checked } = form.check === undefined ? {} : this.#check(form.check, bodyText);
    if (rejected === true) return { kind: 'check', check: form.check! }; // only a check rejects

    const start = windowStart + secret[0];
    const bodyStart = windowStart + body[0];
    // A check that shortens the body shortens the secret: both end there.
    const end = length === undefined ? windowStart + secret[1] : bodyStart + length;
    const touchedBy = form.touchedBy ?? (length === undefined ? undefined : TOUCHING);
    const run = touchedBy === undefined ? end : runEnd(bytes, this.#touchTableOf(touchedBy), end, to);
    const isTouched = run > end;
    if (isTouched && isRoutableBody(bytes, bodyStart, { start: end, end: run }, from, to)) return { kind: 'right-end' };
    const isOther = isTouched && isOtherThan(form.check, bodyText, this.#text.latin1(end, run));
    const bodyEnd = Math.min(windowStart + body[1], end);
    const instance = form.instancePrefix ? this.#text.instanceBefore({ start, end }, from, form.instances) : undefined;
    return {
      rule,
      form: form.name,
      start,
      end,
      secret: this.#text.secretAt(start, end),
      encodings: [],
      captured: hintsIn(shape.groups, window, windowStart),
      label: keyword !== undefined && window.startsWith(keyword, secret[0]) ? publicPart(keyword) : '',
      evidence: {
        checksum: 'none',
        generator: 'unchecked',
        content: 'none',
        maxConfidence: isTouched ? (isOther ? 'unlikely' : 'likely') : form.maxConfidence,
        body: { start: bodyStart - start, end: bodyEnd - start },
        ...(isPlaceholder(this.#text.latin1(bodyStart, bodyEnd)) ? { isPlaceholder: true } : {}),
        facts: {},
        ...(form.context ? { context: true } : {}),
        ...(isTouched ? { touched: true } : {}),
        ...checked,
      },
      ...(isTouched ? { runEnd: run } : {}),
      ...(instance === undefined ? {} : { instance }),
    };
  }

  /** Makes the window contain `[start, end)`. */
  #show(start: number, end: number, to: number): void {
    if (start >= this.#windowStart && end <= this.#windowStart + this.#window.length) return;
    this.#window = this.#text.latin1(start, Math.min(to, start + AHEAD * (end - start)));
    this.#windowStart = start;
  }

  /** A stranger may have written the claims: an issuer that contains a keyword, and so maybe a token, is not passed on. */
  #check(name: NonNullable<PatternForm['check']>, body: string): CheckResult {
    const result = checks[name](body);
    const { issuer, ...facts } = result.facts ?? {};
    if (issuer === undefined || !this.#keywords.some(({ text, isName }) => !isName && issuer.includes(text)))
      return result;
    return { ...result, facts };
  }

  #patternOf(form: PatternForm): RegExp {
    let pattern = this.#patterns.get(form);
    if (pattern === undefined) this.#patterns.set(form, (pattern = new RegExp(form.pattern, 'dy')));
    return pattern;
  }

  #touchTableOf(characterClass: string): Uint8Array {
    let table = this.#touchTables.get(characterClass);
    if (table === undefined) this.#touchTables.set(characterClass, (table = tableOf(characterClass)));
    return table;
  }
}

/** Without the characters behind its last dash: `glcbt-ey` is `glcbt-` and the first two that the generator made. */
function publicPart(keyword: string): string {
  return keyword.replace(/(?<=[-_])[^-_]*$/, '');
}

/** The context hints that the pattern itself captured. */
function hintsIn(groups: Groups, window: string, windowStart: number): ContextHints[] {
  return HINTS.flatMap((kind) => {
    const place = groups[kind];
    if (place === undefined) return [];
    return [{ kind, value: window.slice(...place), start: windowStart + place[0], end: windowStart + place[1] }];
  });
}
