/**
 * Routable tokens, found by structure and proven by their checksum, with no need to know a prefix.
 *
 *     v1  <prefix><BODY>.01.<LL><CRC>      BODY = base64url(16 random bytes, payload, 1 byte: length of payload)
 *     v0  <prefix><BODY>.<LL><CRC>         BODY = base64url(payload, random bytes, 1 byte: how many)
 *
 * LL is the length of BODY (base36, two digits), CRC the CRC-32 of every byte before it (base36, seven digits). So the
 * tail gives the start of BODY, and the checksum gives the start of the prefix: the CRC is walked backwards over BODY and
 * further to the left, and the token starts where the register has its initial value. One walk tests every start; the
 * chance that other text fits is 2^-32 for each start. Length and checksum also give the end of the token: characters
 * that touch it do not belong to it.
 *
 * Format: GitLab lib/authn/token_field/generator/routable_token.rb and decoders/v1/routable_payload.rb.
 */

import { defined } from '../../lib/defined.ts';
import { CRC_INITIAL, crc32StepBack, registerOf } from '../../lib/crc32.ts';
import type { Facts } from '../../model/candidate.ts';
import { BASE36, BASE64URL } from './alphabet.ts';
import { decodeId } from './facts.ts';
import { DOT } from '../../lib/bytes.ts';

const BODY_MIN = 27;
const BODY_MAX = 300;
/** An instance prefix (20 and a dash) and a type's own prefix (20), with room for settings not seen yet. */
const PREFIX_MAX = 64;
const CRC_DIGITS = 7;
const RANDOM_BYTES = 16;

export interface RoutableToken {
  /** First byte of the prefix. When no start fits, the first byte of the body. */
  readonly start: number;
  readonly bodyStart: number;
  /** The dot after the body. */
  readonly dot: number;
  readonly end: number;
  readonly checksumFits: boolean;
  /** Keys and values as the token has them; undefined if the body has no payload of GitLab's format. */
  readonly payload: ReadonlyMap<string, string> | undefined;
}

/** The versioned token whose `.01.` is at `dot`, if the bytes around it have the shape. */
export function readVersioned(bytes: Uint8Array, dot: number, from: number, to: number): RoutableToken | undefined {
  return readToken(bytes, dot, dot + 4, from, to);
}

/**
 * The token without version whose body or prefix starts at `anchor`, if the bytes after it have the shape.
 *
 * @param dot the end of the base64url run that contains the anchor
 */
export function readUnversioned(
  bytes: Uint8Array,
  anchor: number,
  dot: number,
  from: number,
  to: number,
): RoutableToken | undefined {
  if (dot > anchor + PREFIX_MAX + BODY_MAX || dot >= to || bytes[dot] !== DOT) return undefined;
  const token = readToken(bytes, dot, dot + 1, from, to);
  return token === undefined || token.bodyStart < anchor ? undefined : token;
}

function readToken(
  bytes: Uint8Array,
  dot: number,
  length: number,
  from: number,
  to: number,
): RoutableToken | undefined {
  const crcAt = length + 2;
  const end = crcAt + CRC_DIGITS;
  if (end > to) return undefined;
  // Lengths reach `8c` and checksums `1z141z3`: the first digits refuse most look-alikes at once.
  if (bytes[length]! < 0x30 || bytes[length]! > 0x38 || bytes[crcAt]! < 0x30 || bytes[crcAt]! > 0x31) return undefined;
  for (let at = length; at < end; at++) if (BASE36[bytes[at]!] === 0) return undefined;

  const bodyLength = readBase36(bytes, length, crcAt);
  const bodyStart = dot - bodyLength;
  if (bodyLength < BODY_MIN || bodyLength > BODY_MAX || bodyStart < from) return undefined;
  for (let at = bodyStart; at < dot; at++) if (BASE64URL[bytes[at]!] === 0) return undefined;

  const crc = readBase36(bytes, crcAt, end);
  const start = crc > 0xffffffff ? undefined : findStart(bytes, crc, crcAt, bodyStart, from);
  const body = Buffer.from(bytes.subarray(bodyStart, dot)).toString('latin1');
  return {
    start: start ?? bodyStart,
    bodyStart,
    dot,
    end,
    checksumFits: start !== undefined,
    payload: decodePayload(body),
  };
}

/** Walks the CRC back from the checksum; the nearest start to the left of the body that fits. */
function findStart(bytes: Uint8Array, crc: number, crcAt: number, bodyStart: number, from: number): number | undefined {
  let register = registerOf(crc);
  for (let at = crcAt - 1; at >= bodyStart; at--) register = crc32StepBack(register, bytes[at]!);
  const farthest = Math.max(from, bodyStart - PREFIX_MAX);
  for (let start = bodyStart; ; start--) {
    if (register === CRC_INITIAL) return start;
    // A prefix setting may hold any character, but never a blank or a control character.
    const before = bytes[start - 1] ?? 0;
    if (start <= farthest || before <= 0x20 || before === 0x7f) return undefined;
    register = crc32StepBack(register, before);
  }
}

function readBase36(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    value = value * 36 + (byte <= 0x39 ? byte - 0x30 : byte - 0x57);
  }
  return value;
}

/**
 * The payload of a body, in the layout that can be parsed. Both are in circulation, and in tokens of April 2025 the
 * version does not distinguish them.
 */
export function decodePayload(body: string): ReadonlyMap<string, string> | undefined {
  const raw = Buffer.from(body, 'base64url');
  const counted = raw.at(-1) ?? 0;
  const end = raw.length - 1;
  return (
    (RANDOM_BYTES + counted === end ? parsePayload(raw.subarray(RANDOM_BYTES, end)) : undefined) ??
    (counted < end ? parsePayload(raw.subarray(0, end - counted)) : undefined)
  );
}

function parsePayload(bytes: Uint8Array): ReadonlyMap<string, string> | undefined {
  const payload = new Map<string, string>();
  for (const line of Buffer.from(bytes).toString('latin1').split('\n')) {
    const [, key, value] = /^([a-z]):([0-9A-Za-z]+)$/.exec(line) ?? [];
    if (key === undefined || value === undefined) return undefined;
    payload.set(key, value);
  }
  return payload;
}

const RUNNER_TYPES: Readonly<Record<string, Facts['runnerType']>> = { 1: 'instance', 2: 'group', 3: 'project' };

/** The facts about a token in its payload. */
export function payloadFacts(payload: ReadonlyMap<string, string>): Facts {
  return defined({
    cell: decodeId(payload.get('c')),
    organization: decodeId(payload.get('o')),
    group: decodeId(payload.get('g')),
    project: decodeId(payload.get('p')),
    user: decodeId(payload.get('u')),
    runnerType: RUNNER_TYPES[payload.get('t') ?? ''],
  });
}
