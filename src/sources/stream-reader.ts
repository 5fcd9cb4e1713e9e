/** Reads a stream of pieces of any size into the given memory. */

import type { ByteReader } from '../model/artifact.ts';

/** @param translate turns an error of the stream into a `ReadError` */
export function streamReader(stream: AsyncIterable<Uint8Array>, translate: (error: Error) => Error): ByteReader {
  const pieces = stream[Symbol.asyncIterator]();
  let rest: Uint8Array = new Uint8Array(0);
  return {
    async read(target) {
      while (rest.length === 0) {
        const next = await pieces.next().catch((error: Error) => {
          throw translate(error);
        });
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
