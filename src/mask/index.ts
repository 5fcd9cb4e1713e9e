/** Masking as commands use it: bytes in, bytes out that may be shown. */

import type { Ruleset } from '../model/ruleset.ts';
import { MaskStream } from './mask-stream.ts';

export { VALUE_MIN } from './exact-values.ts';

export interface Mask {
  /** Takes a piece, and gives what may be shown by now. */
  push(piece: Uint8Array): Uint8Array;
  /** Nothing has come for a while. */
  release(): Uint8Array;
  end(): Uint8Array;
  /** Whether something is held that may be given after a while. */
  readonly isHolding: boolean;
  readonly leaks: number;
}

/** @param values must not be shown either */
export async function createMask(ruleset: Ruleset, values: readonly string[]): Promise<Mask> {
  const { createKernel } = await import('../match/create-kernel.ts');
  const stream = new MaskStream({ ruleset, createKernel, values });
  return {
    push(piece) {
      stream.push(piece);
      return stream.take();
    },
    release() {
      stream.release();
      return stream.take();
    },
    end() {
      stream.end();
      return stream.take();
    },
    get isHolding() {
      return stream.isHolding;
    },
    get leaks() {
      return stream.leaks;
    },
  };
}
