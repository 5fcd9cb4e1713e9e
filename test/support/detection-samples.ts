/** Texts that cover what glaive finds and what it does not, each with a name: minted, always the same. */

import { zip, gzip } from './archives.ts';
import { decoys } from './decoys.ts';
import { encodedCase, ENCODINGS } from './encoded.ts';
import { KINDS, mint, place, placeOf, Random } from './mint.ts';
import { VAULT_KINDS } from './mint-vault.ts';
import { randomLog } from './random-log.ts';
import { TEXT_FORMS } from './text-forms.ts';

export interface Sample {
  readonly name: string;
  readonly bytes: Buffer;
  /** What was compressed: versions of zlib write it differently. */
  readonly inner?: Buffer;
  /** Whether it is read as a job log. */
  readonly isLog?: true;
}

const OF_EACH = 8;

/** @returns every sample once, in a fixed order */
export function* detectionSamples(): Generator<Sample> {
  for (const [name, kind] of Object.entries({ ...KINDS, ...VAULT_KINDS })) {
    const random = new Random(seedOf(name));
    const placed = Array.from({ length: OF_EACH }, () =>
      name in KINDS ? place(name, random) : placeOf(kind, random, kind.make(random, '')),
    );
    yield text(name, placed.map((each) => `${each.text}\n`).join(''));
  }
  for (const name of Object.keys(ENCODINGS)) {
    const random = new Random(seedOf(name));
    yield { name: `encoded, ${name}`, bytes: encodedCase(name, random).bytes };
  }
  for (const [name, form] of Object.entries(TEXT_FORMS)) {
    const { before, written, after } = form(mint('pat legacy', new Random(seedOf(name))));
    yield { name: `form, ${name}`, bytes: Buffer.from(before + written + after, 'latin1') };
  }
  for (const [index, decoy] of [...decoys(60, 2701)].entries()) yield text(`decoy ${index}`, `${decoy.text}\n`);
  const random = new Random(2702);
  const inner = Buffer.from(`a\nx = "${mint('deploy', random)}"\n`);
  yield { name: 'zip', bytes: zip([{ name: 'a.txt', content: inner }]), inner };
  yield { name: 'gzip', bytes: gzip(inner), inner };
  yield {
    name: 'zip in zip',
    bytes: zip([{ name: 'b.zip', content: zip([{ name: 'a.txt', content: inner }]) }]),
    inner,
  };
  for (const seed of [1, 2, 3])
    yield { name: `job log ${seed}`, bytes: randomLog(new Random(2710 + seed), 30), isLog: true };
}

function text(name: string, content: string): Sample {
  return { name, bytes: Buffer.from(content) };
}

/** One that does not depend on the other samples. */
function seedOf(name: string): number {
  let seed = 7;
  for (const character of name) seed = (seed * 31 + character.charCodeAt(0)) % 1_000_003;
  return seed;
}
