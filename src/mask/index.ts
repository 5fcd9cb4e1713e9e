/** Masking as commands use it: bytes in, bytes out that are safe to show. */

import type { Ruleset } from '../model/ruleset.ts';
import { MaskStream } from './mask-stream.ts';
import { StreamRules } from './stream-rules.ts';

export { VALUE_MIN } from './exact-values.ts';

export type Mask = Pick<MaskStream, 'push' | 'release' | 'end' | 'isHolding' | 'leaks'>;

/** @param values that must be masked besides credentials @returns makes the mask of one stream */
export async function createMasks(ruleset: Ruleset, values: readonly string[]): Promise<() => Mask> {
  const { createKernel } = await import('../detect/search/create-kernel.ts');
  const rules = new StreamRules(ruleset);
  return () => new MaskStream({ rules, createKernel, values });
}
