/**
 * Masks a whole text through a stream of its own. The tables of a kernel and of the rules cost milliseconds, and tests make
 * thousands of streams, so kernels that belong to a finished stream are used again.
 */

import { createKernel } from '../../src/detect/search/create-kernel.ts';
import type { Kernel, KernelFactory } from '../../src/detect/search/kernel.ts';
import { createTsKernel } from '../../src/detect/search/ts-kernel.ts';
import { MaskStream } from '../../src/mask/mask-stream.ts';
import { StreamRules } from '../../src/mask/stream-rules.ts';
import { builtinRuleset } from '../../src/rules/builtin.ts';

export interface MaskTextOptions {
  /** Lengths of the pieces; the rest of the text is the last piece. */
  readonly pieces?: Iterable<number>;
  /** Whether a pause follows the piece. */
  readonly pause?: () => boolean;
  /** Also masked. */
  readonly values?: readonly string[];
  /** Without SIMD: the plain kernel, and bytes are walked one by one. */
  readonly isPlain?: boolean;
}

export interface MaskedText {
  readonly text: Buffer;
  readonly leaks: number;
}

const rules = new StreamRules(builtinRuleset());
/** For streams that are read by steps; `release` when they have ended. */
export const fastest = createKernelPool(createKernel);
const plain = createKernelPool(createTsKernel);

export function maskText(text: Uint8Array, options: MaskTextOptions = {}): MaskedText {
  const { pieces = [], pause = () => false, values = [], isPlain = false } = options;
  const pool = isPlain ? plain : fastest;
  const shown: Uint8Array[] = [];
  const stream = new MaskStream({ rules, createKernel: pool.create, values, isSlow: isPlain });
  let at = 0;
  for (const length of pieces) {
    if (at >= text.length) break;
    shown.push(Buffer.from(stream.push(text.subarray(at, at + length))));
    if (pause()) shown.push(Buffer.from(stream.release()));
    at += length;
  }
  shown.push(Buffer.from(stream.push(text.subarray(at))), stream.end());
  pool.release();
  return { text: Buffer.concat(shown), leaks: stream.leaks };
}

interface KernelPool {
  readonly create: KernelFactory;
  /** Makes every kernel available again: the streams that used them have ended. */
  readonly release: () => void;
}

/** All calls must be for the same literals. */
function createKernelPool(create: KernelFactory): KernelPool {
  const free = new Map<number, Kernel[]>();
  const used: { readonly capacity: number; readonly kernel: Kernel }[] = [];
  return {
    create(literals, capacity) {
      const kernel = free.get(capacity)?.pop() ?? create(literals, capacity);
      used.push({ capacity, kernel });
      return kernel;
    },
    release() {
      for (const { capacity, kernel } of used.splice(0)) free.set(capacity, [...(free.get(capacity) ?? []), kernel]);
    },
  };
}
