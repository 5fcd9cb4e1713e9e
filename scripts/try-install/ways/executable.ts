import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { executableName, PLATFORMS } from '../../release/product.ts';
import type { TryContext, Way } from '../way.ts';

/** What git and its hooks need of the system; nothing else is on the PATH, above all no Node. */
const PROGRAMS = ['git', 'sh', 'cat', 'head'];

export const executable: Way = {
  name: 'executable',
  line: 'curl -fLo glaive .../glaive-linux-x64 && chmod +x glaive',
  missing: (context) => (existsSync(fileOf(context) ?? '') ? undefined : 'run `npm run release -- executables` first'),
  install(context, folder) {
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    const program = join(bin, context.product.command);
    copyFileSync(fileOf(context)!, program); // `missing` has checked it
    chmodSync(program, 0o755);
    const system = join(folder, 'system');
    mkdirSync(system);
    for (const name of PROGRAMS) symlinkSync(pathOf(name), join(system, name));
    return { command: [program], takes: [bin], env: { PATH: `${bin}:${system}` } };
  },
};

function fileOf({ release, product }: TryContext): string | undefined {
  const platform = PLATFORMS.find(({ os, cpu }) => os === process.platform && cpu === process.arch);
  return platform && join(release, executableName(product, platform));
}

function pathOf(name: string): string {
  return execFileSync('sh', ['-c', 'command -v "$1"', 'sh', name], { encoding: 'utf8' }).trim();
}
