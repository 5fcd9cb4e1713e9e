/**
 * The needles of keywords whose characters are written one by one: as numbers in an array, as characters in quotes. What is
 * between them differs from language to language. So a needle is two of them with a usual separator, or the second one with a
 * mark of its radix or with what follows a number: then anything may be between. Only GitLab's own prefixes have such needles,
 * because there are many for each.
 */

import type { EncodedNeedle } from './encoding.ts';
import { isOwnPrefix } from './own-prefix.ts';
import { GUARDS } from '../search/guards.ts';

export type CodeKind = 'hex' | 'decimal' | 'octal' | 'binary' | 'characters';

const SHORTEST = 4;
const IS_NUMBER = /^[0-9A-Fa-f]+$/;

/** Those of a dump. A line may end within a keyword, so each has needles at two places. */
export function dumpNeedles(keyword: string): EncodedNeedle[] {
  if (!isOwnPrefix(keyword)) return [];
  const [first, second, third, fourth] = keyword as unknown as readonly [string, string, string, string];
  return toNeedles([
    ...inBothCases([first, second, third], (x, y, z) => dumped(x, y, z)),
    ...inBothCases([second, third, fourth], (x, y, z) => dumped(x, y, z)),
  ]);
}

/** Pairs of digits, each alone or in groups. */
const dumped = (x: string, y: string, z: string): Parts[] => [
  ...pairs(x, y, [' ', '  ', '\t', ' 00 ']),
  [x, `${y} ${z[0]}`],
  [`${x} `, y + z[0]],
];

/** Needles that have the second of two characters at `phase`. */
export function codeNeedles(keyword: string, kind: CodeKind): EncodedNeedle[] {
  if (!isOwnPrefix(keyword)) return [];
  const [first, second, third] = keyword as unknown as readonly [string, string, string];
  return toNeedles(NEEDLES[kind](first, second, third));
}

function toNeedles(all: readonly Parts[]): EncodedNeedle[] {
  return [...new Map(all.map((parts) => [parts.join('\0'), parts])).values()]
    .map(([before, rest]) => ({
      text: before + rest,
      phase: before.length,
      // Digits alone are frequent within longer numbers, and this one ends with them.
      guard: IS_NUMBER.test(before + rest) ? GUARDS.endsBehind : GUARDS.none,
    }))
    .filter(({ text }) => text.length >= SHORTEST);
}

function inBothCases(
  characters: readonly string[],
  partsOf: (x: string, y: string, z: string) => readonly Parts[],
): Parts[] {
  const hex = characters.map((character) => code(character, 16, 2));
  return [hex, hex.map((digits) => digits.toUpperCase())].flatMap((own) => [
    ...partsOf(...(own as [string, string, string])),
  ]);
}

/** What precedes the second of two codes, and that with what follows it. */
type Parts = readonly [before: string, rest: string];

const code = (character: string, radix: number, width: number): string =>
  character.charCodeAt(0).toString(radix).padStart(width, '0');

/** Two codes with separators between them. */
const pairs = (first: string, second: string, separators: readonly string[]): Parts[] =>
  separators.map((separator) => [first + separator, second]);

/** What is before one code and after it, with a star for the code. */
const alone = (second: string, around: readonly string[]): Parts[] =>
  around.map((text) => {
    const [before, after] = text.split('*') as [string, string];
    return [before, second + after];
  });

const HEX_BETWEEN = [', ', ',', ':', '-', ';', '_', '|', '.', '/', ',00,'];
/** `0x6` alone is frequent in tables of numbers. */
const HEX_AROUND = [
  ...[',', ' ', ')', ';', 'u', 'U', '"', "'", '|', '+', '\n', '\r'].map((after) => `x*${after}`),
  '0X*',
  '16#*',
  '&H*',
  '&h*',
  '$*,',
  '*h,',
  '*H,',
  '00*',
  '"*",',
  "'*',",
];
const DECIMAL_BETWEEN = [', ', ',', ' ', ';', '; ', '-', ':', '|', '.', '/', '_', '#', '&', '\t', '\n', '\r\n'];
const LONG_DECIMALS = ['*,', '*)', '*;', '*+', ' * ', '\n*\n', '"*"', "'*'", '*|'];
const SHORT_DECIMALS = [' *,', '(*)', ']*+', ']*,', ')*,', ' *)', '"*"', "'*'"];
const OCTAL_BETWEEN = [', 0', ',0', ' ', ', 0o', ',0o', ',', ', ', ' 0'];
const OCTAL_AROUND = ['0o*', '0*,', '0*)', '0*;'];
const BINARY_BETWEEN = [' ', ', ', ',', ', 0b', ',0b'];
const AFTER_CHARACTERS = [',', ' ', '+', '.', ')', '&', '|', '\n', '\r'];

const NEEDLES: Readonly<Record<CodeKind, (first: string, second: string, third: string) => Parts[]>> = {
  hex(...characters) {
    return inBothCases(characters, (x, y) => [...pairs(x, y, HEX_BETWEEN), ...alone(y, HEX_AROUND)]);
  },
  decimal(first, second) {
    const [x, y] = [code(first, 10, 1), code(second, 10, 1)];
    return [...pairs(x, y, DECIMAL_BETWEEN), ...alone(y, y.length > 2 ? LONG_DECIMALS : SHORT_DECIMALS)];
  },
  octal(first, second) {
    const [x, y] = [code(first, 8, 3), code(second, 8, 3)];
    return [...pairs(x, y, OCTAL_BETWEEN), ...alone(y, OCTAL_AROUND)];
  },
  binary(first, second) {
    const [x, y] = [code(first, 2, 8), code(second, 2, 8)];
    return [...pairs(x, y, BINARY_BETWEEN), ...alone(y, ['0b*'])];
  },
  characters(_, second) {
    return ["'", '"', '`'].flatMap((quote) => [
      ...alone(
        second,
        AFTER_CHARACTERS.map((after) => `${quote}*${quote}${after}`),
      ),
      [`\\${quote}`, `${second}\\${quote}`],
      [quote, `\\x${code(second, 16, 2)}`],
      [quote, `\\u00${code(second, 16, 2)}`],
      [quote, `\\${code(second, 8, 3)}`],
    ]);
  },
};
