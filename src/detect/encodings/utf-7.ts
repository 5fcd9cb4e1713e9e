/**
 * UTF-7, which old mail programs and exports of Windows write: a plus sign, one or several characters as base64 of UTF-16, and
 * a dash. All other characters are written as they are. Where all of a text is one such run, it is found as base64.
 */

import { base64Value } from './base64-values.ts';
import type { DecodedRun } from './decoded-run.ts';
import type { Encoding, Text } from './encoding.ts';
import { isOwnPrefix } from './own-prefix.ts';
import { PLAIN } from './plain.ts';
import { DASH, PLUS } from '../../lib/bytes.ts';

/** The phase of a plain keyword: characters in UTF-7 may be elsewhere in its word. */
const RAW = -1;
/** More of a keyword need not be searched. */
const HEAD = 8;
/** Bytes of a word before and after a place. */
const WORD_BEFORE = 192;
const WORD_AFTER = 512;

export const utf7: Encoding = {
  name: 'utf-7',
  readings: 1,
  expansion: 4, // 5 when every character has its own run: then only as much as a credential may be long is decoded
  crosses: PLAIN,
  needlesFor: (keyword) => [
    ...[...new Set(isOwnPrefix(keyword) ? keyword.slice(0, HEAD) : '')].map((character) => ({
      text: `+${shifted(character)}`,
      phase: 0,
    })),
    { text: keyword, phase: RAW },
  ],
  anchor({ bytes, filled }, position, phase) {
    if (phase !== RAW) return runAt(bytes, position, filled) === undefined ? undefined : position;
    const end = Math.min(filled, position + WORD_AFTER);
    for (let at = position; at < end && PLAIN[bytes[at]!] === 1; at++)
      if (bytes[at] === PLUS && runAt(bytes, at, filled) !== undefined) return position;
    return undefined;
  },
  decode(text, anchor, run) {
    for (const { value, start, end } of characters(text, anchor, text.filled))
      if (!run.append(value, start, end)) break;
    let first = anchor;
    while (first > 0 && first > anchor - WORD_BEFORE && PLAIN[text.bytes[first - 1]!] === 1) first--;
    prependAll(run, [...characters(text, first, anchor)]);
  },
};

interface Character {
  readonly value: number;
  readonly start: number;
  readonly end: number;
}

/** The first three characters of the base64 of one character: those of ASCII have a high byte of zero behind them, too. */
function shifted(character: string): string {
  return Buffer.from([0, character.charCodeAt(0), 0])
    .toString('base64')
    .slice(0, 3);
}

function* characters({ bytes, filled }: Text, from: number, to: number): Generator<Character> {
  for (let at = from; at < to && PLAIN[bytes[at]!] === 1;) {
    const units = bytes[at] === PLUS ? runAt(bytes, at, filled) : undefined;
    if (units === undefined) {
      yield { value: bytes[at]!, start: at, end: at + 1 };
      at++;
    } else {
      yield* units;
      at = units.at(-1)!.end; // there is at least one
    }
  }
}

/** The characters of the run whose plus sign is at `plus`; undefined if it is not one, or is not ASCII. */
function runAt(bytes: Uint8Array, plus: number, filled: number): readonly Character[] | undefined {
  const first = plus + 1;
  let end = first;
  while (end < filled && end < first + WORD_AFTER && base64Value(bytes[end]!) >= 0) end++;
  const count = Math.floor((6 * (end - first)) / 16);
  // Less than a character of base64 is left over.
  if (count === 0 || 6 * (end - first) - 16 * count >= 6) return undefined;
  const characterAt = (index: number): Character | undefined => {
    const bit = 16 * index;
    const start = first + Math.floor(bit / 6);
    const last = first + Math.ceil((bit + 16) / 6);
    let bits = 0;
    for (let at = start; at < last; at++) bits = bits * 64 + base64Value(bytes[at]!);
    const value = Math.floor(bits / 2 ** (6 * (last - start) - (bit % 6) - 16)) % 65_536;
    return value > 0x20 && value < 0x7f ? { value, start, end: last } : undefined;
  };
  const found: Character[] = [];
  for (let index = 0; index < count; index++) {
    const character = characterAt(index);
    if (character === undefined) return undefined;
    found.push(character);
  }
  const runEnd = bytes[end] === DASH ? end + 1 : end;
  return found.map((character, index) => ({
    ...character,
    start: index === 0 ? plus : character.start,
    end: index === count - 1 ? runEnd : character.end,
  }));
}

function prependAll(run: DecodedRun, before: readonly Character[]): void {
  for (const { value, start, end } of before.toReversed()) if (!run.prepend(value, start, end)) return;
}
