/** Parts of a text, each of which is adjacent in the log: numbers, one after the other. */

/** The fields of a part. The line walker writes them, too (`assembly/memory.ts`). */
export const AT = 0;
export const RAW = 1;
export const LINE = 2;
export const COLUMN = 3;
export const SECONDS = 4;
export const MICROS = 5;
export const SECTION = 6;
/** 1 for a part of lines that may be joined wrongly. */
export const GUESS = 7;
export const STRIDE = 8;

/** When a line was written, and in which section, in numbers. */
export interface LineStamp {
  readonly seconds: number;
  readonly micros: number;
  readonly section: number;
}

export class PartList {
  numbers = new Float64Array(1024 * STRIDE);
  /** Index in `numbers` of the first part, and of the end of the last. */
  first = 0;
  end = 0;

  get all(): Float64Array {
    return this.numbers.subarray(this.first, this.end);
  }

  add(at: number, raw: number, line: number, column: number, stamp: LineStamp, isGuess: boolean): void {
    if (this.end === this.numbers.length) this.#makeRoom(STRIDE);
    const { numbers, end } = this;
    numbers[end + AT] = at;
    numbers[end + RAW] = raw;
    numbers[end + LINE] = line;
    numbers[end + COLUMN] = column;
    numbers[end + SECONDS] = stamp.seconds;
    numbers[end + MICROS] = stamp.micros;
    numbers[end + SECTION] = stamp.section;
    numbers[end + GUESS] = isGuess ? 1 : 0;
    this.end += STRIDE;
  }

  /** Adds parts of a text that begins at `start`. */
  addAll(parts: Float64Array, start: number): void {
    if (this.end + parts.length > this.numbers.length) this.#makeRoom(parts.length);
    this.numbers.set(parts, this.end);
    const end = this.end + parts.length;
    if (start > 0) for (let part = this.end; part < end; part += STRIDE) this.numbers[part + AT]! += start;
    this.end = end;
  }

  clear(): void {
    this.first = 0;
    this.end = 0;
  }

  #makeRoom(count: number): void {
    const live = this.all;
    const needed = live.length + Math.max(live.length, count);
    const target = needed > this.numbers.length ? new Float64Array(2 * needed) : this.numbers;
    if (target === this.numbers) target.copyWithin(0, this.first, this.end);
    else target.set(live);
    this.numbers = target;
    this.end = live.length;
    this.first = 0;
  }
}
