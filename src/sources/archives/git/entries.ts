/** The entries of a pack in memory, without an index: where each begins, and what it is made from (gitformat-pack). */

import { createHash } from 'node:crypto';
import { inflateSync } from 'node:zlib';
import { Skipped } from '../../../model/gap.ts';
import type { Budget } from '../budget.ts';

export type ObjectType = 'commit' | 'tree' | 'blob' | 'tag';
export type Hash = 'sha1' | 'sha256';

export interface PackEntry {
  /** Where its compressed bytes begin. */
  readonly data: number;
  /** Bytes that it unpacks to: a text, or a delta. */
  readonly size: number;
  /** Of a whole object; a delta has the type of its base. */
  readonly type?: ObjectType | undefined;
  /** The id of the base of a delta, if the pack does not say where it is. */
  readonly baseId?: string;
  /** Entries that are made from this one. */
  readonly children: PackEntry[];
}

export interface Pack {
  readonly hash: Hash;
  readonly entries: readonly PackEntry[];
  /** What is wrong with the rest of it, if anything. */
  readonly problem: Error | undefined;
}

const HEADER = 12;
const TYPES: Readonly<Record<number, ObjectType>> = { 1: 'commit', 2: 'tree', 3: 'blob', 4: 'tag' };
const [OFS_DELTA, REF_DELTA] = [6, 7];
/** A larger object is not held in memory. */
const OBJECT_MAX = 128 * 1024 * 1024;
/** The header of an entry may claim any size, so no more than this is reserved at once. */
const CHUNK_MAX = 1024 * 1024;
/** zlib accepts no smaller chunk. */
const CHUNK_MIN = 64;

/** Reads every entry once, because only the end of one shows where the next begins. @throws Skipped over a limit */
export function readPack(bytes: Buffer, budget: Budget): Pack {
  const hash = hashOf(bytes);
  const idLength = hash === 'sha256' ? 32 : 20;
  const byPlace = new Map<number, PackEntry>();
  let problem = hash === undefined ? new Error('its checksum does not fit') : undefined;
  const end = bytes.length - (hash === undefined ? 0 : idLength);
  try {
    let at = HEADER;
    for (let left = bytes.readUInt32BE(8); left > 0; left--) {
      budget.entry();
      const { entry, base, next } = readEntry(bytes.subarray(0, end), at, idLength);
      byPlace.set(at, entry);
      if (base !== undefined) {
        const from = byPlace.get(base);
        if (from === undefined) throw new Error('an object is made from nothing');
        from.children.push(entry);
      }
      at = next;
    }
  } catch (error) {
    if (error instanceof Skipped && hash !== undefined) throw error;
    // What is damaged may announce any size, so that is not a limit.
    problem = new Error((error as Error).message, { cause: error });
  }
  return { hash: hash ?? 'sha1', entries: [...byPlace.values()], problem };
}

/** A pack ends with a checksum of everything before it. */
function hashOf(bytes: Buffer): Hash | undefined {
  return (['sha1', 'sha256'] as const).find((hash) => {
    const length = hash === 'sha1' ? 20 : 32;
    if (bytes.length < HEADER + length) return false;
    return createHash(hash).update(bytes.subarray(0, -length)).digest().equals(bytes.subarray(-length));
  });
}

interface ReadEntry {
  readonly entry: PackEntry;
  /** Where the entry of its base begins. */
  readonly base: number | undefined;
  readonly next: number;
}

function readEntry(bytes: Buffer, start: number, idLength: number): ReadEntry {
  let at = start;
  let byte = bytes.readUInt8(at++);
  const type = (byte >> 4) & 7;
  let size = byte & 15;
  for (let unit = 16; byte >= 128; unit *= 128) {
    byte = bytes.readUInt8(at++);
    size += (byte & 127) * unit;
  }
  if (size > OBJECT_MAX) throw new Skipped('archive-limit');
  let base: number | undefined;
  let baseId: string | undefined;
  if (type === OFS_DELTA) {
    byte = bytes.readUInt8(at++);
    let back = byte & 127;
    while (byte >= 128) {
      byte = bytes.readUInt8(at++);
      back = (back + 1) * 128 + (byte & 127);
    }
    base = start - back;
  } else if (type === REF_DELTA) {
    baseId = bytes.toString('hex', at, at + idLength);
    at += idLength;
  } else if (TYPES[type] === undefined) throw new Error('an object is of no known type');
  const { used } = inflateExactly(bytes, at, size);
  const entry = { data: at, size, type: TYPES[type], ...(baseId === undefined ? {} : { baseId }), children: [] };
  return { entry, base, next: at + used };
}

/** @throws Error if the stream at a place does not unpack to exactly `size` bytes */
export function inflateExactly(bytes: Buffer, at: number, size: number): { text: Buffer; used: number } {
  const { buffer, engine } = inflateSync(bytes.subarray(at), {
    info: true,
    maxOutputLength: Math.max(1, size),
    chunkSize: Math.max(CHUNK_MIN, Math.min(size + 1, CHUNK_MAX)),
  }) as unknown as { buffer: Buffer; engine: { bytesWritten: number } };
  if (buffer.length !== size) throw new Error('an object does not have the size that it announces');
  return { text: buffer, used: engine.bytesWritten };
}
