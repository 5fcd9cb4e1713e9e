/** The fastest kernel for these needles on this machine. */

import type { KernelFactory } from './kernel.ts';
import { createSimdKernel } from './simd-kernel.ts';
import { createTsKernel } from './ts-kernel.ts';

export const createKernel: KernelFactory = (needles, capacity) =>
  createSimdKernel(needles, capacity) ?? createTsKernel(needles, capacity);
