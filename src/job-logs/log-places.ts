/** The place in the log of each part of its text. Parts that are no longer needed are forgotten, so memory is bounded. */

import type { Places, RawPlace } from '../model/artifact.ts';
import type { LogPlace } from '../model/region.ts';
import { stampText } from './line-header.ts';
import { partitionPoint } from '../lib/binary-search.ts';

/** The fields of a part: numbers, one after the other. */
const AT = 0;
const RAW = 1;
const LINE = 2;
const COLUMN = 3;
const SECONDS = 4;
const MICROS = 5;
const SECTION = 6;
/** Whether it is a part of lines that may be joined wrongly. */
const GUESS = 7;
const STRIDE = 8;
const NONE = -1;
/** Sections beyond these have no name. */
const SECTIONS_MAX = 10_000;

/** When a line was written, and in which section, in numbers. */
export interface LineStamp {
  readonly seconds: number;
  readonly micros: number;
  readonly section: number;
}

export class LogPlaces implements Places {
  #numbers = new Float64Array(1024 * STRIDE);
  #first = 0;
  #end = 0;
  #seconds = NONE;
  #micros = 0;
  #section = NONE;
  readonly #names: string[] = [];
  readonly #ids = new Map<string, number>();

  /** Sets the time of the lines that follow; -1 for none. */
  setTime(seconds: number, micros: number): void {
    this.#seconds = seconds;
    this.#micros = micros;
  }

  /** Time and section of the current line. */
  get stamp(): LineStamp {
    return { seconds: this.#seconds, micros: this.#micros, section: this.#section };
  }

  /** Sets the section of the lines that follow. */
  setSection(name: string | undefined): void {
    let id = name === undefined ? NONE : this.#ids.get(name);
    if (id === undefined && this.#names.length < SECTIONS_MAX) {
      id = this.#names.push(name!) - 1; // undefined has the id NONE
      this.#ids.set(name!, id);
    }
    this.#section = id ?? NONE;
  }

  /** Adds a part, in ascending order. @param stamp default: that of the current line */
  add(at: number, raw: number, line: number, column: number, stamp?: LineStamp, isGuess = false): void {
    if (this.#end === this.#numbers.length) this.#makeRoom();
    const numbers = this.#numbers;
    const part = this.#end;
    numbers[part + AT] = at;
    numbers[part + RAW] = raw;
    numbers[part + LINE] = line;
    numbers[part + COLUMN] = column;
    numbers[part + SECONDS] = stamp?.seconds ?? this.#seconds;
    numbers[part + MICROS] = stamp?.micros ?? this.#micros;
    numbers[part + SECTION] = stamp?.section ?? this.#section;
    numbers[part + GUESS] = isGuess ? 1 : 0;
    this.#end += STRIDE;
  }

  at(offset: number, isEnd: boolean, unitsOf: (from: number, to: number) => number): RawPlace {
    const part = this.#partOf(isEnd ? offset - 1 : offset);
    const numbers = this.#numbers;
    const begin = numbers[part + AT]!;
    const log = this.#logPlaceOf(part);
    return {
      offset: numbers[part + RAW]! + (offset - begin),
      line: numbers[part + LINE]!,
      column: numbers[part + COLUMN]! + unitsOf(begin, offset),
      ...(log === undefined ? {} : { log }),
    };
  }

  isWhole(start: number, end: number): boolean {
    return this.#partOf(start) === this.#partOf(end - 1);
  }

  isGuess(offset: number): boolean {
    return this.#numbers[this.#partOf(offset) + GUESS] === 1;
  }

  forget(offset: number): number {
    if (this.#end === this.#first) return offset;
    this.#first = this.#partOf(offset);
    return Math.min(offset, this.#numbers[this.#first + AT]!);
  }

  #logPlaceOf(part: number): LogPlace | undefined {
    const seconds = this.#numbers[part + SECONDS]!;
    const section = this.#numbers[part + SECTION]!;
    if (seconds === NONE && section === NONE) return undefined;
    return {
      ...(section === NONE ? {} : { section: this.#names[section]! }),
      ...(seconds === NONE ? {} : { time: stampText(seconds, this.#numbers[part + MICROS]!) }),
    };
  }

  /** The last part that begins at or before an offset. */
  #partOf(offset: number): number {
    const [first, end] = [this.#first / STRIDE, this.#end / STRIDE];
    const next = partitionPoint(first + 1, end, (part) => this.#numbers[part * STRIDE + AT]! <= offset);
    return (next - 1) * STRIDE;
  }

  #makeRoom(): void {
    const live = this.#numbers.subarray(this.#first, this.#end);
    const target = live.length * 2 > this.#numbers.length ? new Float64Array(this.#numbers.length * 2) : this.#numbers;
    if (target === this.#numbers) target.copyWithin(0, this.#first, this.#end);
    else target.set(live);
    this.#numbers = target;
    this.#end -= this.#first;
    this.#first = 0;
  }
}
