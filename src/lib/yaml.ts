/** YAML of other programs' settings. */

import { parse } from 'yaml';

/** The value of a YAML text; undefined for what is none. Aliases are few: a file of settings has no use for more. */
export function parseYaml(text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 100, logLevel: 'silent' }) as unknown;
  } catch {
    return undefined;
  }
}
