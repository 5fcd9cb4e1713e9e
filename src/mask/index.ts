/** Masking as commands use it: bytes in, bytes out that are safe to show. */

import type { Ruleset } from '../model/ruleset.ts';
import { MaskStream } from './mask-stream.ts';

export { VALUE_MIN } from './exact-values.ts';

export type Mask = Pick<MaskStream, 'push' | 'release' | 'end' | 'isHolding' | 'leaks'>;

/** @param values that must be masked besides credentials */
export async function createMask(ruleset: Ruleset, values: readonly string[]): Promise<Mask> {
  const { createKernel } = await import('../detect/search/create-kernel.ts');
  return new MaskStream({ ruleset, createKernel, values });
}
