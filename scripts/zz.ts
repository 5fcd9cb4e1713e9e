import { readBuiltinRules } from './rules-plugin.ts';
import { compileRuleset } from '../src/ruleset/compile.ts';
import { createTsKernel } from '../src/match/ts-kernel.ts';
import { createMatcher } from '../src/match/matcher.ts';
import { memoryInput } from '../src/sources/memory.ts';
import { expandVector, seededRandom } from '../src/ruleset/vectors.ts';
import { sampleText } from '../src/match/simd/sample.ts';
export async function main(root: string) {
  const rules = readBuiltinRules(root);
  const matcher = createMatcher(compileRuleset(rules), createTsKernel);
  const MB = 1 << 20;
  const time = async (unit: string) => {
    const b = Buffer.from(unit.repeat(Math.ceil(MB / unit.length)).slice(0, MB), 'latin1');
    const t = process.cpuUsage();
    const r = await matcher.match(memoryInput(b));
    const u = process.cpuUsage(t);
    return [(u.user + u.system) / 1000, r.candidates.length] as const;
  };
  await time('x');
  const ordinary = Buffer.from(sampleText(MB)).toString('latin1');
  console.log('ordinary', await time(ordinary), await time(ordinary));
  const rows: [number, string, number][] = [];
  for (const rule of rules)
    for (const form of [...rule.forms, ...rule.routable]) {
      const inputs = new Map<string, string>();
      if ('keywords' in form)
        for (const k of form.keywords) {
          inputs.set('kw ' + k, k);
          inputs.set('kw sp ' + k, k + ' ');
          inputs.set('kw nl ' + k, k + '\n');
          inputs.set('kw a ' + k, k + 'a');
        }
      for (const [i, e] of form.examples.entries()) {
        const { text, secrets } = expandVector(e, seededRandom(5));
        const b = Buffer.from(text);
        const cut = secrets[0]!;
        inputs.set('cut ' + i, b.subarray(0, cut.end - 1).toString('latin1') + '!');
        inputs.set('head ' + i, b.subarray(0, cut.start).toString('latin1'));
      }
      for (const [n, u] of inputs) {
        if (u === '') continue;
        const [ms, c] = await time(u);
        rows.push([ms, `${rule.id} ${form.name} ${JSON.stringify(n)}`, c]);
      }
    }
  rows.sort((a, b) => b[0] - a[0]);
  for (const r of rows.slice(0, 16)) console.log(r[0].toFixed(0), r[1], r[2]);
  console.log('median', rows[rows.length >> 1]![0]);
}
