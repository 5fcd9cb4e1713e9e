/** The index of a pack (gitformat-pack(5)): which objects are in it, and where. Versions 1 and 2, SHA-1 and SHA-256. */

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { partitionPoint } from '../../lib/binary-search.ts';

const MAGIC = 0xff74_4f63;
const FANOUT = 256 * 4;
const LARGE = 0x8000_0000;
/** An offset that the index does not have: no object is at the beginning of a pack. */
const NOWHERE = 0;

export interface PackIndex {
  readonly length: number;
  /** Bytes of an id. */
  readonly width: number;
  /** Where each object is in the pack, in the order of their ids. */
  readOffsets(): Float64Array;
  /** The checksum at the end of the pack. */
  readonly check: Buffer;
  /** The id of an object. Valid as long as the index. */
  id(index: number): Buffer;
  /** All ids, one after the other; in shared memory if the bytes of the index are. */
  readonly ids: Buffer;
  /** The position of an id; -1: it is not in the pack. */
  find(id: Uint8Array): number;
}

/** Reads the file into memory that other threads can read as well. @throws the file system's error */
export function readIndexFile(path: string): Buffer {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.from(new SharedArrayBuffer(fstatSync(file).size));
    for (let done = 0, count = 1; done < bytes.length && count > 0; done += count)
      count = readSync(file, bytes, done, bytes.length - done, done);
    return bytes;
  } finally {
    closeSync(file);
  }
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
  /** The checksums are between the ids and the offsets. */
  const sums = ids + length * width;
  const places = sums + length * 4;
  const large = places + 4 * length;
  const many = (bytes.length - 2 * width - large) / 8;
  if (isNew ? many < 0 || !Number.isInteger(many) : bytes.length !== ids + length * (width + 4) + 2 * width)
    return undefined;
  const allIds = isNew ? bytes.subarray(ids, sums) : idsOfPairs(bytes.subarray(ids), length, width);
  const offsetAt = (index: number): number => {
    if (!isNew) return bytes.readUInt32BE(ids + index * (width + 4));
    const offset = bytes.readUInt32BE(places + 4 * index);
    if (offset < LARGE) return offset;
    const at = large + 8 * (offset - LARGE);
    return offset - LARGE < many ? bytes.readUInt32BE(at) * 2 ** 32 + bytes.readUInt32BE(at + 4) : NOWHERE;
  };
  const id = (index: number): Buffer => allIds.subarray(index * width, (index + 1) * width);
  return {
    length,
    width,
    readOffsets() {
      const offsets = new Float64Array(length);
      for (let index = 0; index < length; index++) offsets[index] = offsetAt(index);
      return offsets;
    },
    check: bytes.subarray(bytes.length - 2 * width, bytes.length - width),
    id,
    ids: allIds,
    find(wanted) {
      const bucket = fanout + 4 * wanted[0]!;
      const start = wanted[0] === 0 ? 0 : bytes.readUInt32BE(bucket - 4);
      const end = bytes.readUInt32BE(bucket);
      const at = partitionPoint(start, end, (index) => Buffer.compare(id(index), wanted) < 0);
      return at < end && id(at).equals(wanted) ? at : -1;
    },
  };
}

/** In version 1 each id follows its offset. */
function idsOfPairs(pairs: Buffer, length: number, width: number): Buffer {
  const ids = Buffer.from(new SharedArrayBuffer(length * width));
  for (let index = 0; index < length; index++) {
    const at = index * (width + 4) + 4;
    ids.set(pairs.subarray(at, at + width), index * width);
  }
  return ids;
}
