import type { ReleaseStep } from '../step.ts';
import { packageStep } from './package.ts';

/** In this order: a later step may read what an earlier one has made. */
export const STEPS: readonly ReleaseStep[] = [packageStep];
