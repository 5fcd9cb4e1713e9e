/**
 * Reads settings from YAML that a program wrote for itself: nested mappings of one-line values. Anything else (lists, anchors,
 * multi-line values) is skipped, so such a setting is missing, and never wrong.
 */

const LINE = /^( *)("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s"'#&*!|>%@`{[?-].*?)\s*:(?:\s+(.*))?$/;

/** The settings below a path. Undefined if the path does not exist or is a value. */
export function settingsBelow(text: string, ...path: readonly string[]): ReadonlyMap<string, string> | undefined {
  let found: Map<string, string> | undefined;
  /** The keys that the current line is below, with their indentation. */
  let parents: { readonly indent: number; readonly key: string }[] = [];
  for (const line of text.split(/\r?\n/)) {
    const [, space, key, value = ''] = LINE.exec(line) ?? [];
    if (space === undefined || key === undefined) continue;
    const indent = space.length;
    parents = [...parents.filter((parent) => parent.indent < indent), { indent, key: scalar(key) ?? key }];
    const keys = parents.map((parent) => parent.key);
    if (keys.slice(0, path.length).join('\0') !== path.join('\0')) continue;
    if (keys.length === path.length && scalar(value) === '') found = new Map();
    const setting = scalar(value);
    if (keys.length === path.length + 1 && setting !== undefined) found?.set(keys.at(-1)!, setting);
  }
  return found;
}

/** The text of a one-line value without its tag, quotes and comment; undefined for any other kind of value. */
function scalar(written: string): string | undefined {
  const value = written.replace(/^!\S*\s+/, '');
  const [, double, single] = /^(?:("(?:[^"\\]|\\.)*")|'((?:[^']|'')*)')\s*(?:#.*)?$/.exec(value) ?? [];
  if (single !== undefined) return single.replaceAll("''", "'");
  if (double !== undefined) {
    try {
      return JSON.parse(double) as string; // it is a string
    } catch {
      return undefined;
    }
  }
  if (/^["'&*|>{[%@`]/.test(value)) return undefined;
  return value.replace(/(?:^|\s+)#.*$/, '').trimEnd();
}
