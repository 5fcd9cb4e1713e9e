/**
 * Compares two ways to the same verdicts: each object scanned as part of its delta tree, with what is known of its base, and on its own.
 */

import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DecodingLayer } from '../../src/detect/decoding-layer.ts';
import { createMatcher } from '../../src/detect/matcher.ts';
import { createKernel } from '../../src/detect/search/create-kernel.ts';
import { isLineBreak, needleIndexOf, positionOf } from '../../src/detect/search/hit.ts';
import { PackReader } from '../../src/history/packs/pack-reader.ts';
import { createVerdicts, PackScanner } from '../../src/history/packs/pack-scanner.ts';
import { createPrefilter, type PrefilterText } from '../../src/history/packs/prefilter.ts';
import { isClean as isCleanIn, isClosed, isRead, typeIn } from '../../src/history/packs/verdict.ts';
import { builtinRuleset } from '../../src/rules/builtin.ts';
import { memoryInput } from '../../src/sources/memory.ts';

export interface Compared {
  readonly objects: number;
  /** Hits that were not verified, because they led to no match in the base. */
  readonly inherited: number;
  /** Objects with a candidate, and archives. */
  readonly unclean: number;
  /** What was not the same. */
  readonly differences: readonly string[];
}

const IS_CLEAN = 0x10000;
const LINE_BREAK = 0xffff;
const ruleset = builtinRuleset();
const prefilter = createPrefilter(ruleset, createKernel);
/** Without guards, as packs are searched: what is around a needle may change. */
const layer = new DecodingLayer({
  ruleset,
  createKernel: ({ texts }, capacity) => createKernel({ texts }, capacity),
  capacity: () => 16 * 1024 * 1024,
});
const matcher = createMatcher(ruleset, createKernel);

/** Position and needle of each hit, from the two halves that the assembly has. */
function hitsOf({ hits }: PrefilterText): string[] {
  return Array.from(
    { length: hits.length / 2 },
    (_, index) => `${hits[2 * index + 1]! * 4096 + (hits[2 * index]! >>> 20)} ${hits[2 * index]! & 0xffff}`,
  );
}

function ownHitsOf(bytes: Uint8Array): string[] {
  layer.kernel.bytes.set(bytes);
  layer.forget();
  return layer
    .hits(0, bytes.length)
    .map((hit) => `${positionOf(hit)} ${isLineBreak(hit) ? LINE_BREAK : needleIndexOf(hit)}`);
}

/** Asks about the hits that are not known to be clean, as the assembly would, and keeps what is known then. */
function askAboutOthers(text: PrefilterText): { verdict: number; inherited: number } {
  const places = Array.from({ length: text.hits.length / 2 }, (_, index) => 2 * index).filter(
    (at) => (text.hits[at]! & IS_CLEAN) === 0,
  );
  const hits = Uint32Array.from(places.flatMap((at) => [text.hits[at]!, text.hits[at + 1]!]));
  const verdict = prefilter.check({ ...text, hits });
  for (const [index, at] of places.entries()) text.hits[at] = hits[2 * index]!;
  return { verdict, inherited: text.hits.length / 2 - places.length };
}

/** @param gitFolder a bare repository, or a `.git` */
export async function comparePacks(gitFolder: string, objectFormat: 'sha1' | 'sha256' = 'sha1'): Promise<Compared> {
  const width = objectFormat === 'sha1' ? 20 : 32;
  const folder = join(gitFolder, 'objects', 'pack');
  const differences: string[] = [];
  let objects = 0;
  let inherited = 0;
  let unclean = 0;
  for (const name of readdirSync(folder).filter((each) => each.endsWith('.idx'))) {
    const reader = PackReader.open(join(folder, name.slice(0, -4)), width);
    if (reader === undefined) throw new Error(`${name} was not taken for a pack`);
    const texts: { readonly id: string; readonly number: number; readonly type: string; readonly text: Buffer }[] = [];
    const hashOf = (type: string, text: Buffer): string =>
      createHash(objectFormat).update(`${type} ${text.length}\0`).update(text).digest('hex');
    let header: Buffer | undefined;
    const onText = (number: number, part: PrefilterText): number => {
      const { type } = part;
      const own = reader.id(number).toString('hex');
      if (hitsOf(part).join() !== ownHitsOf(part.bytes).join()) differences.push(`${own}: hits`);
      const asked = askAboutOthers(part);
      inherited += asked.inherited;
      const bytes = Buffer.from(part.bytes);
      if (type === 'commit' && header === undefined) {
        header = bytes;
        return asked.verdict;
      }
      // The message follows the header, if there is one.
      const text = header === undefined ? bytes : bytes.length === 0 ? header : joinCommit(header, bytes);
      header = undefined;
      if (hashOf(type, text) !== own) differences.push(`${own} is ${hashOf(type, text)}`);
      texts.push({ id: own, number, type, text });
      return asked.verdict;
    };
    const all = createVerdicts(reader);
    for (const _ of new PackScanner({ prefilter, onText }).scan(reader, all));
    if (texts.length !== reader.length) differences.push(`${reader.length - texts.length} objects were not read`);
    objects += texts.length;

    // The same without being asked about every text.
    const verdicts = createVerdicts(reader);
    for (const _ of new PackScanner({ prefilter }).scan(reader, verdicts));
    for (const { id, number, type, text } of texts) {
      const kind = verdicts.kinds[number]!;
      if (kind !== all.kinds[number]) differences.push(`${id}: it matters whether all are asked about`);
      if (!isRead(kind) || typeIn(kind) !== type) differences.push(`${id}: type`);
      const parts = type === 'commit' ? partsOf(text) : [text];
      let isClean = true;
      let isArchive = false;
      for (const part of parts) {
        const { candidates, archives } = await matcher.match(memoryInput(part, { kind: 'object', uri: id }));
        isClean &&= candidates.length === 0;
        isArchive ||= archives !== undefined;
      }
      if (!isClean || isArchive) unclean++;
      if (isCleanIn(kind) !== (isClean && !isArchive)) differences.push(`${id}: verdict`);
      if (isClosed(kind) !== (isClean && isArchive && type !== 'commit')) differences.push(`${id}: archive`);
      if (verdicts.bytes[number] !== parts.reduce((sum, { length }) => sum + length, 0))
        differences.push(`${id}: bytes`);
    }
  }
  return { objects, inherited, unclean, differences };
}

function joinCommit(header: Buffer, message: Buffer): Buffer {
  return Buffer.concat([header, Buffer.from('\n'), message]);
}

function partsOf(commit: Buffer): Buffer[] {
  const end = commit.indexOf('\n\n');
  return end < 0 ? [commit] : [commit.subarray(0, end + 1), commit.subarray(end + 2)];
}
