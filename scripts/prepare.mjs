// Runs after `npm ci` in a clone, and when the package is installed from git. Does nothing without the development packages,
// which the build needs.

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
if (existsSync(join(root, 'node_modules', 'rolldown'))) {
  execFileSync(process.execPath, [join(root, 'scripts', 'run.mjs'), join(root, 'scripts', 'build.ts')], {
    cwd: root,
    stdio: 'inherit',
  });
  // A clone gets the hooks of .husky/; a package that npm installs from git is not a clone.
  if (existsSync(join(root, '.git'))) {
    const { default: husky } = await import('husky');
    const problem = husky();
    if (problem !== '') process.stderr.write(`no hooks were set up: ${problem}\n`);
  }
}
