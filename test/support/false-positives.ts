/** Measures how sure a scan is of decoys, by the way they were made. */

import { CONFIDENCES } from '../../src/model/confidence.ts';
import { find } from './find.ts';
import { type Decoy, decoys } from './decoys.ts';

export interface FalsePositives {
  readonly how: string;
  readonly count: number;
  readonly proven: number;
  readonly certain: number;
  /** How many were taken for more than they may be. */
  readonly tooSure: number;
}

const BATCH = 1000;

export async function measureFalsePositives(count: number, seed: number): Promise<FalsePositives[]> {
  const rows = new Map<string, { how: string; count: number; proven: number; certain: number; tooSure: number }>();
  let batch: Decoy[] = [];
  const flush = async (): Promise<void> => {
    const offsets: number[] = [];
    let text = '';
    for (const item of batch) {
      offsets.push(text.length);
      text += `token: ${item.text} \n`; // ASCII, so characters are bytes
    }
    const found = await find(text);
    let at = 0;
    for (const [index, item] of batch.entries()) {
      const end = offsets[index + 1] ?? text.length;
      const row = rows.get(item.how) ?? { how: item.how, count: 0, proven: 0, certain: 0, tooSure: 0 };
      rows.set(item.how, row);
      row.count++;
      for (; at < found.length && found[at]!.start < end; at++) {
        const { confidence } = found[at]!;
        if (confidence === 'proven') row.proven++;
        if (confidence === 'certain') row.certain++;
        if (CONFIDENCES.indexOf(confidence) > CONFIDENCES.indexOf(item.atMost)) row.tooSure++;
      }
    }
    batch = [];
  };
  for (const item of decoys(count, seed)) {
    batch.push(item);
    if (batch.length === BATCH) await flush();
  }
  await flush();
  return [...rows.values()];
}
