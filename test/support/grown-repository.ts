/** Repositories of any size, made in a moment by `git fast-import`: so many commits, so many of them with a leak of their own. */

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { mint, Random } from './mint.ts';
import { gitEnvironment, tempFolder } from './temp-folder.ts';

export interface Growth {
  readonly commits: number;
  /** Commits that introduce a credential, each another one, in a file of its own. */
  readonly leaks: number;
  /** Refs, each at another commit; default: the branch alone. */
  readonly refs?: number;
  /** `grid`: two branches that merge each other at every step. Default: one line of commits. */
  readonly shape?: 'line' | 'grid';
  /** Where the leaks are: each in its own file, all in versions of one file, or all in one file. Default: own. */
  readonly leaksIn?: 'own-files' | 'versions' | 'one-file';
  /** Files that every commit changes. Default: 1. */
  readonly files?: number;
}

export interface GrownRepository {
  /** A bare repository. */
  readonly root: string;
  /** The credentials in it, in the order of their commits. */
  readonly tokens: readonly string[];
}

/** @param seed the same seed and growth give the same repository */
export function grownRepository(seed: number, growth: Growth): GrownRepository {
  const { commits, leaks, refs = 0, shape = 'line', leaksIn = 'own-files', files = 1 } = growth;
  const random = new Random(seed);
  const root = join(tempFolder(), 'grown.git');
  execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=main', root], { env: gitEnvironment() });
  const tokens: string[] = [];
  const pieces: string[] = [];
  const file = (path: string, text: string): void => {
    pieces.push(`M 100644 inline ${path}\ndata ${Buffer.byteLength(text)}\n${text}\n`);
  };
  const isLeak = (at: number, count: number): boolean =>
    Math.floor(((at + 1) * count) / commits) > Math.floor((at * count) / commits);
  for (let at = 0; at < commits; at++) {
    const branch = shape === 'grid' && at % 2 === 1 ? 'other' : 'main';
    const message = `change ${at}`;
    pieces.push(
      `commit refs/heads/${branch}\nmark :${at + 1}\ncommitter T <t@example.com> ${1_600_000_000 + at} +0000\n`,
      `data ${message.length}\n${message}\n`,
    );
    if (shape === 'grid' && at >= 1) {
      if (at === 1) pieces.push('from :1\n');
      else pieces.push(`from :${at - 1}\nmerge :${at}\n`);
    }
    for (let each = 0; each < files; each++)
      file(`src/d${(at + each) % 7}/f${each}.txt`, `line ${at}\n${'nothing to see here\n'.repeat(each % 5)}`);
    if (isLeak(at, leaks)) {
      const token = mint('pat routable v1', random);
      tokens.push(token);
      if (leaksIn === 'own-files') file(`leak/${tokens.length >> 6}/${tokens.length}.txt`, `token = "${token}"\n`);
      else if (leaksIn === 'versions') file('leak.txt', `token = "${token}"\n`);
    }
    if (isLeak(at, refs)) pieces.push(`reset refs/tags/at-${at}\nfrom :${at + 1}\n\n`);
  }
  if (leaksIn === 'one-file') {
    pieces.push(`commit refs/heads/main\ncommitter T <t@example.com> 1700000000 +0000\ndata 3\nall\n`);
    file('leak.txt', tokens.map((token) => `token = "${token}"\n`).join(''));
  }
  execFileSync('git', ['-C', root, 'fast-import', '--quiet'], {
    env: gitEnvironment(),
    input: pieces.join(''),
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  return { root, tokens };
}
