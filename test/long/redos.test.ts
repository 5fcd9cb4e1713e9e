/**
 * No text takes long: every built-in pattern is proven linear or bounded by a checker, and what is made to be slow is
 * measured against ordinary text of the same size.
 */

import { expect, it } from 'vitest';
import { checkPattern } from '../../src/lib/pattern-check.ts';
import { createKernel } from '../../src/match/create-kernel.ts';
import { createMatcher } from '../../src/match/matcher.ts';
import { sampleText } from '../../src/match/simd/sample.ts';
import { builtinRuleset } from '../../src/ruleset/builtin.ts';
import { expandVector, seededRandom } from '../../src/ruleset/vectors.ts';
import { bytesInput } from '../support/find.ts';
import { builtinRules } from '../support/rules.ts';
import { printTable } from '../support/table.ts';

it('every pattern is proven', async () => {
  const refused: unknown[] = [];
  let patterns = 0;
  for (const rule of builtinRules) {
    for (const form of rule.forms) {
      patterns++;
      const verdict = await checkPattern(form.pattern);
      if (verdict.kind !== 'fast') refused.push([rule.id, form.name, verdict]);
    }
  }
  printTable('Patterns: proven to be linear or bounded', [{ patterns, refused: refused.length }]);
  expect(refused).toEqual([]);
});

it('texts made to be slow', async () => {
  const matcher = createMatcher(builtinRuleset(), createKernel);
  const size = 1024 * 1024;
  /** CPU milliseconds. */
  const measure = async (bytes: Buffer): Promise<number> => {
    const start = process.cpuUsage();
    await matcher.match(bytesInput(bytes));
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  };
  const full = (unit: string): Buffer =>
    Buffer.from(unit.repeat(Math.ceil(size / unit.length)).slice(0, size), 'latin1');
  const ordinaryText = Buffer.from(sampleText(size)).subarray(0, size);
  await measure(ordinaryText);
  const ordinary = await measure(ordinaryText);
  const rows: { text: string; ms: number }[] = [];
  for (const rule of builtinRules) {
    for (const form of rule.forms) {
      const units = form.keywords.flatMap((keyword) => [keyword, `${keyword}a`, `${keyword}\n`]);
      const [example] = form.examples;
      const { text, secrets } = expandVector(example!, seededRandom(7));
      const bytes = Buffer.from(text);
      // All that leads to a secret, and a secret with one character too few.
      units.push(
        bytes.toString('latin1', 0, secrets[0]!.start),
        `${bytes.toString('latin1', 0, secrets[0]!.end - 1)}!`,
      );
      for (const unit of units) {
        if (unit === '') continue;
        rows.push({ text: `${rule.id}: ${JSON.stringify(unit.slice(0, 24))}`, ms: await measure(full(unit)) });
      }
    }
  }
  const slowest = rows.toSorted((a, b) => b.ms - a.ms).slice(0, 8);
  printTable(
    `1 MB made to be slow, CPU; ordinary text ${ordinary.toFixed(0)} ms`,
    slowest.map(({ text, ms }) => ({ text, ms: Math.round(ms) })),
  );
  // Linear: a keyword at every few bytes costs a trial each, and no more. A pattern that backtracks takes minutes.
  expect(slowest[0]!.ms).toBeLessThan(100 * Math.max(10, ordinary));
});
