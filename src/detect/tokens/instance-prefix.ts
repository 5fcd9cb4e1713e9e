/**
 * The prefix of an instance before a token without a checksum (`acme-`, GitLab's `instance_token_prefix`). A word that a
 * person has written there (`backup-`) looks the same. The prefix belongs to the token if the configuration names it, or
 * if the same file has it before a token whose checksum covers it, or before another token. Otherwise the secret begins
 * after it, and the text with the prefix is kept as the other reading, so that verification can try both.
 */

import type { Candidate } from '../../model/candidate.ts';
import type { Span } from '../../model/region.ts';
import type { Secret } from '../../model/secret.ts';
import { WORD } from './alphabet.ts';
import { BACKSLASH, DASH, PERCENT } from '../../lib/bytes.ts';

const INSTANCE_PREFIX_MAX = 20;
/** `u0041` without its backslash, or a code of a terminal without its escape. */
const ESCAPE_MAX = 5;
/** Bytes before a prefix in which a terminal code may begin. */
const CODE_MAX = 24;
/** Terminal codes: after the escape character, or after text that represents it (`^[`). */
// oxlint-disable-next-line no-control-regex -- it is one
const CODE = /\u001b\[[0-9;:?]*[@-~]|\[[0-9][0-9;:]*[A-Za-z]/g;

/** The possible prefix that ends at `start`, or undefined. */
export function instanceStart(
  bytes: Uint8Array,
  start: number,
  from: number,
  configured: readonly string[],
): (Span & { readonly isConfigured: boolean }) | undefined {
  const length = configured.reduce(
    (most, prefix) => (endsWith(bytes, start, from, prefix) ? Math.max(most, prefix.length) : most),
    0,
  );
  if (length > 0) return { start: start - length, end: start, isConfigured: true };
  const other = prefixLength(bytes, start, from);
  return other === 0 ? undefined : { start: start - other, end: start, isConfigured: false };
}

function endsWith(bytes: Uint8Array, end: number, from: number, text: string): boolean {
  const start = end - text.length;
  if (start < from) return false;
  for (let at = 0; at < text.length; at++) if (bytes[start + at] !== text.charCodeAt(at)) return false;
  return true;
}

/**
 * The number of bytes before `start` that look like a prefix: up to 20 of `[A-Za-z0-9_]` and a dash. Digits alone are not
 * one: they are a date in a file name, or the project id before an incoming mail token. In `\tacme-`, `%3Dacme-` and
 * `ESC[0macme-` the first characters belong to an escape.
 */
function prefixLength(bytes: Uint8Array, start: number, from: number): number {
  if (start <= from || bytes[start - 1] !== DASH) return 0;
  const last = start - 1;
  let first = last;
  while (first > from && last - first < INSTANCE_PREFIX_MAX + ESCAPE_MAX && WORD[bytes[first - 1]!] === 1) first--;
  if (first > from && bytes[first - 1] === BACKSLASH) first += escapeLength(bytes, first, last);
  else if (first > from && bytes[first - 1] === PERCENT) first += percentLength(bytes, first, last);
  else first = afterCode(bytes, first, last, from);
  const length = last - first;
  if (length < 1 || length > INSTANCE_PREFIX_MAX) return 0;
  for (let at = first; at < last; at++) if (bytes[at]! < 0x30 || bytes[at]! > 0x39) return length + 1;
  return 0;
}

/** The length of an escape without its backslash, as in JSON, shells and most languages: `n`, `x41`, `u0041`. */
function escapeLength(bytes: Uint8Array, at: number, end: number): number {
  const letter = String.fromCharCode(bytes[at]!);
  const length = letter === 'u' ? 5 : letter === 'x' ? 3 : 'bfnrt0'.includes(letter) ? 1 : 0;
  return Math.min(length, end - at);
}

/** The length of an escape without its percent sign, which may be escaped itself several times: `3D`, `253D`. */
function percentLength(bytes: Uint8Array, at: number, end: number): number {
  let length = 2;
  while (bytes[at + length - 2] === 0x32 && bytes[at + length - 1] === 0x35) length += 2;
  return Math.min(length, end - at);
}

/** The end of a terminal code that ends in `[first, end)`, or `first`. */
function afterCode(bytes: Uint8Array, first: number, end: number, from: number): number {
  const start = Math.max(from, first - CODE_MAX);
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
  let after = first;
  for (const { index, 0: code } of text.matchAll(CODE)) {
    if (start + index < first) after = Math.max(after, start + index + code.length);
  }
  return after;
}

/** The same candidates, each in the reading that the rest of the file supports. Candidates of custom rules support none. */
export function withInstances(candidates: readonly Candidate[]): Candidate[] {
  const certain = new Set<string>();
  /** By prefix and place: several forms of a token may match at one place, and the longest is the token. */
  const tokens = new Map<string, Map<number, Secret>>();
  for (const { instance, secret, isCustom } of candidates) {
    if (instance === undefined || isCustom === true) continue;
    const { prefix, isConfigured, whole } = instance;
    if (whole === undefined || isConfigured) certain.add(prefix);
    else {
      const places = tokens.get(prefix) ?? new Map<number, Secret>();
      const known = places.get(whole.region.byteOffset);
      if (known === undefined || known.length < secret.length) places.set(whole.region.byteOffset, secret);
      tokens.set(prefix, places);
    }
  }
  const shared = new Set(
    [...tokens].flatMap(([prefix, places]) =>
      new Set([...places.values()].map((secret) => secret.reveal())).size > 1 ? [prefix] : [],
    ),
  );
  return candidates.map(({ instance, ...bare }) => {
    if (instance?.whole === undefined) return bare;
    const { secret, region } = instance.whole;
    if (!certain.has(instance.prefix) && !shared.has(instance.prefix)) return { ...bare, other: secret };
    const { length } = instance.prefix;
    const { body } = bare.evidence;
    const evidence = { ...bare.evidence, body: { start: body.start + length, end: body.end + length } };
    return { ...bare, evidence, region, secret, other: bare.secret };
  });
}
