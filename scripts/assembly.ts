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

/** Reads folders of AssemblyScript, each by its path in `src`; `main.ts` in the first is the entry. */
export function readAssembly(src: string, ...folders: readonly string[]): AssemblyFiles {
  return Object.fromEntries(
    folders.flatMap((folder) =>
      readdirSync(join(src, folder))
        .toSorted()
        .map((name) => [`${folder}/${name}`, readFileSync(join(src, folder, name), 'utf8')]),
    ),
  );
}

/** Returns WebAssembly in base64. */
export async function compileAssembly(files: AssemblyFiles): Promise<string> {
  const entry = Object.keys(files).find((name) => name.endsWith('/main.ts'));
  if (entry === undefined) throw new Error('there is no main.ts');
  const { default: asc } = (await import(COMPILER)) as { readonly default: Compiler };
  let code: Uint8Array | undefined;
  const options = ['-O3', '--runtime', 'stub', '--noAssert', '--importMemory', '--enable', 'simd', '--use', 'abort='];
  const { error, stderr } = await asc.main([entry, ...options, '--outFile', 'main.wasm'], {
    readFile: (name) => files[name] ?? null,
    writeFile: (_, content) => {
      if (typeof content !== 'string') code = content;
    },
    listFiles: () => [],
  });
  if (error !== null || code === undefined) throw new Error(`AssemblyScript does not compile: ${stderr.toString()}`);
  return Buffer.from(code).toString('base64');
}
