/** Entries of zip files whose method the package for zip files does not know. */

import type { Artifact, Input } from '../../model/artifact.ts';
import { type Budget, metered } from './budget.ts';
import { WHOLE_MAX } from './bytes-of.ts';
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

/** @param read the packed bytes, if there are not more of them */
export async function unpackMember(
  artifact: Artifact,
  entry: Member,
  budget: Budget,
  read: (most: number) => Uint8Array,
): Promise<Input> {
  const content = async function* (): AsyncGenerator<Uint8Array> {
    const packed = read(WHOLE_MAX);
    yield* entry.compressionMethod === ZSTD ? unzstd(only(packed), { packed: 0 }) : memberOf(entry, packed);
  };
  return await heldInput(artifact, metered(content(), budget, entry.compressedSize));
}

async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** libarchive reads a zip file of this one entry. */
async function* memberOf(entry: Member, packed: Uint8Array): AsyncGenerator<Uint8Array> {
  const reader = new LibarchiveReader(Buffer.concat([localHeader(entry), packed]), 'zip');
  reader.next();
  for (let piece = reader.read(); piece !== undefined; piece = reader.read()) yield piece;
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
