/** Measures recall per kind: minted tokens in texts, found with the exact span by the right rule. */

import { CONFIDENCES } from '../../src/model/confidence.ts';
import { find } from './find.ts';
import { KINDS, type KindName, place, type Placed, placeOf, Random } from './mint.ts';
import { VAULT_KINDS } from './mint-vault.ts';

export interface Recall {
  readonly kind: KindName;
  readonly tokens: number;
  readonly exact: number;
  /** The first few that were not found as they should be; their text without the token. */
  readonly misses: readonly string[];
}

/** Tokens in one document: fewer than a scan lists. */
const BATCH = 1000;

export async function measureRecall(kind: KindName, tokens: number, seed: number): Promise<Recall> {
  const random = new Random(seed);
  const vaults = VAULT_KINDS[kind];
  const { ruleId, confidence } = vaults ?? KINDS[kind]!;
  const misses: string[] = [];
  let exact = 0;
  for (let done = 0; done < tokens; done += BATCH) {
    const placed: (Placed & { readonly offset: number })[] = [];
    const parts: string[] = [];
    let offset = 0;
    for (let index = 0; index < Math.min(BATCH, tokens - done); index++) {
      const next = vaults === undefined ? place(kind, random) : placeOf(vaults, random, vaults.make(random, ''));
      placed.push({ ...next, offset });
      parts.push(next.text, '\n');
      offset += Buffer.byteLength(next.text) + 1;
    }
    const found = new Map((await find(parts.join(''))).map((item) => [item.start, item]));
    for (const { text, token, start, end, offset: at } of placed) {
      const hit = found.get(at + start);
      const right =
        hit !== undefined &&
        hit.end === at + end &&
        hit.ruleId === ruleId &&
        CONFIDENCES.indexOf(hit.confidence) >= CONFIDENCES.indexOf(confidence);
      if (right) exact++;
      else if (misses.length < 3) misses.push(`${text.replace(token, '<token>')} -> ${hit?.ruleId} ${hit?.confidence}`);
    }
    // Nothing else may be found.
    if (found.size !== placed.length) misses.push(`${found.size} findings for ${placed.length} tokens`);
  }
  return { kind, tokens, exact, misses };
}
