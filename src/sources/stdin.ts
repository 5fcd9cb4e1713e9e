/** Standard input, once. */

import type { ByteReader, Input } from '../model/artifact.ts';
import type { Source } from '../model/source.ts';

/** @param stream the bytes of standard input; may be read only once */
export function stdinSource(stream: AsyncIterable<Uint8Array>): Source {
  return {
    name: 'stdin',
    async *inputs(): AsyncGenerator<Input> {
      yield { artifact: { kind: 'stdin', uri: 'stdin' }, open: () => streamReader(stream) };
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
        const next = await pieces.next();
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
