/** Masks secrets in messages before they are shown: what a user typed or a tool said may hold one. */

import { createRedactor } from './match/redact.ts';
import { createTsKernel } from './match/ts-kernel.ts';
import type { Ruleset } from './model/ruleset.ts';
import { builtinRuleset } from './ruleset/builtin.ts';

/** A function that gives text with every secret masked. @param ruleset default: the built-in rules */
export function createSafeText(ruleset: Ruleset = builtinRuleset()): (text: string) => string {
  return createRedactor(ruleset, createTsKernel).redact;
}
