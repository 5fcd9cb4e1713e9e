/** The cost of a clean commit hook: 20 staged files, in a small and in a large repository. */

import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { measure, type Timing } from './measure.ts';
import { ownPlatform } from '../release/executables/build.ts';
import { executableName, readProduct } from '../release/product.ts';
import type { BenchOptions } from './options.ts';

/** CPU milliseconds above a bare Node and a bare `git diff --cached`. */
const STAGED_BUDGET = 12;
const START_BUDGET = 10;
const STAGED_FILES = 20;

/** Of a release, which has its own Node: this one should be of the same version. */
function executableOf(root: string): string | undefined {
  const platform = ownPlatform();
  const path = platform && join(root, 'release', executableName(readProduct(root), platform));
  return path !== undefined && existsSync(path) ? path : undefined;
}

export function benchStaged({ main, root, effort, print }: BenchOptions): void {
  const executable = executableOf(root);
  for (const files of [200, 60_000]) {
    const cwd = mkdtempSync(join(tmpdir(), 'glaive-bench-'));
    try {
      const env = { ...process.env, ...gitEnvironment(cwd) };
      makeRepository(cwd, files, env);
      expectItScans(main, cwd, env);
      const commands = [
        { name: 'node -e 0', program: process.execPath, args: ['-e', '0'] },
        { name: 'git diff --cached', program: 'git', args: ['diff', '--cached'] },
        { name: 'glaive --version', program: process.execPath, args: [main, '--version'] },
        { name: 'glaive staged', program: process.execPath, args: [main, 'staged'] },
        { name: 'glaive hook run pre-commit', program: process.execPath, args: [main, 'hook', 'run', 'pre-commit'] },
        ...(executable === undefined
          ? []
          : [
              { name: 'executable --version', program: executable, args: ['--version'] },
              { name: 'executable hook run pre-commit', program: executable, args: ['hook', 'run', 'pre-commit'] },
            ]),
      ].map((command) => ({ ...command, cwd, env }));
      const timings = measure(commands, effort);
      const [node, git, version, staged, hook, ...own] = timings as [
        Timing,
        Timing,
        Timing,
        Timing,
        Timing,
        ...Timing[],
      ];
      print(
        `${files} files, ${STAGED_FILES} of them staged and clean; Node ${process.versions.node}`,
        ['command', 'wall ms', 'CPU ms', 'above the bare ones', 'budget'],
        [
          row(node),
          row(git),
          row(version, node.cpu, START_BUDGET),
          row(staged, node.cpu + git.cpu, STAGED_BUDGET),
          row(hook, node.cpu + git.cpu, STAGED_BUDGET),
          ...own.map((timing, index) =>
            index === 0 ? row(timing, node.cpu, START_BUDGET) : row(timing, node.cpu + git.cpu, STAGED_BUDGET),
          ),
        ],
      );
    } finally {
      rmSync(cwd, { recursive: true, force: true });
    }
  }
}

function row({ name, wall, cpu }: Timing, floor?: number, budget?: number): string[] {
  const above = floor === undefined ? '' : (cpu - floor).toFixed(1);
  return [name, wall.toFixed(1), cpu.toFixed(1), above, budget === undefined ? '' : String(budget)];
}

function gitEnvironment(home: string): Record<string, string> {
  return { HOME: home, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' };
}

/** Files of about 4 KB in 100 folders; in 20 of them a few lines are changed and staged. */
function makeRepository(folder: string, files: number, env: NodeJS.ProcessEnv): void {
  const git = (...args: string[]): void => {
    execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.com', '-c', 'gc.auto=0', ...args], {
      cwd: folder,
      env,
      stdio: 'pipe',
    });
  };
  const path = (index: number): string => join(folder, `part-${index % 100}`, `file-${index}.ts`);
  git('init', '--quiet', '--initial-branch=main');
  for (let index = 0; index < files; index++) {
    mkdirSync(dirname(path(index)), { recursive: true });
    writeFileSync(path(index), content(index, ''));
  }
  git('add', '--all');
  git('commit', '--quiet', '--message', 'first');
  const step = Math.floor(files / STAGED_FILES);
  for (let count = 0; count < STAGED_FILES; count++) {
    const index = count * step;
    writeFileSync(path(index), content(index, `export const changed${count} = '${'x'.repeat(40)}';\n`.repeat(30)));
  }
  git('add', '--all');
}

function content(index: number, changed: string): string {
  const line = (at: number): string =>
    `export const value${at} = '${createHash('sha1').update(`${index} ${at}`).digest('hex')}';\n`;
  const lines = Array.from({ length: 60 }, (_, at) => line(at));
  return [...lines.slice(0, 30), changed, ...lines.slice(30)].join('');
}

/** A hook that scans nothing is fast: it must find a token before it is timed. */
function expectItScans(main: string, cwd: string, env: NodeJS.ProcessEnv): void {
  const path = join(cwd, 'leak.env');
  const token = ['glpat', randomBytes(15).toString('base64url')].join('-'); // the repository must not contain token-shaped text
  writeFileSync(path, `TOKEN=${token}\n`);
  const git = (...args: string[]): void => void execFileSync('git', args, { cwd, env });
  const staged = (): number | null => spawnSync(process.execPath, [main, 'staged'], { cwd, env }).status;
  git('add', 'leak.env');
  const found = staged();
  git('rm', '--quiet', '--cached', 'leak.env');
  rmSync(path);
  const clean = staged();
  if (found !== 1 || clean !== 0) throw new Error(`staged ended with ${found} for a leak and ${clean} for none`);
}
