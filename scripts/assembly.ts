/** Compiles AssemblyScript to WebAssembly during the build. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The used part of the compiler's interface. Its own types would declare AssemblyScript's globals for every file. */
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

/** Source text by file name. */
export type AssemblyFiles = Readonly<Record<string, string>>;

/** Reads a folder of AssemblyScript; `main.ts` in it is the entry. */
export function readAssembly(folder: string): AssemblyFiles {
  return Object.fromEntries(
    readdirSync(folder)
      .toSorted()
      .map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  );
}

/** Returns WebAssembly in base64. */
export async function compileAssembly(files: AssemblyFiles): Promise<string> {
  const { default: asc } = (await import(COMPILER)) as { readonly default: Compiler };
  let code: Uint8Array | undefined;
  const options = ['-O3', '--runtime', 'stub', '--noAssert', '--importMemory', '--enable', 'simd', '--use', 'abort='];
  const { error, stderr } = await asc.main(['main.ts', ...options, '--outFile', 'main.wasm'], {
    readFile: (name) => files[name] ?? null,
    writeFile: (_, content) => {
      if (typeof content !== 'string') code = content;
    },
    listFiles: () => [],
  });
  if (error !== null || code === undefined) throw new Error(`AssemblyScript does not compile: ${stderr.toString()}`);
  return Buffer.from(code).toString('base64');
}
