/**
 * `scripts/trigrams.txt`: how often trigrams occur in ordinary text, which the planner of the kernel reads. Each line has a weight
 * (occurrences at even addresses in a gigabyte, rounded to a power of two) and trigrams in hexadecimal.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Frequencies } from '../src/detect/search/simd/plan.ts';

const PER_LINE = 16;
const fileOf = (root: string): string => join(root, 'scripts', 'trigrams.txt');

/** The text of the file, and what it says: the most frequent trigrams first. */
export function readTrigramTable(root: string): Frequencies {
  const trigrams: number[] = [];
  const weights: number[] = [];
  for (const line of readFileSync(fileOf(root), 'latin1').trim().split('\n')) {
    const [weight, ...texts] = line.split(' ') as [string, ...string[]];
    for (const text of texts) {
      trigrams.push(Buffer.from(text, 'hex').readUIntLE(0, 3));
      weights.push(2 ** Number(weight));
    }
  }
  return { trigrams, weights };
}

/** @param counts occurrences in a gigabyte, by trigram */
export function writeTrigramTable(root: string, counts: ReadonlyMap<number, number>, most: number): void {
  const ordered = [...counts].toSorted(([a, x], [b, y]) => y - x || a - b).slice(0, most);
  const byWeight = new Map<number, string[]>();
  for (const [trigram, count] of ordered) {
    const weight = Math.round(Math.log2(count));
    const bytes = Buffer.alloc(3);
    bytes.writeUIntLE(trigram, 0, 3);
    byWeight.set(weight, [...(byWeight.get(weight) ?? []), bytes.toString('hex')]);
  }
  const lines = [...byWeight].flatMap(([weight, texts]) =>
    Array.from({ length: Math.ceil(texts.length / PER_LINE) }, (_, line) =>
      [weight, ...texts.slice(line * PER_LINE, (line + 1) * PER_LINE)].join(' '),
    ),
  );
  writeFileSync(fileOf(root), `${lines.join('\n')}\n`);
}
