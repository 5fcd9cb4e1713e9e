/** Reads YAML, and says where an entry of its top-level map is, so that text can be added there without changing the rest. */

import { isMap, isNode, isScalar, isSeq, parseAllDocuments } from 'yaml';

export interface YamlEntry {
  /** `other`: text, an alias, a map in braces, or nothing. */
  readonly form: 'list' | 'bracketed list' | 'map' | 'other';
  /** Where its value begins and ends in the text; the end of a block includes its last line feed. */
  readonly start: number;
  readonly end: number;
}

export type YamlDocument =
  | {
      readonly ok: true;
      /** What the last document of the text holds; undefined without a document. */
      readonly value: unknown;
      /** An entry of its top-level map. */
      entry(key: string): YamlEntry | undefined;
    }
  | { readonly ok: false; readonly line: number | undefined; readonly message: string };

/** Tags of other programs, such as GitLab's `!reference`, are ignored. */
export function readYaml(text: string): YamlDocument {
  const documents = parseAllDocuments(text, { uniqueKeys: false, logLevel: 'silent' });
  for (const { errors } of Array.isArray(documents) ? documents : []) {
    const [first] = errors;
    if (first !== undefined)
      return {
        ok: false,
        line: first.linePos?.[0].line,
        message: first.message.split('\n', 1)[0]!.replace(/ at line .*$/, ''),
      };
  }
  const last = Array.isArray(documents) ? documents.at(-1) : undefined;
  try {
    return { ok: true, value: last?.toJS(), entry: (key) => entryOf(last?.contents, key) };
  } catch {
    return { ok: false, line: undefined, message: 'too many aliases' };
  }
}

function entryOf(contents: unknown, key: string): YamlEntry | undefined {
  if (!isMap(contents)) return undefined;
  const value = contents.items.find((item) => isScalar(item.key) && item.key.value === key)?.value;
  if (!isNode(value) || !value.range) return undefined;
  const [start, end] = value.range;
  if (isSeq(value)) return { form: value.flow === true ? 'bracketed list' : 'list', start, end };
  return { form: isMap(value) && value.flow !== true ? 'map' : 'other', start, end };
}
