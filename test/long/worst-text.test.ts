/**
 * The slowest text per byte that a search finds, for the kernel alone, a scan and a job log: `npm run evidence -- worst-text`. The
 * variables GLAIVE_WORST_SEED and GLAIVE_WORST_SECONDS (for each of the three) change the search.
 */

import { expect, it } from 'vitest';
import { sampleText } from '../../scripts/bench/sample-text.ts';
import { createMatcher } from '../../src/detect/matcher.ts';
import { needlesOf } from '../../src/detect/needles.ts';
import { createKernel } from '../../src/detect/search/create-kernel.ts';
import { builtinRuleset } from '../../src/rules/builtin.ts';
import { bytesInput, logInput } from '../support/find.ts';
import { expandExample, seededRandom } from '../../src/rules/examples.ts';
import { printTable } from '../support/table.ts';
import { climb, costOf, type Read, repeated } from '../support/worst-text.ts';

const SEED = Number(process.env['GLAIVE_WORST_SEED'] ?? 1);
const SECONDS = Number(process.env['GLAIVE_WORST_SECONDS'] ?? 60);
const SIZE = 256 * 1024;
/** More would be a text whose time grows faster than it does. */
const GROWTH_MAX = 3.5;

const ruleset = builtinRuleset();
const needles = needlesOf(ruleset.keywords).map(({ text }) => text);
const kernel = createKernel({ texts: needles }, 2 * SIZE);
const matcher = createMatcher(ruleset, createKernel);

const readers: Readonly<Record<string, Read>> = {
  kernel: (bytes) => {
    kernel.bytes.set(bytes);
    kernel.find(0, bytes.length);
    kernel.splittingBreaks(0, bytes.length);
    return 0;
  },
  scan: async (bytes) => (await matcher.match(bytesInput(bytes))).candidates.length,
  logs: async (bytes) => (await matcher.match(logInput(bytes))).candidates.length,
};

const random = seededRandom(SEED);
const values = ['devise:20', 'devise:20', 'devise:50', 'hex:40', 'hex:64'].map(
  (kind) => expandExample(`{${kind}}`, random).text,
);

const PIECES = [
  ...needles,
  ...values,
  'gitlab',
  'token',
  'value: ',
  '"',
  'Z'.repeat(32),
  '0123456789abcdef'.repeat(4),
  '\n',
  '\r\n',
  '=\n',
  '\\\n',
  ' ',
  '%25',
  '\\u0067',
  '&#x67;',
  '=67',
  '\u001B[31m',
  '\u001B]8;;x\u0007',
  '\b',
  '\r',
  '2026-08-22T00:00:02.000001Z 01O ',
  '2026-08-22T00:00:02.000001Z 01E+',
  'section_start:1:a\r\u001B[0K',
  'x'.repeat(80),
];

it.each(Object.entries(readers))(
  'the slowest text of %s',
  async (name, read) => {
    const plain = Buffer.from(sampleText(2 * SIZE)).subarray(0, SIZE);
    await costOf(read, plain, 30);
    const ordinary = (await costOf(read, plain, 30))!;
    const worst = await climb(read, { seed: SEED, budget: SECONDS * 1000, size: SIZE, pieces: PIECES });
    const once = (await costOf(read, repeated(worst.unit, SIZE), 5)) ?? worst.ms;
    const twice = (await costOf(read, repeated(worst.unit, 2 * SIZE), 5)) ?? worst.ms;
    printTable(`${SIZE / 1024} KB, seed ${SEED}, ${SECONDS} s`, [
      {
        of: name,
        'ordinary ms': Number(ordinary.toFixed(2)),
        'slowest ms': Number(once.toFixed(2)),
        ratio: Number((once / ordinary).toFixed(1)),
        'MB/s': Number((SIZE / 1000 / once).toFixed(1)),
        'twice as long': Number((twice / once).toFixed(2)),
        tries: worst.tries,
        unit: JSON.stringify(worst.unit),
      },
    ]);
    expect(twice / once).toBeLessThan(GROWTH_MAX);
  },
  SECONDS * 1000 + 120_000,
);
