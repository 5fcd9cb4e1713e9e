/** The index of a pack (gitformat-pack(5)): which objects are in it, and where. Versions 1 and 2, SHA-1 and SHA-256. */

import { readFileSync } from 'node:fs';
import { partitionPoint } from '../../lib/binary-search.ts';

const MAGIC = 0xff74_4f63;
const FANOUT = 256 * 4;
const LARGE = 0x8000_0000;

export interface PackIndex {
  readonly length: number;
  /** Bytes of an id. */
  readonly width: number;
  /** Where each object is in the pack, in the order of their ids. */
  readonly offsets: Float64Array;
  /** The checksum at the end of the pack. */
  readonly check: Buffer;
  /** The id of an object. Valid as long as the index. */
  id(index: number): Buffer;
  /** Where the id of an object begins in `bytes`, for loops over all of them. */
  idStart(index: number): number;
  readonly bytes: Buffer;
  /** The position of an id; -1: it is not in the pack. */
  find(id: Uint8Array): number;
}

/** Reads the file into memory that other threads can read as well. @throws the file system's error */
export function readIndexFile(path: string): Buffer {
  const content = readFileSync(path);
  const bytes = Buffer.from(new SharedArrayBuffer(content.length));
  content.copy(bytes);
  return bytes;
}

/** @param width bytes of an id @returns undefined when the bytes are not a complete index */
export function parsePackIndex(bytes: Buffer, width: number): PackIndex | undefined {
  if (bytes.length < FANOUT + 2 * width) return undefined;
  const isNew = bytes.readUInt32BE(0) === MAGIC;
  if (isNew && bytes.readUInt32BE(4) !== 2) return undefined;
  const fanout = isNew ? 8 : 0;
  const ids = fanout + FANOUT;
  const length = bytes.readUInt32BE(ids - 4);
  let before = 0;
  for (let at = fanout; at < ids; at += 4) {
    const count = bytes.readUInt32BE(at);
    if (count < before) return undefined;
    before = count;
  }
  const offsets = new Float64Array(length);
  /** Where the first id is, and the distance from one to the next. */
  let first = ids;
  let stride = width;
  if (isNew) {
    const places = ids + length * (width + 4);
    const large = places + 4 * length;
    const many = (bytes.length - 2 * width - large) / 8;
    if (many < 0 || !Number.isInteger(many)) return undefined;
    for (let index = 0; index < length; index++) {
      const offset = bytes.readUInt32BE(places + 4 * index);
      if (offset < LARGE) offsets[index] = offset;
      else {
        const at = large + 8 * (offset - LARGE);
        if (offset - LARGE >= many) return undefined;
        offsets[index] = bytes.readUInt32BE(at) * 2 ** 32 + bytes.readUInt32BE(at + 4);
      }
    }
  } else {
    first = ids + 4;
    stride = width + 4;
    if (bytes.length !== ids + length * stride + 2 * width) return undefined;
    for (let index = 0; index < length; index++) offsets[index] = bytes.readUInt32BE(ids + index * stride);
  }
  const idStart = (index: number): number => first + index * stride;
  const id = (index: number): Buffer => bytes.subarray(idStart(index), idStart(index) + width);
  return {
    length,
    width,
    offsets,
    check: bytes.subarray(bytes.length - 2 * width, bytes.length - width),
    id,
    idStart,
    bytes,
    find(wanted) {
      const bucket = fanout + 4 * wanted[0]!;
      const start = wanted[0] === 0 ? 0 : bytes.readUInt32BE(bucket - 4);
      const end = bytes.readUInt32BE(bucket);
      const at = partitionPoint(start, end, (index) => Buffer.compare(id(index), wanted) < 0);
      return at < end && id(at).equals(wanted) ? at : -1;
    },
  };
}
