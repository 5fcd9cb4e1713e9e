/** The content of a compressed stream, as an input that can be opened again. */

import { beginningOf } from '../../lib/archive-kind.ts';
import type { Input } from '../../model/artifact.ts';
import { streamReader } from '../stream-reader.ts';
import type { Budget } from './budget.ts';
import { bytesOf } from './bytes-of.ts';
import { asReadError, entryArtifact } from './entry.ts';
import type { Decoder } from './decoders.ts';
import type { Progress } from './streams.ts';

/** How many bytes show the kind of its content. */
const BEGINNING = 256 * 1024;
/** Endings of names that the content does not have. */
const TAR = /\.(?:tar\.(?:gz|bz2|xz|zst|lz4|lzma|lz|Z|br)|t(?:gz|bz2?|xz|zst|lz|lzma|az|Z))$/i;
const COMPRESSED = /\.(?:gz|zlib|zz|bz2|xz|zst|lz4|lzma|lz|Z|br|uue?)$/i;

/** The one entry of a compressed stream, and what follows the stream. */
export async function* streamEntry(input: Input, budget: Budget, read: Decoder): AsyncGenerator<Input> {
  const [last = ''] = input.artifact.uri.split('/').slice(-1);
  const name = last.replace(TAR, '.tar').replace(COMPRESSED, '');
  const artifact = entryArtifact(input.artifact, name);
  let rest: number | undefined;
  yield {
    artifact,
    open() {
      const measured = async function* (): AsyncGenerator<Uint8Array> {
        const progress: Progress = { packed: 0 };
        let length = 0;
        for await (const piece of read(bytesOf(input), progress, budget)) {
          length += piece.length;
          budget.spend(piece.length, length, progress.packed);
          yield piece;
        }
        ({ rest } = progress);
      };
      return streamReader(measured(), (error) => asReadError(error, artifact.uri));
    },
  };
  if (rest === undefined) return;
  // Its bytes were searched with those of the file; only an archive in it must still be opened.
  const start = rest;
  const [head] = await headOf(input, start, BEGINNING);
  const { kind, behind } = beginningOf(head, head.length);
  if (kind === undefined && behind === undefined) return;
  budget.entry();
  const behindIt = entryArtifact(input.artifact, `${name} (what follows it)`);
  yield {
    artifact: behindIt,
    open: () => streamReader(bytesFrom(input, start), (error) => asReadError(error, behindIt.uri)),
  };
}

/** The first bytes from `start` on, and whether there are no others. */
export async function headOf(
  input: Input,
  start: number,
  most: number,
): Promise<readonly [head: Buffer, isAll: boolean]> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of bytesFrom(input, start)) {
    pieces.push(piece);
    length += piece.length;
    if (length >= most) return [Buffer.concat(pieces).subarray(0, most), false];
  }
  return [Buffer.concat(pieces), true];
}

async function* bytesFrom(input: Input, start: number): AsyncGenerator<Uint8Array> {
  let before = start;
  for await (const piece of bytesOf(input)) {
    if (before < piece.length) yield piece.subarray(before);
    before = Math.max(0, before - piece.length);
  }
}
