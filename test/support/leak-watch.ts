/**
 * Watches over planted secrets: says where a piece of one turns up. Eight bytes of the part that a generator made are
 * a leak; the public prefix is not, and neither are decimal ids, which reports give on purpose.
 */

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { KINDS, Random } from './mint.ts';

export interface Planted {
  readonly kind: string;
  readonly token: string;
  /** A text with the token in it, such as a file holds. */
  readonly text: string;
  /** Whether the token alone shows what it is; some are recognised only by their context. */
  readonly marked: boolean;
}

const WINDOW = 8;
/** An instance prefix, and the prefix of a kind of token. */
/** Also the header of a JWT, which says how it is signed. */
const PUBLIC =
  /^(?:(?:[A-Za-z0-9_]{1,20}-)?(?:gl[a-z]{1,7}-(?:t[123]_)?|glet_|whsec_|GR1348941)|t[123]_|cell-?\d-)?(?:ey[A-Za-z0-9_-]+\.)?/;

/** One token of every kind; of those that can have an instance prefix, one with such a prefix too. */
export function plantAll(seed: number): Planted[] {
  const random = new Random(seed);
  return Object.entries(KINDS).flatMap(([kind, { make, instancePrefix, carriers }]) =>
    (instancePrefix ? ['', 'acme-'] : ['']).map((instance) => {
      const token = make(random, instance);
      const [before, after] = carriers === undefined ? ['token: "', '"\n'] : random.pick(carriers);
      return { kind: instance + kind, token, text: before + token + after, marked: carriers === undefined };
    }),
  );
}

/** A function that gives the kinds of which a text contains a piece. */
export function watch(planted: readonly Planted[]): (text: string) => string[] {
  const pieces = new Map<string, string>();
  for (const { kind, token } of planted) {
    const start = PUBLIC.exec(token)?.[0].length ?? 0;
    for (let at = start; at + WINDOW <= token.length; at++) {
      const piece = token.slice(at, at + WINDOW);
      if (!/^\d+$/.test(piece)) pieces.set(piece, kind);
    }
  }
  const heads = new Uint8Array(HASHES);
  for (const piece of pieces.keys())
    heads[Array.from(piece.slice(0, HEAD), (character) => character.charCodeAt(0)).reduce(hashed, 0)] = 1;
  return (text) => {
    const kinds = new Set<string>();
    let hash = 0;
    for (let end = 1; end <= text.length; end++) {
      hash = hashed(hash, text.charCodeAt(end - 1));
      const kind = heads[hash] === 1 ? pieces.get(text.slice(end - HEAD, end - HEAD + WINDOW)) : undefined;
      if (kind !== undefined) kinds.add(kind);
    }
    return [...kinds];
  };
}

/** A hash of the last four characters: texts of many megabytes are watched, and most places begin no piece. */
const HEAD = 4;
const HASHES = 2 ** 20;
const hashed = (hash: number, code: number): number => ((hash << 5) ^ code) & (HASHES - 1);

/** Every file below a folder, as one text: names and contents. */
export function contentOf(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => {
      const file = join(folder, path);
      return `${path}\n${statSync(file).isFile() ? readFileSync(file, 'latin1') : ''}\n`;
    })
    .join('');
}
