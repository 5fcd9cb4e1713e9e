/**
 * The kernel alone: on text of many kinds against the fastest search in Node, which is for one byte that does not occur; with
 * more needles; and on texts that are made to be slow. No text is repeated in a run, because the branch predictor would learn it.
 */

import { randomInt } from 'node:crypto';
import { guardOf, needlesOf } from '../../src/detect/needles.ts';
import type { Kernel } from '../../src/detect/search/kernel.ts';
import { createSimdKernel } from '../../src/detect/search/simd-kernel.ts';
import { createTsKernel } from '../../src/detect/search/ts-kernel.ts';
import type { Keyword } from '../../src/model/ruleset.ts';
import { compileRuleset } from '../../src/rules/compile.ts';
import { readBuiltinRules } from '../builtin-rules.ts';
import { type Corpus, readCorpora } from '../corpora.ts';
import type { BenchOptions } from './options.ts';

/** Speed relative to `Buffer.indexOf`. */
const BUDGET = 0.15;
/** Time for many needles relative to few. */
const GROWTH_BUDGET = 1.5;
const FEW = 400;
const MANY = 1500;
/** Bytes searched in one call, as by a scan. */
const STEP = 256 * 1024;
const LARGEST = 2 * 1024 * 1024;
/** `Buffer.indexOf` reads memory, not the cache. */
const REFERENCE = 64 * 1024 * 1024;
const ABSENT = 0xfe;

export async function benchKernel({ root, quick, print }: BenchOptions): Promise<void> {
  const { keywords } = compileRuleset(readBuiltinRules(root));
  const needles = textsOf(keywords);
  const builtIn = { texts: needles, guards: needlesOf(keywords).map(guardOf) };
  const corpora = readCorpora(root, 'measured');
  const reference = referenceSpeed(quick, corpora[0]!);
  const simd = createSimdKernel(builtIn, LARGEST)!; // a benchmark needs SIMD
  const plain = createTsKernel(builtIn, LARGEST);
  print(
    `kernel: ${needles.length} needles of the built-in rules; Buffer.indexOf reads ${reference.toFixed(1)} GB/s; Node ${process.versions.node}`,
    ['text', 'GB/s', 'of Buffer.indexOf', 'budget', 'line breaks, ns/KB', 'hits/KB', 'plain kernel, GB/s'],
    corpora.map((corpus) => {
      const hits = sameHits([simd, plain], corpus);
      const speed = speedOf(simd, corpus, quick);
      const kilobytes = corpus.bytes.length / 1024;
      const breaks = shortest(quick, () => forSteps(corpus, (from, to) => simd.splittingBreaks(from, to)));
      return [
        corpus.name,
        speed.toFixed(2),
        `${(speed / reference).toFixed(3)}x`,
        `${BUDGET}x`,
        ((breaks * 1e6) / kilobytes).toFixed(0),
        (hits / kilobytes).toFixed(2),
        speedOf(plain, corpus, quick).toFixed(2),
      ];
    }),
  );
  const sets = [fewer(keywords, FEW), needles, more(keywords, MANY)];
  const speeds = sets.map((set) => {
    const kernel = createSimdKernel({ texts: set }, LARGEST)!; // likewise
    return corpora.map((corpus) => {
      load(kernel, corpus);
      return speedOf(kernel, corpus, quick);
    });
  });
  print(
    'kernel: more needles; those that are not built in are planned when the kernel is made',
    ['needles', 'GB/s, harmonic mean', 'slowest text, GB/s', `time of ${sets[0]!.length} needles`, 'budget'],
    sets.map((set, index) => [
      `${set.length}`,
      harmonicMean(speeds[index]!).toFixed(2),
      Math.min(...speeds[index]!).toFixed(2),
      `${(harmonicMean(speeds[0]!) / harmonicMean(speeds[index]!)).toFixed(2)}x`,
      index === 2 ? `${GROWTH_BUDGET}x` : '',
    ]),
  );
  print(
    'kernel: texts made to be slow, 1 MB',
    ['text', 'GB/s', 'hits/KB'],
    slowTexts(needles).map((corpus) => {
      const hits = sameHits([simd, plain], corpus);
      return [corpus.name, speedOf(simd, corpus, quick).toFixed(2), ((hits * 1024) / corpus.bytes.length).toFixed(1)];
    }),
  );
}

