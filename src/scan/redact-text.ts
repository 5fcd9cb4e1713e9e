/** Masks secrets in messages before they are shown: the words of a user or another tool may contain one. */

import { createRedactor } from '../detect/redact.ts';
import { createTsKernel } from '../detect/search/ts-kernel.ts';
import type { Ruleset } from '../model/ruleset.ts';
import { builtinRuleset } from '../rules/builtin.ts';

/** Returns a function that masks every secret in a text. @param ruleset default: the built-in rules */
export function createTextRedactor(ruleset: Ruleset = builtinRuleset()): (text: string) => string {
  return createRedactor(ruleset, createTsKernel).redact;
}
