/**
 * Joined words that wait to be searched together: one by one, a search costs more than the word. Most have no needle, and
 * then no credential; only the others are read by themselves.
 */

import type { Kernel } from '../detect/search/kernel.ts';
import { type Hit, positionOf } from '../detect/search/hit.ts';
import { partitionPoint } from '../lib/binary-search.ts';
import { LF } from '../lib/bytes.ts';
import type { ExactValues } from './exact-values.ts';
import type { JoinedWords } from './stream-walker.ts';
import type { TextCopy, ViewText } from './view-text.ts';

const CAPACITY = 32 * 1024;
/** Numbers of each word of the walker. */
const PARTS = 4;

/** How words are searched. */
export interface WordSearch {
  readonly kernel: Kernel;
  readonly values: ExactValues;
  /** Whether a hit is no more than a name: no credential begins at it. */
  readonly isName: (hit: Hit) => boolean;
  /** Index in the kernel's memory of bytes that are not in use. */
  readonly from: number;
}

export class FinishedWords {
  readonly #bytes = new Uint8Array(CAPACITY);
  /** The beginning of each word, and its runs. A line feed follows each word. */
  readonly #starts: number[] = [];
  readonly #runs: TextCopy['runs'][] = [];
  #filled = 0;

  /** Adds the text of a view; false if there is no room for it. */
  add(text: ViewText): boolean {
    const { filled } = text;
    if (this.#filled + filled + 1 > CAPACITY) return false;
    const { bytes, runs } = text.copied;
    this.#starts.push(this.#filled);
    this.#runs.push(runs);
    this.#bytes.set(bytes, this.#filled);
    this.#filled += filled;
    this.#bytes[this.#filled++] = LF;
    return true;
  }

  /** Returns the words that have a needle or a value, and forgets all. */
  take(search: WordSearch): TextCopy[] {
    const text = this.#bytes.subarray(0, this.#filled);
    const starts = { count: this.#starts.length, startOf: (word: number) => this.#starts[word]! };
    const words = wordsWithNeedle(text, starts, search);
    const taken = words.map(({ word, bytes }) => ({ bytes, runs: this.#runs[word]! }));
    this.#filled = 0;
    this.#starts.length = 0;
    this.#runs.length = 0;
    return taken;
  }
}

/** Those of the walker's words that have a needle or a value. @param base the place of the walker's first byte */
export function walkedWords({ text, joints }: JoinedWords, base: number, search: WordSearch): TextCopy[] {
  const count = joints.length / PARTS;
  return wordsWithNeedle(text, { count, startOf: (word) => joints[PARTS * word]! }, search).map(({ word, bytes }) => {
    const [start, first, middle, second] = joints.subarray(PARTS * word) as unknown as [number, number, number, number];
    return {
      bytes,
      runs: [
        [0, base + first],
        [middle - start, base + second],
      ],
    };
  });
}

/** Words in a text, ascending. */
interface Words {
  readonly count: number;
  readonly startOf: (word: number) => number;
}

function wordsWithNeedle(
  text: Uint8Array,
  { count, startOf }: Words,
  search: WordSearch,
): { readonly word: number; readonly bytes: Uint8Array }[] {
  if (count === 0) return [];
  const wordAt = (at: number): number => partitionPoint(0, count, (word) => startOf(word) <= at) - 1;
  const found = new Set(foundIn(text, search)?.map(wordAt) ?? Array.from({ length: count }, (_, word) => word));
  const endOf = (word: number): number => (word + 1 < count ? startOf(word + 1) : text.length) - 1;
  return [...found].map((word) => ({ word, bytes: text.slice(startOf(word), endOf(word)) }));
}

/** Where needles, but names, and values begin, ascending; undefined if there is no room to search. */
function foundIn(text: Uint8Array, { kernel, values, isName, from }: WordSearch): number[] | undefined {
  const to = from + text.length;
  if (to > kernel.bytes.length) return undefined;
  kernel.bytes.set(text, from);
  return [
    ...kernel
      .find(from, to)
      .filter((hit) => !isName(hit))
      .map((hit) => positionOf(hit) - from),
    ...values.find(kernel.bytes, from, to).map(({ start }) => start - from),
  ].toSorted((a, b) => a - b);
}
