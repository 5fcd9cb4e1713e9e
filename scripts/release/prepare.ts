/** `npm run release -- prepare VERSION`: gives the version and what is unreleased to a release. It commits nothing. */

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withVersion } from './changelog.ts';

export function prepare(root: string, [version = '']: readonly string[], say: (line: string) => void): void {
  if (!/^\d+\.\d+\.\d+(?:-[\da-z.-]+)?$/.test(version))
    throw new Error('usage: npm run release -- prepare VERSION, with a version like 1.2.3');
  const changelog = join(root, 'CHANGELOG.md');
  const text = withVersion(readFileSync(changelog, 'utf8'), version, new Date().toISOString().slice(0, 10));
  const npm = (...args: readonly string[]): void => {
    execFileSync('npm', args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  };
  npm('version', version, '--no-git-tag-version', '--allow-same-version', '--ignore-scripts');
  writeFileSync(changelog, text);
  npm('run', '--silent', 'docs');
  say(`the version is ${version}. Read git diff; RELEASING.md has the next steps`);
}
