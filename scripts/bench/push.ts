/** The cost of clean hooks for pushes: pre-push of 10 commits, pre-receive of 1, 100 and 5 000. */

import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Command, measure, type Timing } from './measure.ts';
import type { BenchOptions } from './options.ts';

const FILES = 500;
/** Files that each commit changes. */
const CHANGED = 4;
const HASH = /^[0-9a-f]{40}$/;

export function benchPush({ main, effort, quick, print }: BenchOptions): void {
  const cwd = mkdtempSync(join(tmpdir(), 'glaive-bench-'));
  try {
    const env = { ...process.env, HOME: cwd, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' };
    const git = (args: readonly string[], input?: string): string =>
      execFileSync('git', args, { cwd, env, input, encoding: 'utf8', maxBuffer: 1 << 28 });
    git(['init', '--quiet', '--bare', '--initial-branch=main']);
    const commits = quick ? [1, 100] : [1, 100, 5000];
    const base = build(git, 0);
    for (const count of [10, ...commits]) {
      git(['update-ref', 'refs/heads/main', base]);
      git(['update-ref', 'refs/remotes/origin/main', base]);
      const tip = build(git, count, base);
      // As in quarantine: the pushed objects are reachable from no ref.
      const isPush = count === 10;
      const [hook, not] = isPush ? ['pre-push', '--remotes=origin'] : ['pre-receive', '--all'];
      const input = isPush ? `refs/heads/main ${tip} refs/heads/main ${base}\n` : `${base} ${tip} refs/heads/main\n`;
      const args = [main, 'hook', 'run', hook, ...(isPush ? ['origin', 'url'] : ['--time-limit', '600'])];
      expectItScans(git, args, cwd, env, base, isPush);
      const range = `${tip} --not ${not}`;
      const commands: Command[] = [
        { name: 'node -e 0', program: process.execPath, args: ['-e', '0'] },
        { name: 'git rev-list', program: 'sh', args: ['-c', `git rev-list ${range}`] },
        { name: 'git log -p -U0', program: 'sh', args: ['-c', `git log -p -U0 ${range}`] },
        {
          name: 'git rev-list --objects, cat-file --batch',
          program: 'sh',
          args: ['-c', `git rev-list --objects --no-object-names ${range} | git cat-file --batch --buffer`],
        },
        { name: `glaive hook run ${hook}`, program: process.execPath, args, input },
      ];
      const timings = measure(
        commands.map((command) => ({ ...command, cwd, env })),
        { ...effort, ...(count > 1000 ? { rounds: 3, runs: 1 } : { runs: Math.min(effort.runs, 5) }) },
      );
      const [, , log] = timings as [Timing, Timing, Timing];
      print(
        `${hook} of ${count} ${count === 1 ? 'commit' : 'commits'}, ${CHANGED} files each, clean; Node ${process.versions.node}`,
        ['command', 'wall ms', 'CPU ms', 'of git log -p'],
        timings.map(({ name, wall, cpu }) => [name, wall.toFixed(0), cpu.toFixed(0), `${(cpu / log.cpu).toFixed(2)}x`]),
      );
    }
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

type Git = (args: readonly string[], input?: string) => string;

/** Makes commits with fast-import, on top of `parent`, and returns the last one. They are reachable from no ref. */
function build(git: Git, count: number, parent?: string): string {
  const lines: string[] = [];
  const put = (path: string, text: string): void => {
    lines.push(`M 100644 inline ${path}`, `data ${Buffer.byteLength(text)}`, text);
  };
  const total = parent === undefined ? 1 : count;
  for (let at = 0; at < total; at++) {
    lines.push(
      'commit refs/heads/import',
      'committer A <a@example.com> 1767225600 +0000',
      'data 8',
      `commit ${at % 10}`,
    );
    if (at === 0 && parent !== undefined) lines.push(`from ${parent}`);
    if (parent === undefined) for (let file = 0; file < FILES; file++) put(pathOf(file), content(file, 0));
    else for (let file = 0; file < CHANGED; file++) put(pathOf((at * CHANGED + file) % FILES), content(file, at + 1));
    lines.push('');
  }
  git(['fast-import', '--quiet', '--force'], `${lines.join('\n')}\n`);
  const tip = git(['rev-parse', 'refs/heads/import']).trim();
  if (!HASH.test(tip)) throw new Error('fast-import made no commit');
  git(['update-ref', '-d', 'refs/heads/import']);
  return tip;
}

function pathOf(file: number): string {
  return `part-${file % 20}/file-${file}.ts`;
}

/** About 4 KB; a few lines differ between versions. */
function content(file: number, version: number): string {
  return Array.from({ length: 60 }, (_, at) => {
    const seed = at % 12 === version % 12 ? `${file} ${at} ${version}` : `${file} ${at}`;
    return `export const value${at} = '${createHash('sha1').update(seed).digest('hex')}';`;
  }).join('\n');
}

/** A hook that scans nothing is fast: it must stop a token before it is timed. */
function expectItScans(
  git: Git,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
  base: string,
  isPush: boolean,
): void {
  const token = ['glpat', randomBytes(15).toString('base64url')].join('-'); // the repository contains no token-shaped text
  const blob = git(['hash-object', '-w', '--stdin'], token).trim();
  const tree = git(['mktree'], `100644 blob ${blob}\tleak.env\n`).trim();
  const identity = {
    GIT_AUTHOR_NAME: 'A',
    GIT_AUTHOR_EMAIL: 'a@example.com',
    GIT_COMMITTER_NAME: 'A',
    GIT_COMMITTER_EMAIL: 'a@example.com',
  };
  const tip = execFileSync('git', ['commit-tree', '-p', base, '-m', 'x', tree], {
    cwd,
    env: { ...env, ...identity },
    encoding: 'utf8',
  }).trim();
  const input = isPush ? `refs/heads/main ${tip} refs/heads/main ${base}\n` : `${base} ${tip} refs/heads/main\n`;
  const { status } = spawnSync(process.execPath, args, { cwd, env, input });
  if (status !== 1) throw new Error(`the hook ended with ${status} for a leak`);
}
