/**
 * `node scripts/run.mjs scripts/trigrams.ts [FOLDER...]`: counts trigrams in ordinary text and writes `scripts/trigrams.txt`. The
 * text is that of `scripts/corpora.ts`, with the files of these folders: source code of other languages does the table good.
 * Every kind of text counts the same.
 */

import { readCorpora } from './corpora.ts';
import { writeTrigramTable } from './trigram-table.ts';

const GIGABYTE = 2 ** 30;
/** More do not make a better plan. */
const MOST = 8000;

export async function main(root: string, folders: readonly string[]): Promise<void> {
  const corpora = readCorpora(root, 'planned', folders);
  const counts = new Map<number, number>();
  for (const { name, bytes } of corpora) {
    process.stdout.write(`${name}: ${bytes.length} bytes\n`);
    // At even addresses half of them are seen, wherever the text begins.
    const weight = GIGABYTE / bytes.length / 2 / corpora.length;
    for (let at = 0; at + 3 <= bytes.length; at++) {
      const trigram = bytes.readUIntLE(at, 3);
      counts.set(trigram, (counts.get(trigram) ?? 0) + weight);
    }
  }
  writeTrigramTable(root, counts, MOST);
}
