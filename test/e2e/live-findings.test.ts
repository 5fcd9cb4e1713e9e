/** Findings that appear while a long scan runs. */

import { afterEach, beforeAll, expect, it, vi } from 'vitest';
import { Random, routableToken } from '../support/mint.ts';
import { glaive } from '../support/run-cli.ts';
import { tempFolder, writeFiles } from '../support/temp-folder.ts';

// The progress is drawn once this is loaded: of a scan that takes a second only by a mocked clock, that could be after its end.
beforeAll(() => import('../../src/lib/progress-line.ts'));
afterEach(() => void vi.restoreAllMocks());

const random = new Random(20261130);
const token = (): string =>
  routableToken(random, { prefix: 'glpat-', payload: { o: 1, u: random.below(1000) + 1 }, version: 'v1' });

/** A scan that takes a second for each file by its clock. */
function slowly(): void {
  let now = Date.now();
  vi.spyOn(Date, 'now').mockImplementation(() => (now += 1000));
}

function folderOf(tokens: readonly string[]): string {
  const cwd = tempFolder();
  const some = tokens.map((each, index) => [`a${String(index).padStart(2, '0')}.txt`, `x\n${each}\n${each}\n`]);
  const none = Array.from({ length: 40 }, (_, index) => [`b${index}.txt`, 'nothing\n']);
  writeFiles(cwd, Object.fromEntries([...some, ...none]));
  return cwd;
}

/** What standard error shows, line by line, without the progress. */
const foundIn = (stderr: string): string[] =>
  stderr
    .replaceAll('\u001B[K', '')
    .split(/[\r\n]+/)
    .filter((line) => line.startsWith('found: '));

it('are shown on a terminal, one line each, without the secret', async () => {
  const [first, second] = [token(), token()];
  const cwd = folderOf([first, first, second]);
  slowly();
  const { code, stderr } = await glaive(['scan', '--format', 'json', '--threads', '1'], { cwd, columns: 100 });
  expect(code).toBe(1);
  expect(foundIn(stderr)).toEqual([
    'found: a00.txt:2  GitLab personal access token (routable, versioned)  (proven)',
    'found: a02.txt:2  GitLab personal access token (routable, versioned)  (proven)',
  ]);
  for (const secret of [first, second]) expect(stderr).not.toContain(secret);
});

it('are so many at most', async () => {
  const cwd = folderOf(Array.from({ length: 14 }, token));
  slowly();
  const { stderr } = await glaive(['scan', '--threads', '1'], { cwd, columns: 100 });
  expect(foundIn(stderr)).toHaveLength(11);
  expect(foundIn(stderr).at(-1)).toBe('found: more; see the report at the end');
});

it.each([
  ['in a pipe', [], undefined],
  ['with --quiet', ['--quiet'], 100],
])('are not shown %s', async (_, flags, columns) => {
  const cwd = folderOf([token()]);
  slowly();
  const { code, stderr } = await glaive(['scan', ...flags, '--threads', '1'], {
    cwd,
    ...(columns === undefined ? {} : { columns }),
  });
  expect([code, foundIn(stderr)]).toEqual([1, []]);
});
