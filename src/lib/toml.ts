/** Parses and writes TOML, and finds the lines of keys for messages; the only file that uses smol-toml. */

import { parse, stringify, TomlError } from 'smol-toml';

export type ParsedToml =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly line: number; readonly column: number; readonly message: string };

/** Parses TOML 1.0; returns the place of a syntax error, with 1-based line and column. */
export function parseToml(text: string): ParsedToml {
  try {
    return { ok: true, value: parse(text) };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [message = 'invalid TOML'] = error.message.split('\n');
    return { ok: false, line: error.line, column: error.column, message };
  }
}

/** The text of a value that was parsed; comments are lost. */
export function toToml(value: object): string {
  return stringify(value);
}

/**
 * The line (1-based) of a key, or of the nearest table above it; undefined if neither is found.
 *
 * @param key in the notation of validators: `rule.0.form.1.pattern`
 */
export function lineOfKey(text: string, key: string): number | undefined {
  return linesOfKeys(text)(key);
}

/** The same for many keys of one text, which is parsed once. */
export function linesOfKeys(text: string): (key: string) => number | undefined {
  const tables = new Map<string, number>();
  const lines = new Map<string, number>();
  let table: string[] = [];
  text.split('\n').forEach((line, index) => {
    const path = readPath(line, table, tables);
    if (path === undefined) return;
    if (path.isTable) table = path.keys;
    // The line of a list of tables is that of its first table.
    const list = path.isTable && /^\d+$/.test(path.keys.at(-1)!) ? [path.keys.slice(0, -1)] : []; // a header has a name
    for (const keys of [...list, path.keys]) {
      const name = keys.join('\0');
      if (!lines.has(name)) lines.set(name, index + 1);
    }
  });
  return (key) => {
    const wanted = key.split('.');
    for (let length = wanted.length; length > 0; length--) {
      const line = lines.get(wanted.slice(0, length).join('\0'));
      if (line !== undefined) return line;
    }
    return undefined;
  };
}

/** The full path of the key or table that begins on a line, with the indices of arrays of tables. */
function readPath(
  line: string,
  table: readonly string[],
  tables: Map<string, number>,
): { readonly keys: string[]; readonly isTable: boolean } | undefined {
  const [, open, header] = /^\s*(\[\[?)\s*([^\]]+?)\s*\]/.exec(line) ?? [];
  if (open !== undefined && header !== undefined) {
    const names = header.split('.').map(bareKey);
    const keys: string[] = [];
    names.forEach((name, at) => {
      keys.push(name);
      const scope = keys.join('.');
      if (open === '[[' && at === names.length - 1) tables.set(scope, (tables.get(scope) ?? -1) + 1);
      const index = tables.get(scope);
      if (index !== undefined) keys.push(String(index));
    });
    return { keys, isTable: true };
  }
  const [, name] = /^\s*([A-Za-z0-9_-]+|"[^"]*"|'[^']*')\s*=/.exec(line) ?? [];
  return name === undefined ? undefined : { keys: [...table, bareKey(name)], isTable: false };
}

function bareKey(name: string): string {
  return name.trim().replace(/^["']|["']$/g, '');
}
