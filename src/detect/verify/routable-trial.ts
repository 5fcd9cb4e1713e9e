/** Reads a routable token at an anchor, and finds the rule that it belongs to: by its prefix, version and payload. */

import type { DropReason } from '../../model/drop.ts';
import type { RoutableForm } from '../../model/rule.ts';
import type { Ruleset } from '../../model/ruleset.ts';
import { BASE64URL } from '../tokens/alphabet.ts';
import { runEnd } from '../tokens/right-end.ts';
import { payloadFacts, readUnversioned, readVersioned, type RoutableToken } from '../tokens/routable.ts';
import { TokenRuns } from '../tokens/token-runs.ts';
import type { MatchText } from './match-text.ts';
import type { TrialPlace } from './pattern-trial.ts';
import type { BareMatch, OnRejection } from './verified-match.ts';

type Routable = Ruleset['routables'][number];
type Version = RoutableForm['version'];

/** A runner's type, between its prefix and the body. */
const RUNNER_TYPE = /t[123]_$/;
const RUNNER_TYPE_LENGTH = 3;
/** Bytes before a body that may be its prefix. */
const PREFIX_REACH = 32;

export class RoutableTrials {
  readonly #ruleset: Ruleset;
  readonly #text: MatchText;
  readonly #onRejection: OnRejection | undefined;
  readonly #runs: TokenRuns;

  constructor(ruleset: Ruleset, text: MatchText, onRejection: OnRejection | undefined) {
    this.#ruleset = ruleset;
    this.#text = text;
    this.#onRejection = onRejection;
    this.#runs = new TokenRuns(text.bytes, BASE64URL);
  }

  /** To be called when the bytes have changed. */
  forget(): void {
    this.#runs.forget();
  }

  at(version: Version, anchor: string, { position, from, to }: TrialPlace): BareMatch | undefined {
    const { bytes } = this.#text;
    const token =
      version === 'none'
        ? readUnversioned(bytes, position, this.#runs.endOf(position, to), from, to)
        : readVersioned(bytes, position, from, to);
    const match =
      token === undefined
        ? undefined
        : token.checksumFits
          ? this.#valid(token, version, to)
          : this.#invalid(token, version, from, to);
    if (match === undefined && this.#onRejection !== undefined) {
      const reason: DropReason = {
        kind: token === undefined ? 'routable-shape' : token.checksumFits ? 'routable-type' : 'checksum',
      };
      this.#onRejection({ start: position, end: position + anchor.length, reason, encodings: [] });
    }
    return match;
  }

  #valid(token: RoutableToken, version: Version, to: number): BareMatch | undefined {
    const prefix = this.#text.latin1(token.start, token.bodyStart);
    const keys = [...(token.payload?.keys() ?? [])].filter((key) => key !== 'c' && key !== 'o').join('');
    const routable = this.#ruleset.routables.find(
      ({ form }) =>
        form.version === version &&
        (form.prefix === '*' ? prefix !== '' : form.prefix === '' ? prefix === '' : prefix.includes(form.prefix)) &&
        (form.payload.length === 0 || form.payload.includes(keys)),
    );
    if (routable === undefined) return undefined;
    const match = this.#toMatch(token, routable, { start: token.start, checksum: 'fits', to });
    const length = routable.form.prefix === '*' ? 0 : prefix.lastIndexOf(routable.form.prefix);
    if (length <= 0) return match;
    const end = token.start + length;
    return { ...match, instance: { start: token.start, end, prefix: prefix.slice(0, length), isConfigured: false } };
  }

  /** A token with an invalid checksum is reported only after a prefix, which shows that it was meant to be a token. */
  #invalid(token: RoutableToken, version: Version, from: number, to: number): BareMatch | undefined {
    const before = this.#text.latin1(Math.max(from, token.bodyStart - PREFIX_REACH), token.bodyStart);
    const prefixed = before.replace(RUNNER_TYPE, '');
    const routable = this.#ruleset.routables.find(
      ({ form }) =>
        form.version === version && form.prefix !== '' && form.prefix !== '*' && prefixed.endsWith(form.prefix),
    );
    if (routable === undefined) return undefined;
    const typeLength = prefixed.length < before.length ? RUNNER_TYPE_LENGTH : 0;
    const start = token.bodyStart - typeLength - routable.form.prefix.length;
    const instance = this.#text.instanceBefore({ start, end: token.end }, from);
    return {
      ...this.#toMatch(token, routable, { start, checksum: 'fails', to }),
      ...(instance === undefined ? {} : { instance }),
    };
  }

  #toMatch(
    token: RoutableToken,
    { rule, form }: Routable,
    { start, checksum, to }: { readonly start: number; readonly checksum: 'fits' | 'fails'; readonly to: number },
  ): BareMatch {
    return {
      rule,
      form: form.name,
      start,
      end: token.end,
      secret: this.#text.secretAt(start, token.end),
      encodings: [],
      label: form.prefix === '*' ? '' : form.prefix,
      evidence: {
        checksum,
        generator: 'unchecked',
        content: 'none',
        maxConfidence: 'certain',
        body: { start: token.bodyStart - start, end: token.dot - start },
        facts: token.payload === undefined ? {} : payloadFacts(token.payload),
      },
      runEnd: runEnd(this.#text.bytes, BASE64URL, token.end, to),
    };
  }
}
