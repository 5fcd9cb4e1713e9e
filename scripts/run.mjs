// Runs one of the TypeScript programs in this folder: `node scripts/run.mjs scripts/NAME.ts [ARGUMENTS]`.
// Node 20 cannot run TypeScript, so the program is bundled first (packages stay outside the bundle). `src/generated/` is
// updated first, because most programs import it.

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [program, ...args] = process.argv.slice(2);
if (program === undefined) throw new Error('usage: node scripts/run.mjs scripts/NAME.ts [ARGUMENTS]');

const generate = join(root, 'scripts', 'generate.ts');
await run(generate);
if (resolve(program) !== generate) await run(resolve(program));

async function run(input) {
  // Inside the repository, so that the bundle finds the packages.
  const cache = join(root, '.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'script-'));
  try {
    const bundle = await rolldown({ input, platform: 'node', external: /^[^./]/, logLevel: 'warn' });
    const file = join(folder, 'program.mjs');
    await bundle.write({ file, format: 'esm', codeSplitting: false });
    await bundle.close();
    const { main } = await import(pathToFileURL(file).href);
    await main(root, args);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
