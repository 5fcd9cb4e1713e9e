/** The place in the log of each part of its text. Parts that are no longer needed are forgotten, so memory is bounded. */

import type { Places, RawPlace } from '../model/artifact.ts';
import type { LogPlace } from '../model/region.ts';
import { stampText } from './line-header.ts';
import { partitionPoint } from '../lib/binary-search.ts';
import {
  AT,
  COLUMN,
  GUESS,
  LINE,
  type LineStamp,
  MICROS,
  PartList,
  RAW,
  SECONDS,
  SECTION,
  STRIDE,
} from './part-list.ts';

const NONE = -1;
/** Sections beyond these have no name. */
const SECTIONS_MAX = 10_000;

export class LogPlaces implements Places {
  readonly #parts = new PartList();
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
    this.#parts.add(at, raw, line, column, stamp ?? this.stamp, isGuess);
  }

  /** Adds the parts of a text that begins at `start`, in ascending order. */
  addAll(parts: Float64Array, start: number): void {
    this.#parts.addAll(parts, start);
  }

  at(offset: number, isEnd: boolean, unitsOf: (from: number, to: number) => number): RawPlace {
    const part = this.#partOf(isEnd ? offset - 1 : offset);
    const { numbers } = this.#parts;
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
    return this.#parts.numbers[this.#partOf(offset) + GUESS] === 1;
  }

  forget(offset: number): number {
    const parts = this.#parts;
    if (parts.end === parts.first) return offset;
    parts.first = this.#partOf(offset);
    return Math.min(offset, parts.numbers[parts.first + AT]!);
  }

  #logPlaceOf(part: number): LogPlace | undefined {
    const seconds = this.#parts.numbers[part + SECONDS]!;
    const section = this.#parts.numbers[part + SECTION]!;
    if (seconds === NONE && section === NONE) return undefined;
    return {
      ...(section === NONE ? {} : { section: this.#names[section]! }),
      ...(seconds === NONE ? {} : { time: stampText(seconds, this.#parts.numbers[part + MICROS]!) }),
    };
  }

  /** The last part that begins at or before an offset. */
  #partOf(offset: number): number {
    const { numbers, first, end } = this.#parts;
    const next = partitionPoint(first / STRIDE + 1, end / STRIDE, (part) => numbers[part * STRIDE + AT]! <= offset);
    return (next - 1) * STRIDE;
  }
}
