/** The kernels that there are, each through the whole contract. */

import { describe } from 'vitest';
import { createSimdKernel } from '../../src/detect/search/simd-kernel.ts';
import { createTsKernel } from '../../src/detect/search/ts-kernel.ts';
import { describeKernel } from './kernel.ts';

describe('typescript kernel', () => describeKernel(createTsKernel, 1500));
describe('simd kernel', () => describeKernel((...call) => createSimdKernel(...call)!, 1500));
