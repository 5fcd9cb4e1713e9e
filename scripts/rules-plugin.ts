/**
 * The bundler plugin (rolldown and vite speak the same plugin language) that turns `rules/*.toml` into the module
 * `virtual:builtin-rules`, so that a release parses no TOML at start-up and a broken rule breaks the build.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Rule } from '../src/model/rule.ts';
import { loadBuiltinRuleFile } from '../src/rules/load.ts';

const MODULE = 'virtual:builtin-rules';

/** Reads and checks every built-in rule file. */
export function readBuiltinRules(root: string): Rule[] {
  const folder = join(root, 'rules');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.toml'))
    .toSorted()
    .flatMap((name) => loadBuiltinRuleFile(readFileSync(join(folder, name), 'utf8'), `rules/${name}`));
}

export function rulesPlugin(root: string) {
  return {
    name: 'glaive-rules',
    resolveId: (id: string): string | undefined => (id === MODULE ? `\0${MODULE}` : undefined),
    load(id: string): string | undefined {
      if (id !== `\0${MODULE}`) return undefined;
      // JSON.parse of a string starts faster than the same object as a literal.
      return `export default JSON.parse(${JSON.stringify(JSON.stringify(readBuiltinRules(root)))});`;
    },
  };
}
