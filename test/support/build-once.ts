/** Builds glaive before the tests unless its build is up to date, so that the end-to-end tests run what is in `src/`. */

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

export default function setup(): void {
  const root = join(import.meta.dirname, '..', '..');
  execFileSync(process.execPath, ['scripts/run.mjs', 'scripts/build.ts', '--cache-only'], {
    cwd: root,
    stdio: 'inherit',
  });
}
