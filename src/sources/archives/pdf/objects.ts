/** The syntax of PDF (ISO 32000-1, 7.3): objects as values. */

/** A reference to an object, by its number. */
export interface Ref {
  readonly ref: number;
}
/** In a content stream: what is done with the values before it. */
export interface Operator {
  readonly operator: string;
}
export type Dict = ReadonlyMap<string, Value>;
/** Names are strings; strings are bytes. */
export type Value = number | string | Buffer | Dict | Ref | Operator | undefined | readonly Value[];

const BLANK = classOf('\0\t\n\f\r ');
const DELIMITER = classOf('()<>[]{}/%');
const [LF, CR, LESS, GREATER] = [0x0a, 0x0d, 0x3c, 0x3e];
const ESCAPES: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, b: 8, f: 12 };
/** Deeper nesting is made to exhaust the stack. */
const DEPTH_MAX = 60;

function classOf(characters: string): Uint8Array {
  const members = new Uint8Array(256);
  for (const character of characters) members[character.charCodeAt(0)] = 1;
  return members;
}

export class Parser {
  readonly bytes: Buffer;
  at: number;
  readonly #hasReferences: boolean;
  #depth = 0;

  /** @param hasReferences whether references may occur: a content stream has none */
  constructor(bytes: Buffer, at = 0, hasReferences = true) {
    this.bytes = bytes;
    this.at = at;
    this.#hasReferences = hasReferences;
  }

  get isAtEnd(): boolean {
    this.skipBlanks();
    return this.at >= this.bytes.length;
  }

  /** Blanks and comments. */
  skipBlanks(): void {
    const { bytes } = this;
    for (; this.at < bytes.length; this.at++) {
      const byte = bytes[this.at]!;
      if (byte === 0x25) while (this.at < bytes.length && bytes[this.at] !== LF && bytes[this.at] !== CR) this.at++;
      else if (BLANK[byte] === 0) return;
    }
  }

  /** The next value; any other word is an operator. Anything can be read: what is malformed becomes some value. */
  value(): Value {
    this.skipBlanks();
    const { bytes } = this;
    const start = this.at;
    const byte = bytes[start];
    switch (byte) {
      case undefined:
        return undefined;
      case 0x28:
        return this.#string();
      case 0x2f:
        this.at++;
        return this.#name();
      case 0x5b:
        this.at++;
        return this.#many(0x5d);
      case LESS:
        if (bytes[start + 1] !== LESS) return this.#hexString();
        this.at += 2;
        return this.#dict();
    }
    if (DELIMITER[byte] === 1) {
      this.at += byte === GREATER && bytes[start + 1] === GREATER ? 2 : 1;
      return { operator: String.fromCharCode(byte) };
    }
    return this.#wordValue();
  }

  #wordValue(): Value {
    const word = this.#word();
    const number = Number(word);
    if (!Number.isNaN(number)) return this.#reference(number) ?? number;
    return word === 'null' || word === 'true' || word === 'false' ? undefined : { operator: word };
  }

  #word(): string {
    const start = this.at;
    const { bytes } = this;
    while (this.at < bytes.length && BLANK[bytes[this.at]!] === 0 && DELIMITER[bytes[this.at]!] === 0) this.at++;
    return bytes.toString('latin1', start, this.at);
  }

  /** `12 0 R` after its first number. */
  #reference(ref: number): Ref | undefined {
    const { bytes, at } = this;
    if (!this.#hasReferences || !Number.isInteger(ref) || ref < 0) return undefined;
    const [reference] =
      /^[\0\t\n\f\r ]+\d{1,5}[\0\t\n\f\r ]+R(?![^\0\t\n\f\r ()<>[\]{}/%])/.exec(
        bytes.toString('latin1', at, at + 24),
      ) ?? [];
    if (reference === undefined) return undefined;
    this.at += reference.length;
    return { ref };
  }

  #name(): string {
    const word = this.#word();
    return word.includes('#')
      ? word.replaceAll(/#([0-9A-Fa-f]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
      : word;
  }

  #many(close: number): Value[] {
    const values: Value[] = [];
    if (++this.#depth > DEPTH_MAX) throw new Error('it is nested too deeply');
    while (!this.isAtEnd) {
      if (this.bytes[this.at] === close) {
        this.at += close === GREATER ? 2 : 1;
        break;
      }
      values.push(this.value());
    }
    this.#depth--;
    return values;
  }

  #dict(): Dict {
    const values = this.#many(GREATER);
    const dict = new Map<string, Value>();
    for (let index = 0; index + 1 < values.length; index += 2) {
      const key = values[index];
      if (typeof key === 'string') dict.set(key, values[index + 1]);
    }
    return dict;
  }

  #string(): Buffer {
    const { bytes } = this;
    const out: number[] = [];
    let depth = 0;
    for (; this.at < bytes.length; this.at++) {
      const byte = bytes[this.at]!;
      if (byte === 0x28 && depth++ === 0) continue;
      if (byte === 0x29 && --depth === 0) break;
      if (byte === 0x5c) this.#escape(out);
      else out.push(byte);
    }
    this.at++;
    return Buffer.from(out);
  }

  /** At a backslash; stays at the last byte of the escape. */
  #escape(out: number[]): void {
    const { bytes } = this;
    const next = bytes[++this.at];
    if (next === undefined) return;
    if (next === CR || next === LF) {
      if (next === CR && bytes[this.at + 1] === LF) this.at++;
      return;
    }
    const [octal] = /^[0-7]{1,3}/.exec(bytes.toString('latin1', this.at, this.at + 3)) ?? [];
    if (octal === undefined) out.push(ESCAPES[String.fromCharCode(next)] ?? next);
    else {
      out.push(Number.parseInt(octal, 8) & 255);
      this.at += octal.length - 1;
    }
  }

  #hexString(): Buffer {
    const end = this.bytes.indexOf(GREATER, this.at);
    const stop = end < 0 ? this.bytes.length : end;
    const digits = this.bytes.toString('latin1', this.at + 1, stop).replaceAll(/[^0-9A-Fa-f]/g, '');
    this.at = stop + 1;
    return Buffer.from(digits.length % 2 === 0 ? digits : `${digits}0`, 'hex');
  }
}

export const isDict = (value: Value): value is Dict => value instanceof Map;
export const isRef = (value: Value): value is Ref => typeof value === 'object' && 'ref' in value;
export const isOperator = (value: Value): value is Operator => typeof value === 'object' && 'operator' in value;
export const isList = (value: Value): value is readonly Value[] => Array.isArray(value);
/** Undefined if it is no number. */
export const numberOf = (value: Value): number | undefined => (typeof value === 'number' ? value : undefined);
/** Empty if it is not a name. */
export const nameOf = (value: Value): string => (typeof value === 'string' ? value : '');
