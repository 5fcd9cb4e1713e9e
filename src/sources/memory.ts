/** Bytes that are in memory already, as an input: names of files, a token to explain, an example to prove. */

import type { Artifact, Input } from '../model/artifact.ts';

/** @param artifact what the bytes are; findings carry it */
export function memoryInput(bytes: Uint8Array, artifact: Artifact = { kind: 'stdin', uri: 'stdin' }): Input {
  return {
    artifact,
    open() {
      let at = 0;
      return {
        read(target) {
          const piece = bytes.subarray(at, at + target.length);
          target.set(piece);
          at += piece.length;
          return piece.length;
        },
        close() {},
      };
    },
  };
}
