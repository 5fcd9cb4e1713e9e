/**
 * The text of a page, as it is read: a program draws words in pieces, each at its own place (ISO 32000-1, 9.4). Pieces that touch are joined; a
 * gap becomes a space, and another line a line feed.
 */

import { type Font, utf16 } from './fonts.ts';
import { isDict, isList, isOperator, numberOf, Parser, type Value } from './objects.ts';

/** a b c d e f of a transformation. */
type Matrix = readonly [number, number, number, number, number, number];
const SAME: Matrix = [1, 0, 0, 1, 0, 0];

/** Gaps in sizes of the font. */
const SPACE_FROM = 0.18;
/** A piece that goes back farther is on a line of its own. */
const BACK_FROM = -0.6;
const LINE_FROM = 0.4;
/** The width of a glyph if the font does not say it, and how much a piece of several may deviate from it. */
const GUESSED_WIDTH = 550;
const GUESS_ERROR = 0.5;
/** Values before an operator; more are made to fill the memory. */
const OPERANDS_MAX = 10_000;
const STATES_MAX = 100;

/** @param fontNamed the font of a name in the resources of the page */
export function pageText(content: Buffer, fontNamed: (name: string) => Font | undefined): string {
  const page = new PageText(fontNamed);
  const parser = new Parser(content, 0, false);
  let values: Value[] = [];
  while (!parser.isAtEnd) {
    const value = parser.value();
    if (!isOperator(value)) {
      if (values.length < OPERANDS_MAX) values.push(value);
      continue;
    }
    if (value.operator === 'ID') skipPicture(parser);
    else page.run(value.operator, values);
    values = [];
  }
  return page.text;
}

/** A picture within the content ends with EI between blanks. */
function skipPicture(parser: Parser): void {
  for (let at = parser.bytes.indexOf('EI', parser.at); at >= 0; at = parser.bytes.indexOf('EI', at + 1)) {
    if (!/^[\0\t\n\f\r ]EI[\0\t\n\f\r Q]/.test(`${parser.bytes.toString('latin1', at - 1, at + 3)} `)) continue;
    parser.at = at + 2;
    return;
  }
  parser.at = parser.bytes.length;
}

class PageText {
  readonly #fontNamed: (name: string) => Font | undefined;
  readonly #parts: string[] = [];
  readonly #states: Matrix[] = [];
  #page: Matrix = SAME;
  #line: Matrix = SAME;
  /** How far the line is written, before the size and the matrices apply. */
  #advance = 0;
  #font: Font | undefined;
  #size = 1;
  #leading = 0;
  #between = 0;
  #betweenWords = 0;
  #scale = 1;
  /** Where the last piece ended; undefined before the first. */
  #end: { readonly x: number; readonly y: number; readonly isGuessed: boolean } | undefined;

  constructor(fontNamed: (name: string) => Font | undefined) {
    this.#fontNamed = fontNamed;
  }

  get text(): string {
    return this.#parts.join('');
  }

  run(operator: string, values: readonly Value[]): void {
    const number = (index: number): number => numberOf(values.at(index)) ?? 0;
    switch (operator) {
      case 'q':
        if (this.#states.length < STATES_MAX) this.#states.push(this.#page);
        break;
      case 'Q':
        this.#page = this.#states.pop() ?? this.#page;
        break;
      case 'cm':
        this.#page = product(matrixOf(values), this.#page);
        break;
      case 'BT':
        this.#begin(SAME);
        break;
      case 'Tf':
        this.#font = typeof values[0] === 'string' ? this.#fontNamed(values[0]) : undefined;
        this.#size = number(-1);
        break;
      case 'TL':
        this.#leading = number(-1);
        break;
      case 'Tc':
        this.#between = number(-1);
        break;
      case 'Tw':
        this.#betweenWords = number(-1);
        break;
      case 'Tz':
        this.#scale = number(-1) / 100;
        break;
      case 'Tm':
        this.#begin(matrixOf(values));
        break;
      case 'Td':
        this.#move(number(-2), number(-1));
        break;
      case 'TD':
        this.#leading = -number(-1);
        this.#move(number(-2), number(-1));
        break;
      case 'T*':
        this.#move(0, -this.#leading);
        break;
      case 'Tj':
      case 'TJ':
        this.#show(values.at(-1));
        break;
      case "'":
      case '"':
        this.#move(0, -this.#leading);
        this.#show(values.at(-1));
        break;
      default:
        this.#note(values, 0);
    }
  }

  #begin(line: Matrix): void {
    this.#line = line;
    this.#advance = 0;
  }

