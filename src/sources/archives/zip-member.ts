/** Entries of zip files whose method the package for zip files does not know. */

import type { Artifact, Input } from '../../model/artifact.ts';
import { type Budget, metered } from './budget.ts';
import { heldInput } from './held.ts';
import { LibarchiveReader } from './libarchive.ts';
import { unzstd } from './zstd.ts';

/** What the table of the zip file says about it. */
export interface Member {
  readonly compressionMethod: number;
  readonly compressedSize: number;
  readonly uncompressedSize: number;
  readonly crc32: number;
}

const ZSTD = 93;
/** Any name will do: one entry is unpacked at a time. */
const NAME = 'x';
/** The version that is needed for every method. */
const VERSION = 63;

/** @param packed the packed bytes, piece by piece */
export async function unpackMember(
  artifact: Artifact,
  entry: Member,
  budget: Budget,
  packed: Iterable<Uint8Array>,
): Promise<Input> {
  const content =
    entry.compressionMethod === ZSTD ? unzstd(asAsync(packed), { packed: 0 }, budget) : memberOf(entry, packed, budget);
  return await heldInput(artifact, metered(content, budget, entry.compressedSize));
}

async function* asAsync(pieces: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* pieces;
}

/** libarchive reads a zip file of this one entry. */
async function* memberOf(entry: Member, packed: Iterable<Uint8Array>, budget: Budget): AsyncGenerator<Uint8Array> {
  const zip = function* (): Generator<Uint8Array> {
    yield localHeader(entry);
    yield* packed;
  };
  const reader = await LibarchiveReader.open(zip(), 'zip', budget);
  try {
    reader.next();
    for (let piece = reader.read(); piece !== undefined; piece = reader.read()) yield piece;
  } finally {
    reader.close();
  }
}

/** APPNOTE 4.3.7. */
function localHeader({ compressionMethod, compressedSize, uncompressedSize, crc32 }: Member): Buffer {
  const name = Buffer.from(NAME);
  const header = Buffer.alloc(30);
  header.write('PK\u0003\u0004', 'latin1');
  header.writeUInt16LE(VERSION, 4);
  header.writeUInt16LE(compressionMethod, 8);
  header.writeUInt32LE(crc32, 14);
  header.writeUInt32LE(compressedSize, 18);
  header.writeUInt32LE(uncompressedSize % 2 ** 32, 22);
  header.writeUInt16LE(name.length, 26);
  return Buffer.concat([header, name]);
}
