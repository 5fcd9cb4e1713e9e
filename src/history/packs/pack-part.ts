/** What one thread does of a pack: whole families, one after the other, object by object. */

import { TYPES } from './delta-trees.ts';
import type { PackedObject, PackReader, SharedPack } from './pack-reader.ts';
import type { Unpacker } from './unpacker.ts';
import type { Prefilter, PrefilterResult } from './prefilter-types.ts';
import { splitCommit } from '../../sources/commit-parts.ts';

/** What is known of each object of a pack, by its number; threads share it. */
export interface Verdicts {
  /** The type, as packs have it; {@link SUSPECT} more where it may hold something; 0: it was not read. */
  readonly kinds: Uint8Array;
  /** Bytes of what was looked at. */
  readonly bytes: Uint32Array;
  /** One number: the next family that nobody has begun with. */
  readonly next: Int32Array;
}

/** What a thread is given. */
export interface SweepTask {
  readonly pack: SharedPack;
  readonly share: number;
  readonly verdicts: Verdicts;
}

export const SUSPECT = 16;

export function createVerdicts(length: number): Verdicts {
  return {
    kinds: new Uint8Array(new SharedArrayBuffer(length)),
    bytes: new Uint32Array(new SharedArrayBuffer(4 * length)),
    next: new Int32Array(new SharedArrayBuffer(4)),
  };
}

/** Objects that stand side by side; what is made of each other mostly does. */
const BATCH = 64;

/** The numbers that nobody else takes. */
function* taken(length: number, next: Int32Array): Generator<number> {
  for (let from = Atomics.add(next, 0, BATCH); from < length; from = Atomics.add(next, 0, BATCH))
    for (let number = from; number < Math.min(length, from + BATCH); number++) yield number;
}

/** Goes on until no family is left. After each object there is time for others. */
export function sweepPart(pack: PackReader, unpacker: Unpacker, sieve: Prefilter, verdicts: Verdicts): Generator<void> {
  return pack.families<PrefilterResult | undefined>(
    unpacker,
    (object) => judge(object, sieve, verdicts),
    taken(pack.length, verdicts.next),
  );
}

/** Gives what is known of it, for those that are made of it; of commits nothing: they are looked at in parts. */
function judge(
  { number, type, text, base, pieces, gather }: PackedObject<PrefilterResult | undefined>,
  sieve: Prefilter,
  { kinds, bytes }: Verdicts,
): PrefilterResult | undefined {
  const kind = TYPES.indexOf(type);
  if (text.length > sieve.longest) {
    kinds[number] = SUSPECT + kind;
    return undefined;
  }
  if (type === 'commit') {
    const { header, message } = splitCommit(Buffer.from(text.buffer, text.byteOffset, text.length));
    const isClean = [header, message].every((part) => sieve.sift({ bytes: part }).isClean);
    bytes[number] = header.length + message.length;
    kinds[number] = isClean ? kind : SUSPECT + kind;
    return undefined;
  }
  const isPart = base !== undefined && pieces !== undefined && gather !== undefined;
  const sifted = sieve.sift(isPart ? { bytes: text, base, pieces, gather } : { bytes: text });
  bytes[number] = text.length;
  kinds[number] = sifted.isClean ? kind : SUSPECT + kind;
  return sifted;
}
