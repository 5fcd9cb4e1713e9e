/**
 * The bundler plugin that turns the kernel's AssemblyScript into the module `virtual:simd-kernel`, with a plan for the
 * built-in rules' literals, so that a release compiles and plans nothing.
 */

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { needlesOf } from '../src/detect/needles.ts';
import { planSlots, THOROUGH } from '../src/detect/search/simd/plan.ts';
import { compileRuleset } from '../src/rules/compile.ts';
import { cachedModule, compileAssembly } from './assembly.ts';
import { readBuiltinRules } from './rules-plugin.ts';

const MODULE = 'virtual:simd-kernel';

export function kernelPlugin(root: string) {
  return {
    name: 'glaive-kernel',
    resolveId: (id: string): string | undefined => (id === MODULE ? `\0${MODULE}` : undefined),
    async load(id: string): Promise<string | undefined> {
      if (id !== `\0${MODULE}`) return undefined;
      const source = readFileSync(join(root, 'src', 'detect', 'search', 'simd', 'assembly', 'kernel.ts'), 'utf8');
      const needles = needlesOf(compileRuleset(readBuiltinRules(root)).literals).map(({ text }) => text);
      // The plan takes many seconds; the same literals and the same planner give the same one.
      const planner = ['src/detect/search/simd/plan.ts', 'src/detect/search/simd/sample.ts', 'package-lock.json'].map(
        (name) => readFileSync(join(root, name), 'utf8'),
      );
      const key = createHash('sha256')
        .update([source, ...planner, JSON.stringify(needles)].join('\0'))
        .digest('hex');
      return await cachedModule(root, `glaive-kernel-${key.slice(0, 16)}`, async () => ({
        simd: await compileAssembly({ 'main.ts': source }, ['simd']),
        relaxedSimd: await compileAssembly({ 'main.ts': source }, ['simd', 'relaxed-simd']),
        builtinPlan: plan(needles),
      }));
    },
  };
}

function plan(texts: readonly string[]): Record<string, number[]> {
  const slots = planSlots(
    texts.map((text) => Buffer.from(text, 'latin1')),
    THOROUGH,
  );
  return Object.fromEntries(
    texts.map((text, id) => [text, slots[id]!.flatMap(({ offset, bucket }) => [offset, bucket])]),
  );
}
