/**
 * Text in which some characters, or all, are written as escapes: `%2D`, `\u002d`, `\x2d`, `&#45;`, `=2D`. Which ones
 * depends on who wrote it, so a literal is searched by each of its characters that is no letter or digit, escaped; and by
 * its beginning, all escaped.
 */

import { byteTable } from '../alphabet.ts';
import type { Encoding, Known, Piece, Text } from './encoding.ts';

/** One way to write a character as an escape. */
interface Escape {
  /** How a byte may be written. */
  write(byte: number): readonly string[];
  /** An escape of at most `LONGEST` characters, sticky: group 1 has hex digits, group 2 decimal ones. */
  readonly pattern: RegExp;
  /** One at the end of a text. */
  readonly ending: RegExp;
  /** What every escape begins with. */
  readonly lead: string;
  /** What may stand after it. */
  readonly second: string;
  /** Lines that end with it go on. */
  readonly softBreak?: boolean;
}

const LONGEST = 10;
/** Bytes that are made text at once. */
const AHEAD = 128;
/** The phase of a raw literal: it may be the beginning of a word that goes on with an escape. */
const RAW = 2;
/** The phase of an escape with a plain character before it. */
const AFTER_PLAIN = 1;
const LF = 0x0a;
const CR = 0x0d;
const EQUALS = 0x3d;
const HEX = '0123456789ABCDEFabcdef';
/** What an escape may end with. */
const IS_LAST = byteTable(`${HEX}};`);
/** Plain characters that a run goes on over: all that can be seen but quotes and brackets. */
const PLAIN = byteTable(Array.from({ length: 94 }, (_, index) => String.fromCharCode(0x21 + index)).join(''));
for (const end of '"\'`<>|^{}') PLAIN[end.charCodeAt(0)] = 0;

export const percent: Encoding = escaped('percent', {
  write: (byte) => bothCases(byte).map((hex) => `%${hex}`),
  pattern: /%([0-9A-Fa-f]{2})/y,
  ending: /%([0-9A-Fa-f]{2})$/,
  lead: '%',
  second: HEX,
});

export const unicodeEscape: Encoding = escaped('unicode-escape', {
  write: (byte) => bothCases(byte).flatMap((hex) => [`\\u00${hex}`, `\\x${hex}`, `\\u{${hex}}`]),
  pattern: /\\(?:u00|x|u\{(?:00)?)([0-9A-Fa-f]{2})\}?/y,
  ending: /\\(?:u00|x|u\{(?:00)?)([0-9A-Fa-f]{2})\}?$/,
  lead: '\\',
  second: 'ux',
});

export const characterReference: Encoding = escaped('html', {
  write: (byte) => [`&#${byte};`, ...bothCases(byte).map((hex) => `&#x${hex};`)],
  pattern: /&#(?:[xX]0{0,2}([0-9A-Fa-f]{2})|0{0,2}(\d{2,3}));/y,
  ending: /&#(?:[xX]0{0,2}([0-9A-Fa-f]{2})|0{0,2}(\d{2,3}));$/,
  lead: '&',
  second: '#',
});

export const quotedPrintable: Encoding = escaped('quoted-printable', {
  write: (byte) => [`=${bothCases(byte).at(-1)!}`],
  pattern: /=([0-9A-F]{2})/y,
  ending: /=([0-9A-F]{2})$/,
  lead: '=',
  second: HEX,
  softBreak: true,
});

function bothCases(byte: number): string[] {
  const hex = byte.toString(16).padStart(2, '0');
  return [...new Set([hex, hex.toUpperCase()])];
}

