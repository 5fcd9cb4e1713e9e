/** Files compressed by gzip, and zlib streams: one thing each, often a tar file. */

import { Readable, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Input } from '../../model/artifact.ts';
import { streamReader } from '../stream-reader.ts';
import type { Budget } from './budget.ts';
import { bytesOf } from './bytes-of.ts';
import { asTrouble, entryArtifact } from './entry.ts';

export async function* gunzip(input: Input, budget: Budget): AsyncGenerator<Input> {
  const { createGunzip } = await import('node:zlib');
  yield unpacked(input, budget, createGunzip);
}

/** Bytes that tell whether it is one: text that begins like it does not go on like it. */
const HEAD = 4096;

/** A zlib stream, as git keeps its objects; nothing where it only begins like one. */
export async function* inflate(input: Input, budget: Budget): AsyncGenerator<Input> {
  const { constants, createInflate, inflateSync } = await import('node:zlib');
  const [head, isAll] = await headOf(input);
  try {
    if (inflateSync(head, isAll ? {} : { finishFlush: constants.Z_SYNC_FLUSH }).length === 0) return;
  } catch {
    return;
  }
  yield unpacked(input, budget, createInflate);
}

async function headOf(input: Input): Promise<readonly [head: Buffer, isAll: boolean]> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of bytesOf(input)) {
    pieces.push(piece);
    length += piece.length;
    if (length >= HEAD) return [Buffer.concat(pieces).subarray(0, HEAD), false];
  }
  return [Buffer.concat(pieces), true];
}

function unpacked(input: Input, budget: Budget, create: () => Transform): Input {
  const [last = ''] = input.artifact.uri.split('/').slice(-1);
  const name = /\.t(?:ar\.)?gz$/i.test(last)
    ? last.replace(/\.t(?:ar\.)?gz$/i, '.tar')
    : last.replace(/\.(?:gz|zlib|zz)$/i, '');
  const artifact = entryArtifact(input.artifact, name);
  return {
    artifact,
    open() {
      let packed = 0;
      const counted = async function* (): AsyncGenerator<Uint8Array> {
        for await (const piece of bytesOf(input)) {
          packed += piece.length;
          yield piece;
        }
      };
      const stream = create();
      // What goes wrong in the source is thrown by the stream.
      pipeline(Readable.from(counted()), stream).catch(() => {});
      const measured = async function* (): AsyncGenerator<Uint8Array> {
        let length = 0;
        for await (const piece of stream as AsyncIterable<Uint8Array>) {
          length += piece.length;
          budget.spend(piece.length, length, packed);
          yield piece;
        }
      };
      return streamReader(measured(), (error) => asTrouble(error, artifact.uri));
    },
  };
}
