/** What the codes of a font mean, and how wide they are (ISO 32000-1, 9.6 to 9.10). */

import type { PdfDocument } from './document.ts';
import { type Dict, isList, isOperator, nameOf, numberOf, Parser, type Value } from './objects.ts';

export interface Glyph {
  readonly text: string;
  /** In thousandths of the size of the font; undefined if the font does not say. */
  readonly width: number | undefined;
}

export interface Font {
  /** Bytes of a code. */
  readonly unit: 1 | 2;
  glyph(code: number): Glyph;
}

/** Names of characters that are not their own name. */
const NAMES: Readonly<Record<string, string>> = {
  zero: '0',
  one: '1',
  two: '2',
  three: '3',
  four: '4',
  five: '5',
  six: '6',
  seven: '7',
  eight: '8',
  nine: '9',
  hyphen: '-',
  minus: '-',
  sfthyphen: '-',
  underscore: '_',
  period: '.',
  comma: ',',
  colon: ':',
  semicolon: ';',
  space: ' ',
  slash: '/',
  equal: '=',
  plus: '+',
  at: '@',
  quotedbl: '"',
  quotesingle: "'",
  quoteright: "'",
  parenleft: '(',
  parenright: ')',
  bracketleft: '[',
  bracketright: ']',
  braceleft: '{',
  braceright: '}',
  dollar: '$',
  numbersign: '#',
  ampersand: '&',
  asterisk: '*',
  percent: '%',
  question: '?',
  exclam: '!',
  less: '<',
  greater: '>',
  bar: '|',
  backslash: '\\',
  asciitilde: '~',
};
const COURIER_WIDTH = 600;
/** A font that names more characters is made to fill the memory. */
const CODES_MAX = 0x10000;

export function fontOf(font: Dict, pdf: PdfDocument): Font {
  const isComposite = font.get('Subtype') === 'Type0';
  const toUnicode = toUnicodeOf(font, pdf);
  const widths = isComposite ? compositeWidths(font, pdf) : simpleWidths(font, pdf);
  const differences = isComposite ? new Map<number, string>() : differencesOf(font, pdf);
  const unit = isComposite ? 2 : 1;
  return {
    unit,
    glyph: (code) => ({
      text: toUnicode.get(code) ?? differences.get(code) ?? String.fromCharCode(code),
      width: widths(code),
    }),
  };
}

/** The codes and their characters, from a program of PostScript with few commands. */
function toUnicodeOf(font: Dict, pdf: PdfDocument): ReadonlyMap<number, string> {
  const object = pdf.objectOf(font.get('ToUnicode'));
  const content = object && pdf.contentOf(object);
  const codes = new Map<number, string>();
  if (content === undefined) return codes;
  const parser = new Parser(content, 0, false);
  let values: Value[] = [];
  while (!parser.isAtEnd && codes.size < CODES_MAX) {
    const value = parser.value();
    if (!isOperator(value)) {
      values.push(value);
      continue;
    }
    if (value.operator === 'endbfchar')
      for (let at = 0; at + 1 < values.length; at += 2) setCode(codes, values[at], values[at + 1], 0);
    if (value.operator === 'endbfrange')
      for (let at = 0; at + 2 < values.length; at += 3) setRange(codes, values.slice(at, at + 3));
    values = [];
  }
  return codes;
}

function setRange(codes: Map<number, string>, [first, last, target]: readonly Value[]): void {
  if (!Buffer.isBuffer(first) || !Buffer.isBuffer(last)) return;
  const [from, to] = [codeOf(first), codeOf(last)];
  for (let code = from; code <= to && code - from < CODES_MAX && codes.size < CODES_MAX; code++) {
    if (isList(target)) setCode(codes, code, target[code - from], 0);
    else setCode(codes, code, target, code - from);
  }
}

function setCode(codes: Map<number, string>, code: Value, target: Value, plus: number): void {
  if (!Buffer.isBuffer(target) || target.length === 0) return;
  const from = Buffer.isBuffer(code) ? codeOf(code) : code;
  if (typeof from !== 'number') return;
  const units =
    target.length === 1 ? Buffer.from([0, target[0]!]) : Buffer.from(target.subarray(0, target.length & ~1));
  const last = units.length - 2;
  units.writeUInt16BE((units.readUInt16BE(last) + plus) & 0xffff, last);
  codes.set(from, utf16(units));
}

const codeOf = (bytes: Buffer): number => bytes.readUIntBE(0, Math.min(bytes.length, 4) || 0);

/** Text in UTF-16, high byte first. */
export function utf16(bytes: Buffer): string {
  return Buffer.from(bytes.subarray(0, bytes.length & ~1))
    .swap16()
    .toString('utf16le');
}

/** Codes that a simple font maps to names of characters. */
function differencesOf(font: Dict, pdf: PdfDocument): ReadonlyMap<number, string> {
  const differences = pdf.resolve(pdf.dictOf(font.get('Encoding'))?.get('Differences'));
  const names = new Map<number, string>();
  let code = 0;
  for (const value of isList(differences) ? differences : []) {
    if (typeof value === 'number') code = value;
    else if (typeof value === 'string') {
      const text = characterOf(value);
      if (text !== undefined) names.set(code, text);
      code++;
    }
  }
  return names;
}

function characterOf(name: string): string | undefined {
  if (name.length === 1) return name;
  const [, digits] = /^u(?:ni)?([0-9A-Fa-f]{4,6})$/.exec(name) ?? [];
  const point = digits === undefined ? undefined : Number.parseInt(digits, 16);
  return point !== undefined && point < 0x11_0000 ? String.fromCodePoint(point) : NAMES[name];
}

function simpleWidths(font: Dict, pdf: PdfDocument): (code: number) => number | undefined {
  const widths = pdf.resolve(font.get('Widths'));
  const first = numberOf(pdf.resolve(font.get('FirstChar'))) ?? 0;
  if (isList(widths)) return (code) => numberOf(pdf.resolve(widths[code - first]));
  const isCourier = nameOf(pdf.resolve(font.get('BaseFont'))).includes('Courier');
  return () => (isCourier ? COURIER_WIDTH : undefined);
}

function compositeWidths(font: Dict, pdf: PdfDocument): (code: number) => number | undefined {
  const descendants = pdf.resolve(font.get('DescendantFonts'));
  const descendant = isList(descendants) ? pdf.dictOf(descendants[0]) : undefined;
  const usual = numberOf(descendant?.get('DW')) ?? 1000;
  const listed = pdf.resolve(descendant?.get('W'));
  const widths = new Map<number, number>();
  const list = isList(listed) ? listed : [];
  for (let at = 0; at + 1 < list.length;) {
    const from = numberOf(list[at]) ?? 0;
    const next = pdf.resolve(list[at + 1]);
    if (isList(next)) {
      next.forEach((width, index) => typeof width === 'number' && widths.set(from + index, width));
      at += 2;
    } else {
      const width = numberOf(list[at + 2]) ?? usual;
      for (let code = from; code <= (numberOf(next) ?? -1) && widths.size < CODES_MAX; code++) widths.set(code, width);
      at += 3;
    }
  }
  return (code) => widths.get(code) ?? usual;
}
