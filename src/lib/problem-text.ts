/** What is wrong with a value in a file, for whoever wrote the file: schema libraries speak to programmers. */

import { suggest } from './suggest.ts';

/** The part of a schema library's issue that is needed here. */
export interface Issue {
  readonly type: string;
  readonly expected: string | null;
  readonly received: string;
  readonly message: string;
}

/** @param known every key that the schema has anywhere, for slips */
export function problemText({ type, expected, received, message }: Issue, known: readonly string[]): string {
  if (type !== 'strict_object' && type !== 'object')
    return message.replace(/^Invalid \w+: Expected (.*) but received (.*)$/s, 'must be $1, not $2');
  if (expected === 'never') {
    const key = received.replace(/^"|"$/g, '');
    const near = suggest(key, known);
    return `unknown key${near === undefined ? '' : `; did you mean ${near}?`}`;
  }
  if (received === 'undefined') return 'is missing';
  return `must be a table, not ${received}`;
}
