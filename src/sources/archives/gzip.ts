/** Files compressed by gzip: one thing each, often a tar file. */

import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Input } from '../../model/artifact.ts';
import { streamReader } from '../stream-reader.ts';
import type { Budget } from './budget.ts';
import { bytesOf } from './bytes-of.ts';
import { asTrouble, entryArtifact } from './entry.ts';

export async function* gunzip(input: Input, budget: Budget): AsyncGenerator<Input> {
  const { createGunzip } = await import('node:zlib');
  const [last = ''] = input.artifact.uri.split('/').slice(-1);
  const name = /\.t(?:ar\.)?gz$/i.test(last) ? last.replace(/\.t(?:ar\.)?gz$/i, '.tar') : last.replace(/\.gz$/i, '');
  const artifact = entryArtifact(input.artifact, name);
  yield {
    artifact,
    open() {
      let packed = 0;
      const counted = async function* (): AsyncGenerator<Uint8Array> {
        for await (const piece of bytesOf(input)) {
          packed += piece.length;
          yield piece;
        }
      };
      const stream = createGunzip();
      // What goes wrong in the source is thrown by the stream.
      pipeline(Readable.from(counted()), stream).catch(() => {});
      const measured = async function* (): AsyncGenerator<Uint8Array> {
        let unpacked = 0;
        for await (const piece of stream as AsyncIterable<Uint8Array>) {
          unpacked += piece.length;
          budget.spend(piece.length, unpacked, packed);
          yield piece;
        }
      };
      return streamReader(measured(), (error) => asTrouble(error, artifact.uri));
    },
  };
}