  #move(x: number, y: number): void {
    this.#begin(product([1, 0, 0, 1, x, y], this.#line));
  }

  #show(value: Value): void {
    for (const piece of isList(value) ? value : [value]) {
      if (typeof piece === 'number') this.#advance -= (piece / 1000) * this.#size * this.#scale;
      else if (Buffer.isBuffer(piece) && piece.length > 0) this.#write(piece);
    }
  }

  #write(bytes: Buffer): void {
    const unit = this.#font?.unit ?? 1;
    let [text, isGuessed] = ['', false];
    this.#separate();
    for (let at = 0; at + unit <= bytes.length; at += unit) {
      const code = bytes.readUIntBE(at, unit);
      const glyph = this.#font?.glyph(code);
      text += glyph?.text ?? String.fromCharCode(code);
      if (glyph?.width === undefined) isGuessed = true;
      const width = ((glyph?.width ?? GUESSED_WIDTH) / 1000) * this.#size;
      this.#advance += (width + this.#between + (code === 0x20 ? this.#betweenWords : 0)) * this.#scale;
    }
    this.#parts.push(text);
    this.#end = { ...this.#pen, isGuessed };
  }

  get #pen(): { readonly x: number; readonly y: number } {
    const [, , , , x, y] = product([1, 0, 0, 1, this.#advance, 0], product(this.#line, this.#page));
    return { x, y };
  }

  /** What is between the last piece and the next. */
  #separate(): void {
    if (this.#end === undefined) return;
    const [a, b] = product(this.#line, this.#page);
    const scale = Math.hypot(a, b) || 1;
    const size = Math.abs(this.#size * scale) || 1;
    const { x, y } = this.#pen;
    const [dx, dy] = [x - this.#end.x, y - this.#end.y];
    const along = (dx * a + dy * b) / scale / size;
    const across = Math.abs(dy * a - dx * b) / scale / size;
    const error = this.#end.isGuessed ? GUESS_ERROR : 0;
    if (across > LINE_FROM || along < BACK_FROM - 4 * error) this.#parts.push('\n');
    else if (along > SPACE_FROM + error) this.#parts.push(' ');
  }

  /** Strings that are not drawn: what is read aloud instead of a picture. */
  #note(values: readonly Value[], depth: number): void {
    if (depth > 4) return;
    for (const value of values) {
      if (Buffer.isBuffer(value)) {
        if (value.length > 3) this.#parts.push('\n', stringText(value), '\n');
      } else if (isDict(value)) this.#note([...value.values()], depth + 1);
      else if (isList(value)) this.#note(value, depth + 1);
    }
  }
}

/** The text of a string outside of content: UTF-16 or UTF-8 with a mark, else a byte a character. */
export function stringText(bytes: Buffer): string {
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return utf16(bytes.subarray(2));
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.toString('utf16le', 2);
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return bytes.toString('utf8', 3);
  return bytes.toString('latin1');
}

function matrixOf(values: readonly Value[]): Matrix {
  const [a = 1, b = 0, c = 0, d = 1, e = 0, f = 0] = values.slice(-6).map((value) => numberOf(value) ?? 0);
  return [a, b, c, d, e, f];
}

function product([a, b, c, d, e, f]: Matrix, [g, h, i, j, k, l]: Matrix): Matrix {
  return [a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + l];
}
