/** The places of `test/data/places-*.txt`, filled with tokens. */

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export interface Place {
  readonly name: string;
  /** With `¤` where the token is. */
  readonly template: string;
}

export interface FilledPlace {
  readonly text: string;
  /** The bytes of the token; undefined: it is encoded there. */
  readonly span: { readonly start: number; readonly length: number } | undefined;
}

const DATA = join(import.meta.dirname, '..', 'data');
const MARK = '¤';

export function readPlaces(): Place[] {
  return readdirSync(DATA)
    .filter((name) => /^places-.*\.txt$/.test(name))
    .toSorted()
    .flatMap((name) =>
      readFileSync(join(DATA, name), 'utf8')
        .split(/^=== /m)
        .slice(1)
        .map((block): Place => {
          const [title = '', ...lines] = block.split('\n');
          return { name: title, template: lines.join('\n').trimEnd() };
        }),
    );
}

/** The kind of token that a place needs. */
export function kindIn({ template }: Place): 'devise:20' | 'devise:50' | 'u128' {
  return template.includes(`${MARK}50`) ? 'devise:50' : template.includes(`${MARK}u128`) ? 'u128' : 'devise:20';
}

export function fill({ template }: Place, token: string): FilledPlace {
  const text = template
    .replaceAll('{nul}', '\0')
    .replaceAll('{text:x}', 'x')
    .replace(/\{base64:([^{}]*)\}/g, (_, plain: string) => Buffer.from(plain.replace(MARK, token)).toString('base64'))
    .replace(new RegExp(`${MARK}(?:50|u128)`), MARK);
  const start = text.indexOf(MARK);
  const filled = text.replace(MARK, () => token);
  return {
    text: `${filled}\n`,
    span: start < 0 ? undefined : { start: Buffer.byteLength(text.slice(0, start)), length: token.length },
  };
}
