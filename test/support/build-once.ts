/** Builds `dist/` before the tests, so that the end-to-end tests run what is in `src/`. */

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

export default function setup(): void {
  const root = join(import.meta.dirname, '..', '..');
  execFileSync(process.execPath, ['scripts/run.mjs', 'scripts/build.ts'], { cwd: root, stdio: 'inherit' });
}
