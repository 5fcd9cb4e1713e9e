/** Fetches: what is fetched, the progress of it, and the names that are not trusted. */

import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fetchFrom } from '../../../src/git/remote.ts';
import { GitError } from '../../../src/git/spawn.ts';
import { git, gitEnvironment, tempFolder, tempRepository, writeFiles } from '../../support/temp-folder.ts';

function shallowClone(): string {
  const origin = tempRepository({ 'a.txt': 'one\n' });
  for (const text of ['two', 'three']) {
    writeFiles(origin, { 'a.txt': `${text}\n` });
    git(origin, 'commit', '--quiet', '--all', '-m', text);
  }
  const clone = join(tempFolder(), 'clone');
  git(origin, 'clone', '--quiet', '--depth', '1', `file://${origin}`, clone);
  return clone;
}
const countOf = (folder: string): string => git(folder, 'rev-list', '--count', 'HEAD').trim();

it('fetches the rest of a shallow clone, and reports the steps of it', async () => {
  const clone = shallowClone();
  const steps = new Map<string, number>();
  await fetchFrom(
    { remote: 'origin', flags: ['--unshallow'] },
    { cwd: clone, env: gitEnvironment(), onFetchProgress: (step, percent) => steps.set(step, percent) },
  );
  expect(countOf(clone)).toBe('3');
  expect([...steps.keys()].length).toBeGreaterThan(0);
  expect(Math.max(...steps.values())).toBeLessThanOrEqual(100);
});

it('fetches what is wanted, and waits for nothing where that is nothing', async () => {
  const clone = shallowClone();
  const options = { cwd: clone, env: gitEnvironment() };
  await fetchFrom({ remote: 'origin', flags: ['--depth=2'], wanted: ['HEAD'] }, options);
  expect(countOf(clone)).toBe('2');
  await fetchFrom({ remote: 'origin', flags: [], wanted: [] }, options);
});

it('never takes the name of a remote for a flag, and fails with what git says', async () => {
  const options = { cwd: shallowClone(), env: gitEnvironment() };
  const failure = fetchFrom({ remote: '--upload-pack=touch pwned', flags: [] }, options);
  await expect(failure).rejects.toThrow(/^fatal: /);
  await expect(failure).rejects.toBeInstanceOf(GitError);
});

it('is stopped by the signal', async () => {
  const options = { cwd: shallowClone(), env: gitEnvironment(), signal: AbortSignal.abort() };
  await expect(fetchFrom({ remote: 'origin', flags: [] }, options)).rejects.toMatchObject({ reason: 'stopped' });
});
