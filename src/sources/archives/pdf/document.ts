/** The objects of a PDF: found one after the other, as a damaged or changed file has them, and not by its tables. */

import type { Budget } from '../budget.ts';
import { Skipped } from '../../../model/gap.ts';
import { decodeStream } from './filters.ts';
import { type Dict, isDict, isRef, numberOf, Parser, type Value } from './objects.ts';

export interface PdfObject {
  readonly number: number;
  readonly value: Value;
  /** The bytes of a stream, as they are stored. */
  readonly raw?: Buffer;
  /** Whether it was in a compressed stream of objects. */
  readonly isPacked?: true;
}

/** A shorter one may be between others. */
const OBJECT = /(\d{1,10})[\0\t\n\f\r ]{1,9}\d{1,5}[\0\t\n\f\r ]{1,9}obj(?![A-Za-z])/g;
const [STREAM, END_STREAM, TRAILER, END_FILE] = ['stream', 'endstream', 'trailer', '%%EOF'].map((word) =>
  Buffer.from(word),
) as [Buffer, Buffer, Buffer, Buffer];
const [LF, CR] = [0x0a, 0x0d];
/** How much is searched for the next object at a time. */
const STEP = 64 * 1024;
/** The longest beginning of an object. */
const OBJECT_MAX = 64;

export class PdfDocument {
  /** In the order of the file; of an object that was changed, every version. */
  readonly objects: PdfObject[] = [];
  readonly #budget: Budget;
  readonly #newest = new Map<number, PdfObject>();
  readonly #decoded = new Map<PdfObject, Buffer | undefined>();
  /** The first damage. */
  problem: Error | undefined;

  /** @throws Skipped if it is encrypted, or over a limit */
  constructor(bytes: Buffer, budget: Budget) {
    this.#budget = budget;
    this.#readObjects(bytes);
    if (!bytes.includes(END_FILE)) this.problem ??= new Error('unexpected end of file');
    const isEncrypted = this.objects.some(({ value }) => isDict(value) && value.has('Encrypt'));
    if (isEncrypted || this.#trailers(bytes).some((trailer) => trailer.has('Encrypt')))
      throw new Skipped('archive-encrypted', 'pdf');
    const packed = this.objects.filter(({ raw }) => raw !== undefined);
    for (const object of packed)
      if (isDict(object.value) && object.value.get('Type') === 'ObjStm') this.#readPacked(object, object.value);
  }

  /** Follows references, to the newest version. */
  readonly resolve = (value: Value): Value => {
    let found = value;
    for (let step = 0; isRef(found) && step < 20; step++) found = this.#newest.get(found.ref)?.value;
    return found;
  };

  dictOf(value: Value): Dict | undefined {
    const found = this.resolve(value);
    return isDict(found) ? found : undefined;
  }

  /** The object that a reference leads to. */
  objectOf(value: Value): PdfObject | undefined {
    return isRef(value) ? this.#newest.get(value.ref) : undefined;
  }

  /** The content of a stream; undefined without one, for a picture, and for one that is damaged. */
  contentOf(object: PdfObject): Buffer | undefined {
    const { raw, value } = object;
    if (raw === undefined || !isDict(value)) return undefined;
    if (this.#decoded.has(object)) return this.#decoded.get(object);
    let content: Buffer | undefined;
    try {
      content = decodeStream(raw, value, this.resolve);
      if (content !== undefined) this.#budget.spend(content.length, content.length, raw.length);
    } catch (error) {
      if (error instanceof Skipped) throw error;
      this.problem ??= error as Error;
    }
    return content;
  }

  #add(object: PdfObject): void {
    this.#budget.entry();
    this.objects.push(object);
    this.#newest.set(object.number, object);
  }

  #readObjects(bytes: Buffer): void {
    const search = new ObjectSearch(bytes);
    for (let from = 0; from < bytes.length;) {
      const found = search.next(from);
      if (found === undefined) return;
      const parser = new Parser(bytes, found.at);
      const value = parser.value();
      const raw = isDict(value) ? this.#streamAt(parser, value) : undefined;
      this.#add({ number: found.number, value, ...(raw === undefined ? {} : { raw }) });
      from = parser.at;
    }
  }

  #streamAt(parser: Parser, dict: Dict): Buffer | undefined {
    parser.skipBlanks();
    const { bytes, at } = parser;
    if (!bytes.subarray(at, at + STREAM.length).equals(STREAM)) return undefined;
    let start = at + STREAM.length;
    if (bytes[start] === CR) start++;
    if (bytes[start] === LF) start++;
    const length = numberOf(this.resolve(dict.get('Length')));
    const isLength = length !== undefined && length >= 0 && endsAt(bytes, start + length);
    const end = isLength ? start + length : bytes.indexOf(END_STREAM, start);
    if (end < 0) this.problem ??= new Error('unexpected end of file');
    const stop = end < 0 ? bytes.length : end;
    parser.at = stop;
    return bytes.subarray(start, stop);
  }

  /** The objects in a stream of objects: their numbers and places, and then the objects. */
  #readPacked(stream: PdfObject, dict: Dict): void {
    const content = this.contentOf(stream);
    const first = numberOf(dict.get('First'));
    const count = numberOf(dict.get('N')) ?? 0;
    if (content === undefined || first === undefined) return;
    const header = new Parser(content.subarray(0, first));
    for (let index = 0; index < count && !header.isAtEnd; index++) {
      const [number, place] = [numberOf(header.value()), numberOf(header.value())];
      if (number === undefined || place === undefined) return;
      this.#add({ number, value: new Parser(content, first + place).value(), isPacked: true });
    }
  }

  #trailers(bytes: Buffer): Dict[] {
    const trailers: Dict[] = [];
    for (
      let at = bytes.lastIndexOf(TRAILER);
      at >= 0 && trailers.length < 10;
      at = bytes.lastIndexOf(TRAILER, at - 1)
    ) {
      const value = new Parser(bytes, at + TRAILER.length).value();
      if (isDict(value)) trailers.push(value);
      if (at === 0) break;
    }
    return trailers;
  }
}

/** Finds the beginnings of objects, from each place on. */
class ObjectSearch {
  readonly #bytes: Buffer;
  #start = 0;
  #text = '';

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  next(from: number): { readonly number: number; readonly at: number } | undefined {
    for (let start = from; start < this.#bytes.length; start = this.#start + STEP) {
      if (start < this.#start || start >= this.#start + STEP || this.#text === '') {
        this.#start = start;
        this.#text = this.#bytes.toString('latin1', start, start + STEP + OBJECT_MAX);
      }
      OBJECT.lastIndex = start - this.#start;
      const found = OBJECT.exec(this.#text);
      // What begins after the step may be cut.
      if (found !== null && found.index < STEP)
        return { number: Number(found[1]), at: this.#start + found.index + found[0].length };
    }
    return undefined;
  }
}

function endsAt(bytes: Buffer, at: number): boolean {
  return /^[\r\n \t]*endstream/.test(bytes.toString('latin1', at, at + 16));
}
