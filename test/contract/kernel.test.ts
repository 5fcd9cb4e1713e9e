/** The kernels that there are, each through the whole contract; then both against each other. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSimdKernel } from '../../src/detect/search/simd-kernel.ts';
import { createTsKernel } from '../../src/detect/search/ts-kernel.ts';
import { fuzzKernels } from '../support/kernel-fuzz.ts';
import { runs } from '../support/runs.ts';
import { builtinNeedles, brokenLines, describeKernel } from './kernel.ts';

const RUNS = runs({ fast: 300, long: 1500 });

describe('typescript kernel', () => describeKernel(createTsKernel, RUNS));
describe('simd kernel', () => describeKernel((...call) => createSimdKernel(...call)!, RUNS));
it('both kernels find what the naive search finds; the long run tries ten million texts', () => {
  fuzzKernels(runs({ fast: 8000, long: 40_000 }), 20261129);
});

it('both kernels leave out the same line breaks', () => {
  const kernels = [createSimdKernel({ texts: builtinNeedles }, 4096)!, createTsKernel({ texts: builtinNeedles }, 4096)];
  fc.assert(
    fc.property(brokenLines(builtinNeedles), fc.nat(40), fc.nat(40), (text, offset, missing) => {
      const bytes = Buffer.from(text, 'latin1');
      const to = offset + Math.max(0, bytes.length - missing);
      const [simd, plain] = kernels.map((kernel) => {
        kernel.bytes.fill(0x2e);
        kernel.bytes.set(bytes, offset);
        return kernel.splittingBreaks(offset, to);
      });
      expect(simd).toEqual(plain);
    }),
    { numRuns: 4000 },
  );
});
