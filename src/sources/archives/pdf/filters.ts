/** The filters of streams (ISO 32000-1, 7.4), but those of pictures. */

import { constants, inflateSync } from 'node:zlib';
import { Skipped } from '../../../model/gap.ts';
import { type Dict, isDict, isList, numberOf, type Value } from './objects.ts';

/** A stream that unpacks to more than that is not held in memory. */
const UNPACKED_MAX = 64 * 1024 * 1024;

const DECODERS: Readonly<Record<string, (bytes: Buffer, parameters: Dict | undefined) => Buffer>> = {
  FlateDecode: (bytes, parameters) => unpredicted(inflated(bytes), parameters),
  LZWDecode: (bytes, parameters) =>
    unpredicted(unLzw(bytes, numberOf(parameters?.get('EarlyChange')) ?? 1), parameters),
  ASCIIHexDecode: unHex,
  ASCII85Decode: unAscii85,
  RunLengthDecode: unRunLength,
};
const SHORT: Readonly<Record<string, string>> = {
  Fl: 'FlateDecode',
  LZW: 'LZWDecode',
  AHx: 'ASCIIHexDecode',
  A85: 'ASCII85Decode',
  RL: 'RunLengthDecode',
};

/**
 * The content of a stream.
 *
 * @param resolve follows references
 * @returns undefined if it is a picture, or encrypted
 * @throws Error for damage
 * @throws Skipped if it is too large
 */
export function decodeStream(raw: Buffer, dict: Dict, resolve: (value: Value) => Value): Buffer | undefined {
  const filters = listOf(resolve(dict.get('Filter') ?? dict.get('F')));
  const parameters = listOf(resolve(dict.get('DecodeParms') ?? dict.get('DP')));
  let bytes = raw;
  for (const [index, filter] of filters.entries()) {
    const name = resolve(filter);
    const decode = typeof name === 'string' ? DECODERS[SHORT[name] ?? name] : undefined;
    if (decode === undefined) return undefined;
    const own = resolve(parameters[index]);
    bytes = decode(bytes, isDict(own) ? own : undefined);
    if (bytes.length > UNPACKED_MAX) throw new Skipped('archive-limit');
  }
  return bytes;
}

function listOf(value: Value): readonly Value[] {
  if (value === undefined) return [];
  return isList(value) ? value : [value];
}

/** PDF readers accept streams without their end. */
function inflated(bytes: Buffer): Buffer {
  try {
    return inflateSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: UNPACKED_MAX });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw new Skipped('archive-limit');
    throw error;
  }
}

const [PNG_NONE, PNG_FIRST] = [1, 10];

/** Object streams may be written as differences of rows, as in PNG. */
function unpredicted(bytes: Buffer, parameters: Dict | undefined): Buffer {
  const predictor = numberOf(parameters?.get('Predictor')) ?? PNG_NONE;
  if (predictor < PNG_FIRST) return bytes;
  const bits = (numberOf(parameters?.get('Colors')) ?? 1) * (numberOf(parameters?.get('BitsPerComponent')) ?? 8);
  const unit = Math.max(1, bits >> 3);
  const width = Math.ceil((bits * (numberOf(parameters?.get('Columns')) ?? 1)) / 8);
  if (!(width > 0)) return bytes;
  const rows = Math.ceil(bytes.length / (width + 1));
  const out = Buffer.alloc(rows * width);
  for (let row = 0; row < rows; row++) {
    const kind = bytes[row * (width + 1)]!;
    const to = row * width;
    for (let column = 0; column < width; column++) {
      const left = column < unit ? 0 : out[to + column - unit]!;
      const above = row === 0 ? 0 : out[to + column - width]!;
      const corner = row === 0 || column < unit ? 0 : out[to + column - width - unit]!;
      out[to + column] = (bytes[row * (width + 1) + 1 + column] ?? 0) + predicted(kind, left, above, corner);
    }
  }
  return out;
}

function predicted(kind: number, left: number, above: number, corner: number): number {
  if (kind === 1) return left;
  if (kind === 2) return above;
  if (kind === 3) return (left + above) >> 1;
  if (kind !== 4) return 0;
  const [byLeft, byAbove, byCorner] = [left, above, corner].map((value) => Math.abs(left + above - corner - value)) as [
    number,
    number,
    number,
  ];
  if (byLeft <= byAbove && byLeft <= byCorner) return left;
  return byAbove <= byCorner ? above : corner;
}

function unHex(bytes: Buffer): Buffer {
  const [digits = ''] = bytes.toString('latin1').split('>', 1);
  const clean = digits.replaceAll(/[^0-9A-Fa-f]/g, '');
  return Buffer.from(clean.length % 2 === 0 ? clean : `${clean}0`, 'hex');
}

function unAscii85(bytes: Buffer): Buffer {
  const out: number[] = [];
  let group: number[] = [];
  const flush = (count: number): void => {
    const value = group.reduce((sum, digit) => sum * 85 + digit, 0);
    for (let index = 0; index < count; index++) out.push(Math.floor(value / 256 ** (3 - index)) & 255);
    group = [];
  };
  const start = bytes.subarray(0, 2).equals(Buffer.from('<~')) ? 2 : 0;
  for (const byte of bytes.subarray(start)) {
    if (byte === 0x7e) break;
    if (byte === 0x7a && group.length === 0) out.push(0, 0, 0, 0);
    else if (byte >= 0x21 && byte <= 0x75) group.push(byte - 0x21);
    if (group.length === 5) flush(4);
  }
  if (group.length > 1) {
    const count = group.length - 1;
    while (group.length < 5) group.push(84);
    flush(count);
  }
  return Buffer.from(out);
}

function unRunLength(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = bytes[at++]!;
    if (length === 128) break;
    if (length < 128) parts.push(bytes.subarray(at, (at += length + 1)));
    else parts.push(Buffer.alloc(257 - length, bytes[at++] ?? 0));
  }
  return Buffer.concat(parts);
}

const [LZW_CLEAR, LZW_END, LZW_CODES] = [256, 257, 4096];

/** @param early 1 if codes become longer one code early */
function unLzw(bytes: Buffer, early: number): Buffer {
  const parts: Buffer[] = [];
  let table: Buffer[] = [];
  let [held, bits, width, size] = [0, 0, 9, 0];
  let last: Buffer | undefined;
  const clear = (): void => {
    table = Array.from({ length: LZW_END + 1 }, (_, code) => Buffer.from(code < LZW_CLEAR ? [code] : []));
    width = 9;
    last = undefined;
  };
  clear();
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xff_ffff;
    bits += 8;
    if (bits < width) continue;
    bits -= width;
    const code = (held >> bits) & ((1 << width) - 1);
    if (code === LZW_END) break;
    if (code === LZW_CLEAR) {
      clear();
      continue;
    }
    const known = table[code];
    if (known === undefined && (last === undefined || code !== table.length)) throw new Error('invalid LZW data');
    const text = known ?? Buffer.concat([last!, last!.subarray(0, 1)]);
    size += text.length;
    if (size > UNPACKED_MAX) throw new Skipped('archive-limit');
    parts.push(text);
    if (last !== undefined && table.length < LZW_CODES) table.push(Buffer.concat([last, text.subarray(0, 1)]));
    last = text;
    const next = table.length + early;
    width = next >= 2048 ? 12 : next >= 1024 ? 11 : next >= 512 ? 10 : 9;
  }
  return Buffer.concat(parts);
}
