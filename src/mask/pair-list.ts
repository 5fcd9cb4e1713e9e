/** A list of pairs of numbers; the first ones ascend. Pairs are added at its end, and dropped at its beginning. */

import { partitionPoint } from '../lib/binary-search.ts';

export class PairList {
  #numbers = new Float64Array(256);
  /** The index of the first number, and of the end of the last pair. */
  #first = 0;
  #end = 0;

  get length(): number {
    return (this.#end - this.#first) / 2;
  }

  /** The numbers of the pair at an index. */
  first(index: number): number {
    return this.#numbers[this.#first + 2 * index]!;
  }

  second(index: number): number {
    return this.#numbers[this.#first + 2 * index + 1]!;
  }

  push(first: number, second: number): void {
    if (this.#end + 2 > this.#numbers.length) this.#makeRoom(2);
    this.#numbers[this.#end] = first;
    this.#numbers[this.#end + 1] = second;
    this.#end += 2;
  }

  /** Adds pairs of numbers that count from others. */
  pushAll(pairs: Uint32Array, firstBase: number, secondBase: number): void {
    if (this.#end + pairs.length > this.#numbers.length) this.#makeRoom(pairs.length);
    const numbers = this.#numbers;
    for (let index = 0, at = this.#end; index < pairs.length; index += 2, at += 2) {
      numbers[at] = firstBase + pairs[index]!;
      numbers[at + 1] = secondBase + pairs[index + 1]!;
    }
    this.#end += pairs.length;
  }

  /** The number of pairs whose first number is less than a value. */
  countBelow(value: number): number {
    return partitionPoint(0, this.length, (index) => this.first(index) < value);
  }

  /** Drops pairs at the beginning. */
  drop(count: number): void {
    this.#first += 2 * count;
    if (this.#first === this.#end) this.clear();
  }

  /** Keeps the first `count` pairs. */
  cut(count: number): void {
    this.#end = this.#first + 2 * count;
  }

  clear(): void {
    this.#first = 0;
    this.#end = 0;
  }

  #makeRoom(count: number): void {
    const live = this.#numbers.subarray(this.#first, this.#end);
    const isLarge = 2 * (live.length + count) > this.#numbers.length;
    const target = isLarge ? new Float64Array(4 * (live.length + count)) : this.#numbers;
    target.set(live);
    this.#numbers = target;
    this.#end = live.length;
    this.#first = 0;
  }
}
