/** Compares two ways to the same verdicts: each object checked as part of its delta tree, and on its own. */

import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PackReader, type Visit } from '../../src/history/packs/pack-reader.ts';
import { Unpacker } from '../../src/history/packs/unpacker.ts';
import { createKernel } from '../../src/detect/search/create-kernel.ts';
import { createMatcher } from '../../src/detect/matcher.ts';
import { createPrefilter } from '../../src/history/packs/prefilter.ts';
import type { PrefilterResult } from '../../src/history/packs/prefilter-text.ts';
import { SIGNATURES } from '../../src/lib/archive-kind.ts';
import { builtinRuleset } from '../../src/rules/builtin.ts';
import { memoryInput } from '../../src/sources/memory.ts';

export interface Compared {
  readonly objects: number;
  /** Objects that were checked by what is known of their base. */
  readonly parts: number;
  /** That hold something. */
  readonly suspects: number;
  /** What was not the same. */
  readonly differences: readonly string[];
}

type Checked = PrefilterResult & { readonly mayHaveSignature: boolean };

const unpacker = new Unpacker();
const ruleset = builtinRuleset();
const together = createPrefilter(ruleset, createKernel, (text) => unpacker.holdsSignature(text));
const alone = createPrefilter(ruleset, createKernel, (text) =>
  SIGNATURES.some((signature) => Buffer.from(text).includes(Buffer.from(signature))),
);
const matcher = createMatcher(ruleset, createKernel);

/** @param gitFolder a bare repository, or a `.git` */
export async function comparePacks(gitFolder: string, objectFormat: 'sha1' | 'sha256' = 'sha1'): Promise<Compared> {
  const width = objectFormat === 'sha1' ? 20 : 32;
  const folder = join(gitFolder, 'objects', 'pack');
  const differences: string[] = [];
  let objects = 0;
  let parts = 0;
  let suspects = 0;
  for (const name of readdirSync(folder).filter((each) => each.endsWith('.idx'))) {
    const reader = PackReader.open(join(folder, name.slice(0, -4)), width);
    if (reader === undefined) throw new Error(`${name} was not taken for a pack`);
    const texts: { readonly id: string; readonly text: Buffer; readonly isClean: boolean }[] = [];
    const before = objects;
    const visit: Visit<PrefilterResult> = ({ number, type, text, derivation }) => {
      objects++;
      const own = reader.id(number).toString('hex');
      const real = createHash(objectFormat).update(`${type} ${text.length}\0`).update(text).digest('hex');
      if (real !== own) differences.push(`${own} is ${real}`);
      if (derivation !== undefined) parts++;
      const checked = together.check({ bytes: text, derivation });
      // Compares all hits, not only the verdict.
      const { mayHaveSignature: one, ...hits } = checked as Checked;
      const { mayHaveSignature: other, ...ownHits } = alone.check({ bytes: text }) as Checked;
      if (JSON.stringify(hits) !== JSON.stringify(ownHits)) differences.push(`${own}: found`);
      // A base may have had one that this object has not.
      if (other && !one) differences.push(`${own}: signature`);
      texts.push({ id: own, text: Buffer.from(text), isClean: checked.isClean });
      return checked;
    };
    for (const _ of reader.visitTrees<PrefilterResult>(unpacker, { visit }));
    if (objects - before !== reader.length)
      differences.push(`${reader.length - objects + before} objects were not read`);
    reader.close();
    for (const { id, text, isClean } of texts) {
      const { candidates, archives } = await matcher.match(memoryInput(text, { kind: 'object', uri: id }));
      if (!isClean) suspects++;
      if ((candidates.length === 0 && archives === undefined) !== isClean) differences.push(`${id}: verdict`);
    }
  }
  return { objects, parts, suspects, differences };
}
