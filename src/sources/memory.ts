/** An input whose bytes are in memory: a name of a file, a token to explain, an example of a rule. */

import type { Artifact, Input } from '../model/artifact.ts';

/** @param artifact the origin of the bytes, for their findings */
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
