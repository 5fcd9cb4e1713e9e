/** Files compressed by gzip, and zlib streams. Each contains one thing, often a tar file. */

import { beginningOf } from '../../lib/archive-kind.ts';
import type { Input } from '../../model/artifact.ts';
import { streamReader } from '../stream-reader.ts';
import type { Budget } from './budget.ts';
import { bytesOf } from './bytes-of.ts';
import { asReadError, entryArtifact } from './entry.ts';
import type { Progress } from './streams.ts';

export async function* gunzip(input: Input, budget: Budget): AsyncGenerator<Input> {
  const { gunzipAll } = await import('./streams.ts');
  yield* unpacked(input, budget, gunzipAll);
}

/** How many bytes show whether it is a zlib stream: text that starts like one does not continue like one. */
const HEAD = 4096;
/** How many bytes show the kind of its content. */
const BEGINNING = 256 * 1024;

/** A zlib stream, the form of git's objects; nothing if it only starts like one. */
export async function* inflate(input: Input, budget: Budget): AsyncGenerator<Input> {
  const { constants, inflateSync } = await import('node:zlib');
  const [head, isAll] = await headOf(input);
  try {
    if (inflateSync(head, isAll ? {} : { finishFlush: constants.Z_SYNC_FLUSH }).length === 0) return;
  } catch {
    return;
  }
  const { inflateOne } = await import('./streams.ts');
  yield* unpacked(input, budget, inflateOne);
}

async function headOf(input: Input, start = 0, most = HEAD): Promise<readonly [head: Buffer, isAll: boolean]> {
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

async function* unpacked(
  input: Input,
  budget: Budget,
  read: (pieces: AsyncIterable<Uint8Array>, progress: Progress) => AsyncIterable<Uint8Array>,
): AsyncGenerator<Input> {
  const [last = ''] = input.artifact.uri.split('/').slice(-1);
  const name = /\.t(?:ar\.)?gz$/i.test(last)
    ? last.replace(/\.t(?:ar\.)?gz$/i, '.tar')
    : last.replace(/\.(?:gz|zlib|zz)$/i, '');
  const artifact = entryArtifact(input.artifact, name);
  let rest: number | undefined;
  yield {
    artifact,
    open() {
      const measured = async function* (): AsyncGenerator<Uint8Array> {
        const progress: Progress = { packed: 0 };
        let length = 0;
        for await (const piece of read(bytesOf(input), progress)) {
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
