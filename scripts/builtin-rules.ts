/** Reads `rules/*.toml`, for the scripts and the tests. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Rule } from '../src/model/rule.ts';
import { loadBuiltinRuleFile } from '../src/rules/load.ts';

/** Rules name a credential type by its file. */
export function credentialTypeNames(root: string): string[] {
  return readdirSync(join(root, 'src', 'credentials', 'types'))
    .map((file) => file.replace(/\.ts$/, ''))
    .toSorted();
}

/** Reads and checks every built-in rule file. */
export function readBuiltinRules(root: string): Rule[] {
  const folder = join(root, 'rules');
  const credentialTypes = credentialTypeNames(root);
  return readdirSync(folder)
    .filter((name) => name.endsWith('.toml'))
    .toSorted()
    .flatMap((name) =>
      loadBuiltinRuleFile(readFileSync(join(folder, name), 'utf8'), { fileName: `rules/${name}`, credentialTypes }),
    );
}
