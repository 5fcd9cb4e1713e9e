/** Programs from npm, for the ways that need them: other versions of Node, other package managers. */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** @returns installs packages once below a folder, and gives the folder of their commands */
export function toolsIn(folder: string): (...packages: readonly string[]) => string {
  return (...packages) => {
    const own = join(folder, packages.join('+').replaceAll('/', '-'));
    if (!existsSync(own)) {
      mkdirSync(own, { recursive: true });
      writeFileSync(join(own, 'package.json'), '{"private":true}');
      execFileSync('npm', ['install', '--silent', ...packages], { cwd: own, stdio: ['ignore', 'ignore', 'inherit'] });
    }
    return join(own, 'node_modules', '.bin');
  };
}
