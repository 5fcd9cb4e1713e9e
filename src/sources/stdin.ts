/** Standard input: read once, and kept while it is small, so that an archive can be opened. */

import { untilAborted } from '../lib/abortable.ts';
import type { ByteReader, Input } from '../model/artifact.ts';
import { ReadError } from '../model/gap.ts';
import type { Source } from '../model/source.ts';
import { memoryInput } from './memory.ts';
import { streamReader } from './stream-reader.ts';

const URI = 'stdin';
/** The same limit as for an entry of an archive. */
const KEPT_MAX = 32 * 1024 * 1024;

/**
 * @param stream the bytes of standard input; may be read only once, and each piece is valid until the next one
 * @param signal ends the reading: the stream may never end
 */
export function stdinSource(stream: AsyncIterable<Uint8Array>, signal?: AbortSignal): Source {
  return {
    name: 'stdin',
    async *inputs(): AsyncGenerator<Input> {
      const pieces = signal === undefined ? stream : untilAborted(stream, signal);
      yield stdinInput(pieces);
    },
  };
}

function stdinInput(stream: AsyncIterable<Uint8Array>): Input {
  const artifact = { kind: 'stdin', uri: URI } as const;
  let kept: Uint8Array[] | undefined = [];
  let state: 'unread' | 'read' | 'ended' = 'unread';
  const passedOn = async function* (): AsyncGenerator<Uint8Array> {
    let length = 0;
    for await (const piece of stream) {
      length += piece.length;
      if (length > KEPT_MAX) kept = undefined;
      kept?.push(Buffer.from(piece));
      yield piece;
    }
    state = 'ended';
  };
  return {
    artifact,
    get archive(): 'once' | undefined {
      return kept === undefined || state === 'read' ? 'once' : undefined;
    },
    open(): ByteReader {
      if (state === 'ended' && kept !== undefined) return memoryInput(Buffer.concat(kept), artifact).open();
      state = 'read';
      return streamReader(passedOn(), translate);
    },
  };
}

function translate(error: NodeJS.ErrnoException): ReadError {
  const why = error.code === 'EISDIR' ? 'it is a folder' : (error.code ?? error.message);
  return new ReadError(
    {
      kind: 'unreadable',
      uri: URI,
      message: `cannot read it: ${why}`,
      hint: 'Pipe text into it, or name files as PATH.',
    },
    error,
  );
}
