/** Copies of a folder and of a repository, by hard links, on which all scanners can run. */

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { deflateSync } from 'node:zlib';

/** Outside of any work tree, because some scanners leave out what git ignores. */
export function copyTree(from: string, to: string): void {
  link(from, to);
  rmSync(join(to, '.git'), { recursive: true, force: true });
}

/**
 * A bare copy. Partial clones lack objects, on which scanners that run `git log -p` give up: an empty blob is put in the place of
 * each.
 *
 * @returns the number of objects that were missing
 */
export function copyRepository(from: string, to: string): number {
  const gitIn = (cwd: string, ...args: string[]): string =>
    execFileSync('git', args, { cwd, encoding: 'utf8', maxBuffer: 2 ** 30, stdio: ['ignore', 'pipe', 'ignore'] });
  const git = (...args: string[]): string => gitIn(to, ...args);
  // Also of a linked work tree.
  link(resolve(from, gitIn(from, 'rev-parse', '--git-common-dir').trim()), to);
  // Files are links to the originals, so the new configuration must be a new file, as git writes it.
  git('config', 'core.bare', 'true');
  const packs = join(to, 'objects', 'pack');
  const promisors = readdirSync(packs).filter((name) => name.endsWith('.promisor'));
  if (promisors.length === 0) return 0;
  const missing = git('rev-list', '--objects', '--all', '--missing=print', '--quiet')
    .split('\n')
    .filter((line) => line.startsWith('?'))
    .map((line) => line.slice(1));
  for (const id of missing) {
    const folder = join(to, 'objects', id.slice(0, 2));
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, id.slice(2)), deflateSync('blob 0\0'));
  }
  for (const name of promisors) rmSync(join(packs, name));
  return missing.length;
}

function link(from: string, to: string): void {
  if (spawnSync('cp', ['-al', from, to], { stdio: 'ignore' }).status === 0) return;
  rmSync(to, { recursive: true, force: true });
  execFileSync('cp', ['-a', from, to]);
}
