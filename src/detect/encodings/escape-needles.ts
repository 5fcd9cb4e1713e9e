/**
 * The needles of escaped keywords. Any of a keyword's characters may be escaped, and `%2D` alone is too short to be rare:
 * it would be found in every address. So a needle is an escape and a neighbour. Consider the first escaped character of a
 * keyword: the character before it is not escaped. Only if it is the keyword's first one, the neighbour is the character
 * after it, or the beginning of another escape. Escapes of four and more bytes need no neighbour.
 */

import { isPunctuation } from './backslash-escapes.ts';
import type { EscapeDialect } from './escape-forms.ts';
import { INVISIBLE } from './invisible.ts';
import { isOwnPrefix } from './own-prefix.ts';

/** A keyword that is longer is recognized by this many characters, if they are not escaped. */
const HEAD = 8;
/** The first characters of escapes, which are escaped themselves when a text is escaped twice, and what may follow them then. */
const TWICE: Readonly<Record<string, string>> = { '%': '234567u', '\\': 'uUx0123456oN-_.+', '&': '#a', '=': '234567' };

export interface EscapeNeedle {
  readonly text: string;
  /** Where the escape begins in it; undefined without one: there are escapes elsewhere in the word. */
  readonly escapeAt: number | undefined;
}

/** Every text in which at least one character of the keyword is escaped contains one of these, or the keyword itself. */
export function escapeNeedles(keyword: string, dialect: EscapeDialect): EscapeNeedle[] {
  const leads = dialect === 'quoted-printable' ? ['%', '='] : ['%'];
  const head = keyword.slice(0, HEAD);
  const needles = [...head].flatMap((character, index) => [
    ...afterPlain(head, index, leads),
    ...(isPunctuation(character) ? afterBackslash(keyword, index, leads) : []),
    ...shortNumbers(head, index),
    ...(isOwnPrefix(keyword) ? beforeInvisible(head, index) : []),
  ]);
  const alone = [...new Set([...head, ...Object.keys(TWICE)]).values()].flatMap(escapesAlone);
  const twice = Object.entries(TWICE).flatMap(([character, followers]) =>
    shortEscapes(character, leads).flatMap((escape) => [...followers, ...leads].map((next) => escape + next)),
  );
  return [
    ...needles,
    ...[...new Set([...alone, ...BEGINNINGS, ...twice])].map((text) => ({ text, escapeAt: 0 })),
    ...[...new Set([keyword, head])].map((text) => ({ text, escapeAt: undefined })),
  ];
}

/** `%2D` and `=2D` with the character before it, or the first one with what follows it. */
function afterPlain(keyword: string, index: number, leads: readonly string[]): EscapeNeedle[] {
  const escapes = shortEscapes(keyword[index]!, leads);
  return index > 0
    ? escapes.map((escape) => ({ text: keyword[index - 1]! + escape, escapeAt: 1 }))
    : escapes.flatMap((escape) => [keyword[1]!, ...leads].map((next) => ({ text: escape + next, escapeAt: 0 })));
}

/** `\-` with the two characters before it, or the one before it and what follows. */
function afterBackslash(keyword: string, index: number, leads: readonly string[]): EscapeNeedle[] {
  const escape = `\\${keyword[index]}`;
  if (index > 1) return [{ text: keyword.slice(index - 2, index) + escape, escapeAt: 2 }];
  if (index === 0) return []; // the rest is plain, or has another needle
  return [keyword[2]!, '\\', '&', ...leads].map((next) => ({ text: keyword[0]! + escape + next, escapeAt: 1 }));
}

/** `\55`, and `\2d` of CSS and LDAP, with a neighbour. */
function shortNumbers(keyword: string, index: number): EscapeNeedle[] {
  const character = keyword[index]!;
  const octal = character.charCodeAt(0).toString(8);
  const escapes = [
    ...(octal.length === 2 ? [`\\${octal}`] : []),
    ...(isPunctuation(character) ? hexOf(character).map((hex) => `\\${hex}`) : []),
  ];
  return escapes.flatMap((escape) =>
    index > 0
      ? [{ text: keyword[index - 1]! + escape, escapeAt: 1 }]
      : [keyword[1]!, '\\', '%', '&'].map((next) => ({ text: escape + next, escapeAt: 0 })),
  );
}

/** A character with an invisible one behind it. */
function beforeInvisible(keyword: string, index: number): EscapeNeedle[] {
  const next = keyword[index + 1];
  if (next === undefined) return [];
  return INVISIBLE.map((invisible) => ({
    text: (keyword[index]! + invisible + next).slice(0, 4),
    escapeAt: 1,
  }));
}

function shortEscapes(character: string, leads: readonly string[]): string[] {
  return leads.flatMap((lead) => hexOf(character).map((hex) => lead + hex));
}

/** Escapes of one character that have four bytes, or begin with four that hardly another has. */
function escapesAlone(character: string): string[] {
  const code = character.charCodeAt(0);
  return [
    ...hexOf(character).map((hex) => `\\x${hex}`),
    `\\${code.toString(8).padStart(3, '0')}`,
    `\\0${code.toString(8).padStart(3, '0').slice(0, 2)}`,
    `&#${String(code).slice(0, 2)}`,
  ];
}

/** Beginnings of the escapes of any ASCII character. */
const BEGINNINGS: readonly string[] = [
  '\\u00',
  '\\U00',
  '%u00',
  '\\o{0',
  '\\o{1',
  '\\o{4',
  '\\o{5',
  '\\o{6',
  '\\N{U',
  '&amp;#',
  ';amp;#',
  // Four zeros alone would be in every dump.
  ...[...'234567'].map((digit) => `\\0000${digit}`),
  ...['\\u{', '\\x{', '&#x', '&#X'].flatMap((lead) => [...'0234567'].map((digit) => lead + digit)),
  ...[...'013456789'].map((digit) => `&#0${digit}`),
];

function hexOf(character: string): string[] {
  const hex = character.charCodeAt(0).toString(16).padStart(2, '0');
  return [...new Set([hex, hex.toUpperCase()])];
}
