/** The fastest kernel that there is for these literals on this machine. */

import type { KernelFactory } from './kernel.ts';
import { createSimdKernel } from './simd-kernel.ts';
import { createTsKernel } from './ts-kernel.ts';

export const createKernel: KernelFactory = (literals, capacity) =>
  createSimdKernel(literals, capacity) ?? createTsKernel(literals, capacity);
