/**
 * Text whose characters are written one by one, in any language: `{0x67, 0x6c}`, `[103, 108]`, `chr(103).chr(108)`,
 * `'g', 'l'`, `"g" + "l"`, `67:6C`. What is between two of them is the same for all, apart from blanks and line breaks. So the
 * joint is read at three of them: it must be the same before the one in the middle and after it.
 */

import { byteTable } from '../tokens/alphabet.ts';
import { type CodeKind, codeNeedles } from './code-needles.ts';
import type { DecodedRun } from './decoded-run.ts';
import type { Encoding, Text } from './encoding.ts';
import { type Items, itemsOf } from './code-items.ts';
import { BACKSLASH, CR, LF, SPACE, TAB, UNDERSCORE } from '../../lib/bytes.ts';

/** Bytes of the longest joint, without blanks. */
const JOINT_MAX = 40;
/** Bytes of the longest joint with them. */
const GAP_MAX = 256;
const IS_BLANK = byteTable(' \t\r\n');
const KINDS: readonly CodeKind[] = ['hex', 'decimal', 'octal', 'binary', 'characters'];

export const codes: readonly Encoding[] = KINDS.map((kind): Encoding => {
  const items = itemsOf(kind);
  return {
    name: kind === 'characters' ? 'characters' : 'character-codes',
    readings: 1,
    expansion: 4, // more with long joints: then only as much as a credential may be long is decoded
    reachesFar: true,
    needlesFor: (keyword) => codeNeedles(keyword, kind),
    anchor(text, position, phase, { isPair }) {
      const { bytes, filled } = text;
      const start = items.startOf(bytes, position + phase);
      const joint = jointAt(text, start, items);
      if (joint === undefined) return undefined;
      const { previous, value, following } = joint;
      const isWide = previous === 0 && following === 0;
      if (start >= filled || !(isWide || (isPair(previous, value) && isPair(value, following)))) return undefined;
      return start - joint.mark;
    },
    decode: (text, anchor, run) => decode(text, anchor, run, items),
  };
});

interface Joint {
  /** What is between two items, without blanks. */
  readonly text: Uint8Array;
  /** The bytes before an item that mark its radix. */
  readonly mark: number;
  readonly previous: number;
  readonly value: number;
  readonly following: number;
}

/** The joint on both sides of the item at `start`; undefined when it does not exist, or if they differ. */
function jointAt({ bytes, filled }: Text, start: number, items: Items): Joint | undefined {
  const own = items.at(bytes, start, filled);
  if (own < 0) return undefined;
  const end = start + items.lengthOf(own);
  const text = new Uint8Array(JOINT_MAX);
  let length = 0;
  const last = Math.min(filled, end + GAP_MAX);
  for (let at = end; at < last;) {
    const following = at > end && length >= items.joint ? items.at(bytes, at, filled) : -1;
    const before = following < 0 ? undefined : backOver(bytes, start, text, length);
    const previous = before === undefined || before === start ? -1 : items.before(bytes, before, filled);
    if (previous >= 0)
      return {
        text: text.subarray(0, length),
        mark: items.markBefore(bytes, start),
        previous: items.valueOf(previous),
        value: items.valueOf(own),
        following: items.valueOf(following),
      };
    const next = afterBlank(bytes, at);
    if (next > at) at = next;
    else {
      if (length === JOINT_MAX) return undefined;
      text[length++] = bytes[at++]!;
    }
  }
  return undefined;
}

function decode(text: Text, anchor: number, run: DecodedRun, items: Items): void {
  const { bytes, filled } = text;
  const first = anchor + items.markAt(bytes, anchor, filled);
  const joint = jointAt(text, first, items);
  if (joint === undefined) return;
  const { text: between, mark } = joint;
  for (let at: number | undefined = first; at !== undefined;) {
    const item = items.at(bytes, at, filled);
    if (item < 0) break;
    const end: number = at + items.lengthOf(item);
    if (!run.append(items.valueOf(item), at - mark, end)) break;
    at = over(bytes, end, filled, between);
  }
  for (let at = first; ;) {
    const end = backOver(bytes, at, between, between.length);
    const item = end === undefined ? -1 : items.before(bytes, end, filled);
    if (end === undefined || item < 0) break;
    at = end - items.lengthOf(item);
    if (!run.prepend(items.valueOf(item), at - items.markBefore(bytes, at), end)) break;
  }
}

/** The end of the joint that begins at `start`. */
function over(bytes: Uint8Array, start: number, filled: number, joint: Uint8Array): number | undefined {
  const last = Math.min(filled, start + GAP_MAX);
  let at = start;
  for (let index = 0; at < last;) {
    const next = afterBlank(bytes, at);
    if (next > at) at = next;
    else if (index === joint.length) return at > start || index > 0 ? at : undefined;
    else if (bytes[at] === joint[index]) {
      index++;
      at++;
    } else return undefined;
  }
  return undefined;
}

/** The start of the joint that ends at `end`. */
function backOver(bytes: Uint8Array, end: number, joint: Uint8Array, length: number): number | undefined {
  const floor = Math.max(0, end - GAP_MAX);
  let at = end;
  for (let index = length; at > floor;) {
    const before = beforeBlank(bytes, at);
    if (before < at) at = before;
    else if (index === 0) return at;
    else if (bytes[at - 1] === joint[index - 1]) {
      index--;
      at--;
    } else return undefined;
  }
  return undefined;
}

/** Behind a blank, a line break or the sign before one that continues the line. */
function afterBlank(bytes: Uint8Array, at: number): number {
  const byte = bytes[at]!;
  if (IS_BLANK[byte] === 1) return at + 1;
  if (byte !== BACKSLASH && byte !== UNDERSCORE) return at;
  if (bytes[at + 1] === LF) return at + 2;
  return bytes[at + 1] === CR && bytes[at + 2] === LF ? at + 3 : at;
}

function beforeBlank(bytes: Uint8Array, at: number): number {
  const byte = bytes[at - 1]!;
  if (byte === SPACE || byte === TAB || byte === CR) return at - 1;
  if (byte !== LF) return at;
  const end = bytes[at - 2] === CR ? at - 2 : at - 1;
  return bytes[end - 1] === BACKSLASH || bytes[end - 1] === UNDERSCORE ? end - 1 : end;
}
