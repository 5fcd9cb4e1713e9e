/** Standard input, once. */

import { untilAborted } from '../lib/abortable.ts';
import type { ByteReader, Input } from '../model/artifact.ts';
import { Unreadable } from '../model/gap.ts';
import type { Source } from '../model/source.ts';

const URI = 'stdin';

/**
 * @param stream the bytes of standard input; may be read only once
 * @param signal ends the reading: who feeds the stream may never come to an end
 */
export function stdinSource(stream: AsyncIterable<Uint8Array>, signal?: AbortSignal): Source {
  return {
    name: 'stdin',
    async *inputs(): AsyncGenerator<Input> {
      const pieces = signal === undefined ? stream : untilAborted(stream, signal);
      yield { artifact: { kind: 'stdin', uri: URI }, open: () => streamReader(pieces) };
    },
  };
}

/** Reads a stream of pieces of any size into whatever room there is. */
export function streamReader(stream: AsyncIterable<Uint8Array>): ByteReader {
  const pieces = stream[Symbol.asyncIterator]();
  let rest: Uint8Array = new Uint8Array(0);
  return {
    async read(target) {
      while (rest.length === 0) {
        const next = await pieces.next().catch(refuse);
        if (next.done === true) return 0;
        rest = next.value;
      }
      const count = Math.min(rest.length, target.length);
      target.set(rest.subarray(0, count));
      rest = rest.subarray(count);
      return count;
    },
    close() {
      void pieces.return?.();
    },
  };
}

/** @throws Unreadable */
function refuse(error: NodeJS.ErrnoException): never {
  const why = error.code === 'EISDIR' ? 'it is a folder' : (error.code ?? error.message);
  throw new Unreadable(
    {
      kind: 'unreadable',
      uri: URI,
      message: `cannot read it: ${why}`,
      hint: 'Pipe text into it, or name files as PATH.',
    },
    error,
  );
}
