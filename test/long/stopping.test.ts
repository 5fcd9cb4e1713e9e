/** Signals at many random times, in a repository of 20 000 commits: the system test's questions, with more of everything. */

import { describe, it } from 'vitest';
import { stopRandomly } from '../support/stop-randomly.ts';

describe('a signal at any time, among 20 000 commits', () => {
  it.each([
    ['history, packs by one thread', ['history', '--reader', 'pack', '--threads', '1']],
    ['history, packs by two threads', ['history', '--reader', 'pack', '--threads', '2']],
    ['history, by git', ['history', '--reader', 'git']],
    ['diff', ['diff', 'ROOT..main']],
  ])('%s', async (_name, args) => {
    await stopRandomly(args, { commits: 20_000, leaks: 400, files: 3, rounds: 12, seed: 2404 });
  });
});
