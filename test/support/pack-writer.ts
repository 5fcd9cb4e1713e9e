/** Packs written by hand, entry by entry, right or wrong, with an index of the given content. */

import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { crc32 } from '../../src/lib/crc32.ts';

export interface Entry {
  /** Of what the object is, so that the index can name it; hex. */
  readonly id: string;
  readonly bytes: Buffer;
}

const TYPES = { commit: 1, tree: 2, blob: 3, tag: 4, ofsDelta: 6, refDelta: 7 } as const;
type Type = keyof typeof TYPES;

/** The id that git gives a text. */
export function idOf(type: string, text: Buffer): string {
  return createHash('sha1').update(`${type} ${text.length}\0`).update(text).digest('hex');
}

/** The header of an entry. */
export function header(type: Type, size: number): Buffer {
  const bytes: number[] = [];
  let byte = (TYPES[type] << 4) | (size & 15);
  for (let rest = Math.floor(size / 16); ; rest = Math.floor(rest / 128)) {
    if (rest === 0) return Buffer.from([...bytes, byte]);
    bytes.push(byte | 128);
    byte = rest % 128;
  }
}

export function whole(type: 'commit' | 'tree' | 'blob' | 'tag', text: Buffer, size = text.length): Entry {
  return { id: idOf(type, text), bytes: Buffer.concat([header(type, size), deflateSync(text)]) };
}

/** @param back bytes from the base's entry to this one */
export function ofsDelta(back: number, made: Buffer, result: Buffer, size = made.length): Entry {
  const offset: number[] = [back & 127];
  for (let rest = back >>> 7; rest > 0; rest >>>= 7) offset.unshift(128 | (--rest & 127));
  return {
    id: idOf('blob', result),
    bytes: Buffer.concat([header('ofsDelta', size), Buffer.from(offset), deflateSync(made)]),
  };
}

export function refDelta(base: string, made: Buffer, id: string): Entry {
  return { id, bytes: Buffer.concat([header('refDelta', made.length), Buffer.from(base, 'hex'), deflateSync(made)]) };
}

function sizeOf(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) | 128);
  }
}

export const copied = (offset: number, length: number): Buffer =>
  Buffer.from([
    0x80 | 15 | 0x70,
    offset & 255,
    (offset >>> 8) & 255,
    (offset >>> 16) & 255,
    offset >>> 24,
    length & 255,
    (length >>> 8) & 255,
    (length >>> 16) & 255,
  ]);
export const inserted = (text: Buffer): Buffer => Buffer.concat([Buffer.from([text.length]), text]);

export function delta(baseSize: number, resultSize: number, ...instructions: readonly Buffer[]): Buffer {
  return Buffer.concat([sizeOf(baseSize), sizeOf(resultSize), ...instructions]);
}

export interface PackOptions {
  /** Version of the index. */
  readonly index?: 1 | 2;
  /** What the index says of where an entry is, where it lies. */
  readonly offsets?: Readonly<Record<string, number>>;
  /** Bytes cut from the end of the pack. */
  readonly cut?: number;
  /** Offsets in the table for large ones, however small; git wants the first elsewhere. */
  readonly large?: boolean;
}

/** Writes a pack and its index into `objects/pack` of a repository; gives its path without the ending. */
export function writePack(gitFolder: string, entries: readonly Entry[], options: PackOptions = {}): string {
  const places = new Map<string, { offset: number; crc: number }>();
  const head = Buffer.alloc(12);
  head.write('PACK', 'latin1');
  head.writeUInt32BE(2, 4);
  head.writeUInt32BE(entries.length, 8);
  let offset = 12;
  for (const { id, bytes } of entries) {
    places.set(id, { offset, crc: crc32(bytes) });
    offset += bytes.length;
  }
  const body = Buffer.concat([head, ...entries.map(({ bytes }) => bytes)]);
  const trailer = createHash('sha1').update(body).digest();
  const pack = Buffer.concat([body, trailer]);
  const sorted = [...places].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const fanout = Buffer.alloc(1024);
  for (let byte = 0; byte < 256; byte++)
    fanout.writeUInt32BE(sorted.filter(([id]) => Number.parseInt(id.slice(0, 2), 16) <= byte).length, 4 * byte);
  const word = (value: number): Buffer => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value >>> 0);
    return bytes;
  };
  const claimed = (id: string, real: number): number => options.offsets?.[id] ?? real;
  const ids = sorted.map(([id]) => Buffer.from(id, 'hex'));
  const isLarge = (value: number, at: number): boolean => (options.large === true && at > 0) || value >= 2 ** 31;
  const large: Buffer[] = [];
  const content =
    options.index === 1
      ? [fanout, ...sorted.flatMap(([, place], at) => [word(claimed(sorted[at]![0], place.offset)), ids[at]!])]
      : [
          Buffer.from('ff744f6300000002', 'hex'),
          fanout,
          ...ids,
          ...sorted.map(([, { crc }]) => word(crc)),
          ...sorted.map(([id, place], at) => {
            const value = claimed(id, place.offset);
            if (!isLarge(value, at)) return word(value);
            large.push(Buffer.concat([word(Math.floor(value / 2 ** 32)), word(value % 2 ** 32)]));
            return word(0x8000_0000 + large.length - 1);
          }),
          ...large,
        ];
  const index = Buffer.concat([...content, trailer]);
  const folder = join(gitFolder, 'objects', 'pack');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `pack-${trailer.toString('hex')}`);
  writeFileSync(`${path}.pack`, pack.subarray(0, pack.length - (options.cut ?? 0)));
  writeFileSync(`${path}.idx`, Buffer.concat([index, createHash('sha1').update(index).digest()]));
  return path;
}
