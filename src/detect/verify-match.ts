/**
 * From a literal's position to a candidate, or to nothing: the one place that decides what a token is.
 *
 * Bytes become text only here, in a window around the literal; a sticky regular expression is tried at the
 * literal's first byte and nowhere else.
 */

import { isPlaceholder } from '../lib/placeholder.ts';
import { type Evidence, HINTS, type Instance } from '../model/candidate.ts';
import type { Span } from '../model/region.ts';
import type { PatternForm, Rule } from '../model/rule.ts';
import { LOOK_AHEAD, type PatternTrial, type Ruleset } from '../model/ruleset.ts';
import { Secret } from '../model/secret.ts';
import { BASE64URL } from './tokens/alphabet.ts';
import type { CheckResult } from './tokens/checks/check.ts';
import { checks } from './tokens/checks/index.ts';
import { type ContextHints, contextHints } from './context/hints.ts';
import { payloadFacts, readUnversioned, readVersioned, type RoutableToken } from './tokens/routable.ts';
import { instanceStart } from './tokens/instance-prefix.ts';
import { isOtherThan, isRoutableBody, runEnd, tableOf } from './tokens/right-end.ts';
import { TokenRuns } from './tokens/token-runs.ts';

/** A confirmed place, in offsets of the searched bytes. */
export interface VerifiedMatch extends Span {
  readonly rule: Rule;
  readonly form: string;
  /** The public prefix within the secret that may be shown; empty when the secret has none. */
  readonly label: string;
  readonly evidence: Evidence;
  readonly secret: Secret;
  /** Encodings that were undone to see it, outermost first. */
  readonly encodings: readonly string[];
  /** What stands beside it. */
  readonly nearby: readonly ContextHints[];
  /** Where what touches its end ends; it is hidden with it. */
  readonly runEnd?: number;
  /** What stands before it and may be the prefix of its instance, or is. */
  readonly instance?: Span & Omit<Instance, 'whole'> & { readonly whole?: Secret };
}

/** As yet without what stands around it; what the pattern itself found beside it. */
type Tried = Omit<VerifiedMatch, 'nearby'> & { readonly beside?: readonly ContextHints[] };

export interface VerifyMatch {
  /** Tries everything that belongs to a literal found at `position`; reads `bytes[from, to)` at most. */
  at(literal: number, position: number, from: number, to: number): readonly VerifiedMatch[];
  /** Tries what is a credential only where nothing else stands: the text is `bytes[0, filled)`, and known whole. */
  alone(filled: number): readonly VerifiedMatch[];
  /** To be called when the bytes have changed. */
  forget(): void;
}

const NONE: readonly VerifiedMatch[] = [];
/** How many times what a trial needs is made text at once. */
const AHEAD = 4;
/** So many findings of a window are told what stands beside them; more of them are one and the same thing. */
const HINTED_MAX = 256;

