/** The kernels that there are, each through the whole contract. */

import { describe } from 'vitest';
import { createTsKernel } from '../../src/match/ts-kernel.ts';
import { describeKernel } from './kernel.ts';

describe('typescript kernel', () => describeKernel(createTsKernel, 1500));
