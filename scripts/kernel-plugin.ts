/**
 * The bundler plugin that turns the kernel's AssemblyScript into the module `virtual:simd-kernel`, with a plan for the
 * built-in rules' literals, so that a release compiles and plans nothing.
 */

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { needlesOf } from '../src/match/needles.ts';
import { planSlots, THOROUGH } from '../src/match/simd/plan.ts';
import { compileRuleset } from '../src/ruleset/compile.ts';
import { readBuiltinRules } from './rules-plugin.ts';

const MODULE = 'virtual:simd-kernel';

export function kernelPlugin(root: string) {
  return {
    name: 'glaive-kernel',
    resolveId: (id: string): string | undefined => (id === MODULE ? `\0${MODULE}` : undefined),
    async load(id: string): Promise<string | undefined> {
      if (id !== `\0${MODULE}`) return undefined;
      const source = readFileSync(join(root, 'src', 'match', 'simd', 'assembly', 'kernel.ts'), 'utf8');
      const needles = needlesOf(compileRuleset(readBuiltinRules(root)).literals).map(({ text }) => text);
      // The plan takes many seconds; the same literals and the same planner give the same one.
      const planner = ['src/match/simd/plan.ts', 'src/match/simd/sample.ts', 'package-lock.json'].map((name) =>
        readFileSync(join(root, name), 'utf8'),
      );
      const key = createHash('sha256')
        .update([source, ...planner, JSON.stringify(needles)].join('\0'))
        .digest('hex');
      const cached = join(root, 'node_modules', '.cache', `glaive-kernel-${key.slice(0, 16)}.mjs`);
      if (existsSync(cached)) return readFileSync(cached, 'utf8');
      const parts = {
        simd: await compileAssembly(source, ['simd']),
        relaxedSimd: await compileAssembly(source, ['simd', 'relaxed-simd']),
        builtinPlan: plan(needles),
      };
      const code = Object.entries(parts)
        .map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};`)
        .join('\n');
      mkdirSync(dirname(cached), { recursive: true });
      // Another run may write the same: it is whole or not there.
      writeFileSync(`${cached}.${process.pid}`, code);
      renameSync(`${cached}.${process.pid}`, cached);
      return code;
    },
  };
}

/** What is used of the compiler. Its own types declare AssemblyScript's globals, which would then be everybody's. */
interface Compiler {
  main(
    argv: readonly string[],
    files: {
      readonly readFile: (name: string) => string | null;
      readonly writeFile: (name: string, content: string | Uint8Array) => void;
      readonly listFiles: () => readonly string[];
    },
  ): Promise<{ readonly error: Error | null; readonly stderr: { toString(): string } }>;
}
const COMPILER: string = 'assemblyscript/asc';

/** AssemblyScript to WebAssembly, base64. */
async function compileAssembly(source: string, features: readonly string[]): Promise<string> {
  const { default: asc } = (await import(COMPILER)) as { readonly default: Compiler };
  let code: Uint8Array | undefined;
  const options = ['-O3', '--runtime', 'stub', '--noAssert', '--importMemory', '--use', 'abort='];
  const { error, stderr } = await asc.main(
    ['kernel.ts', ...options, ...features.flatMap((feature) => ['--enable', feature]), '--outFile', 'kernel.wasm'],
    {
      readFile: (name) => (name === 'kernel.ts' ? source : null),
      writeFile: (_, content) => {
        if (typeof content !== 'string') code = content;
      },
      listFiles: () => [],
    },
  );
  if (error !== null || code === undefined) throw new Error(`the kernel does not compile: ${stderr.toString()}`);
  return Buffer.from(code).toString('base64');
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
