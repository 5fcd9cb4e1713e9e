/** The kernels that there are, each through the whole contract; then both against each other. */

import { describe, it } from 'vitest';
import { createSimdKernel } from '../../src/detect/search/simd-kernel.ts';
import { createTsKernel } from '../../src/detect/search/ts-kernel.ts';
import { fuzzKernels } from '../support/kernel-fuzz.ts';
import { describeKernel } from './kernel.ts';

describe('typescript kernel', () => describeKernel(createTsKernel, 1500));
describe('simd kernel', () => describeKernel((...call) => createSimdKernel(...call)!, 1500));
it('both kernels find what the naive search finds; the long run tries ten million texts', () => {
  fuzzKernels(40_000, 20261129);
});
