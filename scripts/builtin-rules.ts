/** Reads `rules/*.toml`, for the programs in this folder and for the tests. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Rule } from '../src/model/rule.ts';
import { loadBuiltinRuleFile } from '../src/rules/load.ts';

/** Reads and checks every built-in rule file. */
export function readBuiltinRules(root: string): Rule[] {
  const folder = join(root, 'rules');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.toml'))
    .toSorted()
    .flatMap((name) => loadBuiltinRuleFile(readFileSync(join(folder, name), 'utf8'), `rules/${name}`));
}