function escaped(name: string, escape: Escape): Encoding {
  const isLead = byteTable(escape.lead);
  const isSecond = byteTable(escape.second);
  /** Whether an escape may end before `end`; most text is told apart without a pattern. */
  const endsEscape = (bytes: Uint8Array, end: number): boolean => {
    if (IS_LAST[bytes[end - 1]!] === 0) return false;
    for (let at = end - 3; at >= Math.max(0, end - LONGEST); at--)
      if (isLead[bytes[at]!] === 1 && isSecond[bytes[at + 1]!] === 1) return true;
    return false;
  };

  const pieces = (literal: string): Piece[] => {
    // Whatever else is escaped, one of each kind of what is no letter or digit is; and when all is, the first one.
    const telling = [...literal].flatMap((character, index) => {
      const isTelling = index === 0 || (!/[A-Za-z0-9]/.test(character) && literal.indexOf(character) === index);
      if (!isTelling) return [];
      return escape.write(character.charCodeAt(0)).map((written): Piece => {
        const before = literal[index - 1];
        // One plain character makes a short piece rarer. It may be the end of an escape itself.
        return written.length > 3 || before === undefined
          ? { text: written, phase: 0 }
          : { text: before + written, phase: AFTER_PLAIN };
      });
    });
    return [...telling, { text: literal, phase: RAW }];
  };

  /** Whether the word at `position` goes on with an escape. */
  const isEscapedAfter = (text: Text, position: number): boolean => {
    const end = text.wordEnd(position);
    return end < text.filled && isLead[text.bytes[end]!] === 1;
  };

  return {
    name,
    expansion: 4, // all escaped it is up to 6 times as long: more than a credential is not looked at
    pieces,
    anchor: (text, position, phase) =>
      phase === RAW && !isEscapedAfter(text, position) ? undefined : position + (phase === AFTER_PLAIN ? 1 : 0),
    ...(escape.softBreak === true ? { reachesFar: true as const } : {}),
    ...(escape.softBreak === true ? { across: (text, at, known) => softBreakAt(text, at, known, endsEscape) } : {}),
    decode({ bytes, filled, latin1 }, anchor, run) {
      let seen = '';
      let seenFrom = 0;
      const escapeAt = (at: number): RegExpExecArray | null => {
        if (at < seenFrom || at + LONGEST > seenFrom + seen.length) {
          seen = latin1(at, Math.min(filled, at + AHEAD));
          seenFrom = at;
        }
        escape.pattern.lastIndex = at - seenFrom;
        return escape.pattern.exec(seen);
      };
      const skipBreak = (at: number): number => {
        if (escape.softBreak !== true || bytes[at] !== EQUALS) return at;
        if (bytes[at + 1] === LF) return at + 2;
        return bytes[at + 1] === CR && bytes[at + 2] === LF ? at + 3 : at;
      };
      const skipBreakBack = (end: number): number => {
        if (escape.softBreak !== true || bytes[end - 1] !== LF) return end;
        if (bytes[end - 2] === EQUALS) return end - 2;
        return bytes[end - 2] === CR && bytes[end - 3] === 0x3d ? end - 3 : end;
      };

      for (let at = skipBreak(anchor); at < filled; at = skipBreak(at)) {
        const byte = bytes[at]!;
        const match = isLead[byte] === 1 && isSecond[bytes[at + 1]!] === 1 ? escapeAt(at) : null;
        const end = at + (match?.[0].length ?? 1);
        if (match === null && PLAIN[byte] === 0) break;
        if (!run.append(match === null ? byte : valueOf(match), at, end)) break;
        at = end;
      }
      for (let end = skipBreakBack(anchor); end > 0; end = skipBreakBack(end)) {
        const match = endsEscape(bytes, end) ? escape.ending.exec(latin1(Math.max(0, end - LONGEST), end)) : null;
        const start = end - (match?.[0].length ?? 1);
        if (match === null && PLAIN[bytes[start]!] === 0) break;
        if (!run.prepend(match === null ? bytes[start]! : valueOf(match), start, end)) break;
        end = start;
      }
    },
  };
}

/** A soft break that may cut a literal: what stands around it stands side by side in one, or is an escape itself. */
function softBreakAt(
  { bytes, filled }: Text,
  position: number,
  { isPair }: Known,
  endsEscape: (bytes: Uint8Array, end: number) => boolean,
): number[] {
  const equals = position - (bytes[position - 1] === CR ? 2 : 1);
  const isCut =
    equals > 0 &&
    position + 1 < filled &&
    bytes[equals] === EQUALS &&
    (isPair(bytes[equals - 1]!, bytes[position + 1]!) || bytes[position + 1] === EQUALS || endsEscape(bytes, equals));
  return isCut ? [position + 1] : [];
}

function valueOf(match: RegExpExecArray): number {
  return (match[1] === undefined ? Number(match[2]) : Number.parseInt(match[1], 16)) & 0xff;
}
