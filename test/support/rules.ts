/** The built-in rules, read from their files. */

import { join } from 'node:path';
import { readBuiltinRules } from '../../scripts/builtin-rules.ts';
import type { Rule } from '../../src/model/rule.ts';

export const builtinRules: readonly Rule[] = readBuiltinRules(join(import.meta.dirname, '..', '..'));