/** Makes the confirming function for a rule set over the bytes that a kernel searches. */
export function createMatchVerifier(ruleset: Ruleset, bytes: Uint8Array): VerifyMatch {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const words = new TokenRuns(bytes, BASE64URL);
  const patterns = new Map<PatternForm, RegExp>();
  const patternOf = (form: PatternForm): RegExp => {
    let pattern = patterns.get(form);
    if (pattern === undefined) patterns.set(form, (pattern = new RegExp(form.pattern, 'dy')));
    return pattern;
  };
  const touchTables = new Map<string, Uint8Array>();
  const touchTableOf = (characterClass: string): Uint8Array => {
    let table = touchTables.get(characterClass);
    if (table === undefined) touchTables.set(characterClass, (table = tableOf(characterClass)));
    return table;
  };

  /** Literals stand side by side in some texts: what was made text for one serves the next. */
  let seen = '';
  let seenFrom = 0;
  const seeFrom = (start: number, end: number, to: number): number => {
    if (start < seenFrom || end > seenFrom + seen.length) {
      seen = text.toString('latin1', start, Math.min(to, start + AHEAD * (end - start)));
      seenFrom = start;
    }
    return seenFrom;
  };
  let builtInHinted = 0;
  let customHinted = 0;

  const secretAt = (start: number, end: number): Secret => new Secret(text.toString('latin1', start, end));

  const tryPattern = (
    { rule, form }: PatternTrial,
    keyword: string | undefined,
    position: number,
    from: number,
    to: number,
  ): Tried | undefined => {
    const windowStart = seeFrom(
      Math.max(from, position - form.lookBehind),
      Math.min(to, position + form.maxSpan + LOOK_AHEAD),
      to,
    );
    const window = seen;
    const pattern = patternOf(form);
    pattern.lastIndex = position - windowStart;
    const indices = pattern.exec(window)?.indices;
    // What reaches beyond the span was cut by the window's end, and is not known whole.
    if (indices === undefined || windowStart + indices[0]![1] > position + form.maxSpan) return undefined;
    const [secretStart, secretEnd] = indices.groups?.['secret'] ?? indices[0]!;
    const [bodyStart, bodyEnd] = indices.groups?.['body'] ?? [secretStart, secretEnd];
    const start = windowStart + secretStart;
    const { rejected, length, ...checked } =
      form.check === undefined
        ? ({} as CheckResult)
        : withoutTokens(checks[form.check](window.slice(bodyStart, bodyEnd)));
    if (rejected === true) return undefined;
    // What a check cuts off is the end of the body, which is the end of the secret.
    const end = windowStart + (length === undefined ? secretEnd : bodyStart + length);
    const touchedBy = form.touchedBy ?? (length === undefined ? undefined : '[0-9A-Za-z_-]');
    const run = touchedBy === undefined ? end : runEnd(bytes, touchTableOf(touchedBy), end, to);
    const isTouched = run > end;
    if (isTouched && isRoutableBody(bytes, windowStart + bodyStart, { start: end, end: run }, from, to))
      return undefined;
    const isOther =
      isTouched && isOtherThan(form.check, window.slice(bodyStart, bodyEnd), text.toString('latin1', end, run));
    return {
      rule,
      form: form.name,
      start,
      end,
      secret: secretAt(start, end),
      encodings: [],
      beside: besideOf(indices.groups ?? {}, window, windowStart),
      // `glcbt-` of `glcbt-ey`: what follows the dash is made by the generator.
      label:
        keyword !== undefined && window.startsWith(keyword, secretStart) ? keyword.replace(/(?<=[-_])[^-_]*$/, '') : '',
      evidence: {
        checksum: 'none',
        generator: 'unchecked',
        content: 'none',
        ceiling: isTouched ? (isOther ? 'unlikely' : 'likely') : form.ceiling,
        body: { start: bodyStart - secretStart, end: Math.min(windowStart + bodyEnd, end) - start },
        ...(isPlaceholder(text.toString('latin1', windowStart + bodyStart, Math.min(windowStart + bodyEnd, end)))
          ? { isPlaceholder: true }
          : {}),
        facts: {},
        ...(form.context ? { context: true } : {}),
        ...(isTouched ? { touched: true } : {}),
        ...checked,
      },
      ...(isTouched ? { runEnd: run } : {}),
      ...(form.instancePrefix ? instanceOf(start, end, from, form.instances) : {}),
    };
  };

  const instanceOf = (
    start: number,
    end: number,
    from: number,
    configured: readonly string[] = [],
  ): Pick<VerifiedMatch, 'instance'> => {
    const found = instanceStart(bytes, start, from, configured);
    if (found === undefined) return {};
    const prefix = text.toString('latin1', found.start, start);
    return { instance: { ...found, prefix, whole: secretAt(found.start, end) } };
  };

  /** Claims are strangers' text: one that holds what begins a token is not passed on. */
  const withoutTokens = (result: CheckResult): CheckResult => {
    const { issuer, ...facts } = result.facts ?? {};
    if (issuer === undefined || !ruleset.literals.some((literal) => issuer.includes(literal.text))) return result;
    return { ...result, facts };
  };

  const tryRoutable = (version: '01' | 'none', position: number, from: number, to: number): Tried | undefined => {
    const token =
      version === 'none'
        ? readUnversioned(bytes, position, words.endOf(position, to), from, to)
        : readVersioned(bytes, position, from, to);
    if (token === undefined) return undefined;
    return token.checksumFits ? proven(token, version, to) : doubted(token, version, from, to);
  };

  const proven = (token: RoutableToken, version: '01' | 'none', to: number): Tried | undefined => {
    const prefix = text.toString('latin1', token.start, token.bodyStart);
    const keys = [...(token.payload?.keys() ?? [])].filter((key) => key !== 'c' && key !== 'o').join('');
    const chosen = ruleset.routables.find(
      ({ form }) =>
        form.version === version &&
        (form.prefix === '*' ? prefix !== '' : form.prefix === '' ? prefix === '' : prefix.includes(form.prefix)) &&
        (form.payload.length === 0 || form.payload.includes(keys)),
    );
    if (chosen === undefined) return undefined;
    const confirmed = asConfirmed(token, chosen, token.start, to, 'fits');
    const length = chosen.form.prefix === '*' ? 0 : prefix.lastIndexOf(chosen.form.prefix);
    if (length <= 0) return confirmed;
    const instance = {
      start: token.start,
      end: token.start + length,
      prefix: prefix.slice(0, length),
      isConfigured: false,
    };
    return { ...confirmed, instance };
  };

  /** The checksum fits nowhere: worth a note only where a prefix says that it was meant to be a token. */
  const doubted = (token: RoutableToken, version: '01' | 'none', from: number, to: number): Tried | undefined => {
    // A runner's type (`t1_`) stands between its prefix and the body.
    const before = text
      .toString('latin1', Math.max(from, token.bodyStart - 32), token.bodyStart)
      .replace(/t[123]_$/, '');
    const chosen = ruleset.routables.find(
      ({ form }) =>
        form.version === version && form.prefix !== '' && form.prefix !== '*' && before.endsWith(form.prefix),
    );
    if (chosen === undefined) return undefined;
    const typeLength = text.toString('latin1', token.bodyStart - 3, token.bodyStart).search(/^t[123]_$/) === 0 ? 3 : 0;
    const ownStart = token.bodyStart - typeLength - chosen.form.prefix.length;
    return { ...asConfirmed(token, chosen, ownStart, to, 'fails'), ...instanceOf(ownStart, token.end, from) };
  };

  const asConfirmed = (
    token: RoutableToken,
    { rule, form }: Ruleset['routables'][number],
    start: number,
    to: number,
    checksum: 'fits' | 'fails',
  ): Tried => ({
    rule,
    form: form.name,
    start,
    end: token.end,
    secret: secretAt(start, token.end),
    encodings: [],
    label: form.prefix === '*' ? '' : form.prefix,
    evidence: {
      checksum,
      generator: 'unchecked',
      content: 'none',
      ceiling: 'certain',
      body: { start: token.bodyStart - start, end: token.dot - start },
      facts: token.payload === undefined ? {} : payloadFacts(token.payload),
    },
    runEnd: runEnd(bytes, BASE64URL, token.end, to),
  });

  /** With what stands around it. */
  const withNearby = ({ beside = [], ...found }: Tried, to: number): VerifiedMatch => {
    // Custom rules do not use up what the built-in ones are told.
    const isCustom = found.rule.isCustom === true;
    const hinted = isCustom ? customHinted++ : builtInHinted++;
    const around = (hinted < HINTED_MAX ? contextHints(bytes, to, found) : []).filter(
      ({ kind }) => !beside.some((hint) => hint.kind === kind),
    );
    return { ...found, nearby: [...beside, ...around] };
  };

  const at: VerifyMatch['at'] = (literal, position, from, to) => {
    const { text: word, trials } = ruleset.literals[literal]!;
    let confirmed: VerifiedMatch[] | undefined;
    for (const trial of trials) {
      const isPattern = trial.kind === 'pattern';
      const found = isPattern
        ? tryPattern(trial, word, position, from, to)
        : tryRoutable(trial.version, position, from, to);
      if (found !== undefined) (confirmed ??= []).push(withNearby(found, to));
    }
    return confirmed ?? NONE;
  };
  const alone: VerifyMatch['alone'] = (filled) =>
    filled > ruleset.aloneMax
      ? NONE
      : ruleset.alone.flatMap((trial) => {
          const found = filled > trial.form.maxSpan ? undefined : tryPattern(trial, undefined, 0, 0, filled);
          return found === undefined ? [] : [withNearby(found, filled)];
        });
  const forget = (): void => {
    seen = '';
    words.forget();
    builtInHinted = 0;
    customHinted = 0;
  };
  return { at, alone, forget };
}

/** The groups of a pattern that stand beside the credential. */
function besideOf(
  groups: Readonly<Record<string, [number, number] | undefined>>,
  window: string,
  windowStart: number,
): ContextHints[] {
  return HINTS.flatMap((kind) => {
    const place = groups[kind];
    if (place === undefined) return [];
    return [{ kind, value: window.slice(...place), start: windowStart + place[0], end: windowStart + place[1] }];
  });
}
