/** Masks secrets in messages before they are shown: what a user typed or a tool said may hold one. */

import { createRedactor } from './match/redact.ts';
import { createTsKernel } from './match/ts-kernel.ts';
import { builtinRuleset } from './ruleset/builtin.ts';

/** A function that gives text with every secret of the built-in rules masked. */
export function createSafeText(): (text: string) => string {
  return createRedactor(builtinRuleset(), createTsKernel).redact;
}
