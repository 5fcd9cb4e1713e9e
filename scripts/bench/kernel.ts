/** The kernel alone against the fastest search in Node: for one byte that does not occur. */

import type { Kernel } from '../../src/detect/search/kernel.ts';
import { createSimdKernel } from '../../src/detect/search/simd-kernel.ts';
import { needlesOf } from '../../src/detect/needles.ts';
import { sampleText } from '../../src/detect/search/simd/sample.ts';
import { createTsKernel } from '../../src/detect/search/ts-kernel.ts';
import { compileRuleset } from '../../src/rules/compile.ts';
import { readBuiltinRules } from '../builtin-rules.ts';
import type { BenchOptions } from './options.ts';

/** Speed relative to `Buffer.indexOf`. */
const BUDGET = 0.25;
/** Bytes searched in one call. */
const SIZE = 256 * 1024;
const MEGABYTES = 64;
const ROUNDS = 7;

export async function benchKernel({ root, quick, print }: BenchOptions): Promise<void> {
  const needles = needlesOf(compileRuleset(readBuiltinRules(root)).keywords).map(({ text }) => text);
  const corpora = {
    'code and logs': Buffer.from(sampleText(MEGABYTES * 1024 * 1024).map((byte) => (byte === ABSENT ? 0 : byte))),
    zeros: Buffer.alloc(MEGABYTES * 1024 * 1024),
  };
  const rows: string[][] = [];
  for (const [corpus, bytes] of Object.entries(corpora)) {
    // A benchmark needs SIMD.
    const kernels = [createSimdKernel(needles, bytes.length), createTsKernel(needles, bytes.length)] as Kernel[];
    for (const kernel of kernels) kernel.bytes.set(bytes);
    const [simd, plain] = kernels.map(countHits) as [number, number];
    if (simd !== plain) throw new Error(`the kernels differ on ${corpus}: ${simd} and ${plain} hits`);
    for (const kernel of kernels) {
      // Both search the same memory.
      const same = Buffer.from(kernel.bytes.buffer, kernel.bytes.byteOffset, bytes.length);
      const reference = best(quick, () => {
        for (let at = 0; at + SIZE <= same.length; at += SIZE) same.subarray(at, at + SIZE).indexOf(ABSENT);
      });
      const time = best(quick, () => {
        for (let at = 0; at + SIZE <= same.length; at += SIZE) kernel.find(at, at + SIZE);
      });
      const speed = reference / time;
      rows.push([
        `${corpus}, ${kernel.name}`,
        (bytes.length / 1e6 / time).toFixed(2),
        `${speed.toFixed(3)}x`,
        kernel.name === 'simd' ? `${BUDGET}x` : '',
      ]);
    }
  }
  const prefixes = needles.filter((needle) => /^gl[a-z]+-/.test(needle));
  const costs = [prefixes, needles].map((set) => {
    const kernel = createSimdKernel(set, SIZE)!; // likewise
    return best(quick, () => {
      for (let at = 0; at + SIZE <= corpora['code and logs'].length; at += SIZE) {
        kernel.bytes.set(corpora['code and logs'].subarray(at, at + SIZE));
        kernel.find(0, SIZE);
      }
    });
  }) as [number, number];
  const families = (costs[1] / costs[0]).toFixed(2);
  rows.push([
    `all ${needles.length} needles against the ${prefixes.length} prefixes`,
    '',
    `${families}x time`,
    '1.25x',
  ]);
  print(
    `kernel: ${needles.length} needles in blocks of 256 KB; Node ${process.versions.node}`,
    ['corpus, kernel', 'GB/s', 'of Buffer.indexOf', 'budget'],
    rows,
  );
}

const ABSENT = 0xfe;

function countHits(kernel: Kernel): number {
  return kernel.find(0, kernel.bytes.length).length;
}

/** The shortest of several runs, in milliseconds: disturbances only make runs longer. */
function best(quick: boolean, action: () => void): number {
  let shortest = Number.POSITIVE_INFINITY;
  for (let round = 0; round < (quick ? 3 : ROUNDS); round++) {
    const start = performance.now();
    action();
    shortest = Math.min(shortest, performance.now() - start);
  }
  return shortest;
}
