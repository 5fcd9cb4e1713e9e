/** Masks secrets in messages before they are shown: what a user typed or a tool said may hold one. */

import { createRedactor } from '../detect/redact.ts';
import { createTsKernel } from '../detect/search/ts-kernel.ts';
import type { Ruleset } from '../model/ruleset.ts';
import { builtinRuleset } from '../rules/builtin.ts';

/** A function that gives text with every secret masked. @param ruleset default: the built-in rules */
export function createTextRedactor(ruleset: Ruleset = builtinRuleset()): (text: string) => string {
  return createRedactor(ruleset, createTsKernel).redact;
}
