/** AssemblyScript compiled when glaive is built, and kept until its source changes. */

import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

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

/** AssemblyScript to WebAssembly, base64. @param files by their names; it begins with `main.ts` */
export async function compileAssembly(
  files: Readonly<Record<string, string>>,
  features: readonly string[],
): Promise<string> {
  const { default: asc } = (await import(COMPILER)) as { readonly default: Compiler };
  let code: Uint8Array | undefined;
  const options = ['-O3', '--runtime', 'stub', '--noAssert', '--importMemory', '--use', 'abort='];
  const { error, stderr } = await asc.main(
    ['main.ts', ...options, ...features.flatMap((feature) => ['--enable', feature]), '--outFile', 'main.wasm'],
    {
      readFile: (name) => files[name] ?? null,
      writeFile: (_, content) => {
        if (typeof content !== 'string') code = content;
      },
      listFiles: () => [],
    },
  );
  if (error !== null || code === undefined) throw new Error(`AssemblyScript does not compile: ${stderr.toString()}`);
  return Buffer.from(code).toString('base64');
}

/** A module of constants, made once for each name. @param name changes with what it is made of */
export async function cachedModule(
  root: string,
  name: string,
  make: () => Promise<Readonly<Record<string, unknown>>>,
): Promise<string> {
  const cached = join(root, 'node_modules', '.cache', `${name}.mjs`);
  if (existsSync(cached)) return readFileSync(cached, 'utf8');
  const code = Object.entries(await make())
    .map(([key, value]) => `export const ${key} = ${JSON.stringify(value)};`)
    .join('\n');
  mkdirSync(dirname(cached), { recursive: true });
  // Another run may write the same: it is whole or not there.
  writeFileSync(`${cached}.${process.pid}`, code);
  renameSync(`${cached}.${process.pid}`, cached);
  return code;
}
