/** Explains an invalid value to the author of a file. The messages of schema libraries are for programmers. */

import { suggest } from './suggest.ts';

/** The used fields of a schema library's issue. */
export interface Issue {
  readonly type: string;
  readonly expected: string | null;
  readonly received: string;
  readonly message: string;
}

/** @param known all keys of the schema, for suggestions */
export function problemText({ type, expected, received, message }: Issue, known: readonly string[]): string {
  if (type !== 'strict_object' && type !== 'object')
    return message
      .replace(/^Invalid \w+: Expected (.*) but received (.*)$/s, 'must be $1, not $2')
      .replace(/^must be Array,/, 'must be a list,');
  if (expected === 'never') {
    const key = received.replace(/^"|"$/g, '');
    const near = suggest(key, known);
    return `unknown key${near === undefined ? '' : `; did you mean ${near}?`}`;
  }
  if (received === 'undefined') return 'is missing';
  return `must be a table, not ${received}`;
}
