/**
 * No text takes long: every built-in pattern is proven linear or bounded by a checker, and what is made to be slow is
 * measured against ordinary text of the same size.
 */

import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { checkPattern } from '../../src/lib/pattern-check.ts';
import { createKernel } from '../../src/detect/search/create-kernel.ts';
import { createMatcher } from '../../src/detect/matcher.ts';
import { sampleText } from '../../scripts/bench/sample-text.ts';
import { builtinRuleset } from '../../src/rules/builtin.ts';
import { expandExample, seededRandom } from '../../src/rules/examples.ts';
import { bytesInput } from '../support/find.ts';
import { builtinRules } from '../support/rules.ts';
import { CLI } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { printTable } from '../support/table.ts';

it('every pattern is proven', async () => {
  const refused: unknown[] = [];
  let patterns = 0;
  for (const rule of builtinRules) {
    for (const form of rule.forms) {
      patterns++;
      const verdict = await checkPattern(form.pattern, 60_000); // a busy machine is no refusal
      if (verdict.kind !== 'fast') refused.push([rule.id, form.name, verdict]);
    }
  }
  printTable('Patterns: proven to be linear or bounded', [{ patterns, refused: refused.length }]);
  expect(refused).toEqual([]);
});

it('texts made to be slow', { timeout: 400_000 }, async () => {
  const matcher = createMatcher(builtinRuleset(), createKernel);
  const size = 1024 * 1024;
  /** CPU milliseconds, and whether there is a credential in it: then it is no text made to be slow. */
  const measure = async (bytes: Buffer): Promise<{ readonly ms: number; readonly found: boolean }> => {
    const start = process.cpuUsage();
    const { candidates } = await matcher.match(bytesInput(bytes));
    const { user, system } = process.cpuUsage(start);
    return { ms: (user + system) / 1000, found: candidates.length > 0 };
  };
  const full = (unit: string): Buffer =>
    Buffer.from(unit.repeat(Math.ceil(size / unit.length)).slice(0, size), 'latin1');
  const ordinaryText = Buffer.from(sampleText(size)).subarray(0, size);
  await measure(ordinaryText);
  const ordinary = (await measure(ordinaryText)).ms;
  const rows: { text: string; ms: number; unit: string }[] = [];
  for (const rule of builtinRules) {
    for (const form of rule.forms) {
      const units = form.keywords.flatMap((keyword) => [keyword, `${keyword}a`, `${keyword}\n`]);
      const [example] = form.examples;
      const { text, secrets } = expandExample(example!, seededRandom(7));
      const bytes = Buffer.from(text);
      // All that leads to a secret, and a secret with one character too few.
      units.push(
        bytes.toString('latin1', 0, secrets[0]!.start),
        `${bytes.toString('latin1', 0, secrets[0]!.end - 1)}!`,
      );
      for (const unit of units) {
        if (unit === '') continue;
        const { ms, found } = await measure(full(unit));
        if (!found) rows.push({ text: `${rule.id}: ${JSON.stringify(unit.slice(0, 24))}`, ms, unit });
      }
    }
  }
  const slowest = rows.toSorted((a, b) => b.ms - a.ms).slice(0, 8);
  const folder = tempFolder();
  const plain = wholeProcess(folder, ordinaryText);
  const table = slowest.map(({ text, ms, unit }) => {
    const cpu = wholeProcess(folder, full(unit));
    return {
      text,
      'matcher ms': Math.round(ms),
      'process ms': Math.round(cpu),
      ratio: Number((cpu / plain).toFixed(2)),
    };
  });
  printTable(
    `1 MB made to be slow, CPU; ordinary text: matcher ${ordinary.toFixed(0)} ms, process ${plain.toFixed(0)} ms`,
    table,
  );
  // A pattern that backtracks takes minutes.
  for (const { ratio } of table) expect(ratio).toBeLessThan(4);
});

/** CPU milliseconds of `glaive scan` over a text, the least of some. */
function wholeProcess(folder: string, bytes: Buffer): number {
  writeFileSync(join(folder, 'text'), bytes);
  const command = `TIMEFORMAT='%U %S'; time "${process.execPath}" "${CLI}" scan --threads 1 text >/dev/null`;
  const times = Array.from({ length: 7 }, () => {
    const { stderr } = spawnSync('bash', ['-c', command], { cwd: folder, encoding: 'utf8' });
    const [user, system] = stderr.trim().split(' ');
    return 1000 * (Number(user) + Number(system));
  });
  return Math.min(...times);
}
