/** What users install. */

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');

it('takes less than 10 MB', () => {
  const { files } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { files: string[] };
  const size = (path: string): number => {
    const stats = statSync(path);
    return stats.isFile() ? stats.size : readdirSync(path).reduce((sum, name) => sum + size(join(path, name)), 0);
  };
  const sizes = [...files, 'README.md', 'LICENSE', 'package.json'].map((name) => size(join(ROOT, name)));
  expect(sizes.reduce((sum, one) => sum + one, 0)).toBeLessThan(10_000_000);
});