function textsOf(keywords: readonly Keyword[]): string[] {
  return needlesOf(keywords).map(({ text }) => text);
}

function fewer(keywords: readonly Keyword[], count: number): string[] {
  let few = keywords.length;
  while (textsOf(keywords.slice(0, few)).length > count) few--;
  return textsOf(keywords.slice(0, few));
}

/** The needles of the keywords, and of prefixes such as other vendors have. */
function more(keywords: readonly Keyword[], count: number): string[] {
  const all = [...keywords];
  const { encoded, isName, trials } = keywords.find(({ text }) => text === 'glpat-')!;
  let needles = textsOf(all);
  for (let index = 0; needles.length < count; index++) {
    const name = `${'bdfgklmnprstvz'[index % 14]}${'aeiou'[index % 5]}${'cdkmnprstx'[(index * 7) % 10]}${'aeio'[index % 4]}`;
    all.push({ text: `${name}${['_live_', '-', '_sk_', 'tok_'][index % 4]}`, encoded, isName, trials });
    needles = textsOf(all);
  }
  return needles.slice(0, count);
}

function slowTexts(needles: readonly string[]): Corpus[] {
  const filled = (name: string, part: () => string): Corpus => {
    let text = '';
    while (text.length < LARGEST / 2) text += part();
    return { name, bytes: Buffer.from(text.slice(0, LARGEST / 2), 'latin1') };
  };
  const any = <T>(items: ArrayLike<T>): T => items[randomInt(items.length)]!;
  return [
    ...['\0', 'a', '-', 'gl', 'glpat-', 'glpat_', 'Z2xw', '%2D', 't%2D', '\\u002d', '=\n'].map((part) =>
      filled(`${JSON.stringify(part)} repeated`, () => part.repeat(1000)),
    ),
    filled('lines of 79 dashes', () => `${'-'.repeat(79)}\n`),
    filled('beginnings of prefixes at random', () => `gl${any(['pat', 'ptt', 'rct', 'rtr', 'soa'])}_`),
    filled('needles at random', () => any(needles)),
    filled('thirds of needles at random', () => {
      const needle = any(needles);
      const at = randomInt(needle.length - 2);
      return needle.slice(at, at + 3);
    }),
    filled('letters at random', () => any('abcdefghijklmnopqrstuvwxyz')),
  ];
}

function load(kernel: Kernel, { bytes }: Corpus): void {
  kernel.bytes.set(bytes);
}

/** Loads the corpus; how many hits both kernels find. @throws Error if they differ */
function sameHits(kernels: readonly Kernel[], corpus: Corpus): number {
  const found = kernels.map((kernel): readonly number[] => {
    load(kernel, corpus);
    return kernel.find(0, corpus.bytes.length);
  });
  const [hits, others] = found as [readonly number[], readonly number[]];
  if (hits.length !== others.length || hits.some((hit, index) => hit !== others[index]))
    throw new Error(`the kernels differ on ${corpus.name}: ${hits.length} and ${others.length} hits`);
  return hits.length;
}

/** GB/s on the corpus in the kernel's memory. */
function speedOf(kernel: Kernel, corpus: Corpus, quick: boolean): number {
  return corpus.bytes.length / 1e6 / shortest(quick, () => forSteps(corpus, (from, to) => kernel.find(from, to)));
}

function forSteps({ bytes }: Corpus, action: (from: number, to: number) => void): void {
  for (let at = 0; at < bytes.length; at += STEP) action(at, Math.min(at + STEP, bytes.length));
}

function referenceSpeed(quick: boolean, { bytes }: Corpus): number {
  const text = Buffer.alloc(REFERENCE, Buffer.from(bytes.map((byte) => (byte === ABSENT ? 0 : byte))));
  return text.length / 1e6 / shortest(quick, () => text.indexOf(ABSENT));
}

function harmonicMean(values: readonly number[]): number {
  return values.length / values.reduce((sum, value) => sum + 1 / value, 0);
}

/** The shortest of several runs, in milliseconds: disturbances only make runs longer. */
function shortest(quick: boolean, action: () => void): number {
  let least = Number.POSITIVE_INFINITY;
  const until = performance.now() + (quick ? 20 : 300);
  for (let round = 0; round < 3 || performance.now() < until; round++) {
    const start = performance.now();
    action();
    least = Math.min(least, performance.now() - start);
  }
  return least;
}
