/** Archives that libarchive reads: 7z, rar, cab, lha, cpio, ar (also deb), ISO 9660. They must fit into memory. */

import type { Input } from '../../model/artifact.ts';
import { Skipped } from '../../model/gap.ts';
import { type Budget, metered } from './budget.ts';
import { bytesOf } from './bytes-of.ts';
import { entryArtifact } from './entry.ts';
import { heldInput } from './held.ts';
import { LibarchiveReader } from './libarchive.ts';

/** An empty archive of 7z: a header that refers to nothing. */
const EMPTY_7Z = 32;
const CPIO_END = 'TRAILER!!!';

export async function* unpackOther(input: Input, budget: Budget, kind: string): AsyncGenerator<Input> {
  const reader = await LibarchiveReader.open(bytesOf(input), kind, budget);
  try {
    const { length } = reader.bytes;
    let count = 0;
    for (let entry = reader.next(); entry !== undefined; entry = reader.next()) {
      budget.entry();
      count++;
      if (!entry.isFile) continue;
      const artifact = entryArtifact(input.artifact, entry.name ?? `entry ${count}`);
      if (entry.isEncrypted)
        yield {
          artifact,
          open() {
            throw new Skipped('archive-encrypted');
          },
        };
      else yield await heldInput(artifact, metered(contentOf(reader), budget, length));
    }
    if (!isWhole(reader.bytes, kind, count)) throw new Error('unexpected end of file');
  } finally {
    reader.close();
  }
}

async function* contentOf(reader: LibarchiveReader): AsyncGenerator<Uint8Array> {
  for (let piece = reader.read(); piece !== undefined; piece = reader.read()) yield piece;
}

/** libarchive says nothing of an archive whose table or end is cut off. */
function isWhole(bytes: Buffer, kind: string, count: number): boolean {
  if (kind === 'ar') return true;
  return kind === 'cpio' ? bytes.includes(CPIO_END) : count > 0 || bytes.length <= EMPTY_7Z;
}
