/**
 * V8's code cache for an executable: of the modules that a hook and a help text need, with the functions that were called. Two runs make the
 * same bytes, because these flags leave V8 no random choice. V8 does not compare them when it reads the cache.
 */

import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PREDICTABLE = ['--predictable', '--random-seed=1'];

/**
 * @param node of the version and platform of the executable
 * @param work has `main.cjs`, and the assets in `assets`, where each cache is added
 * @throws Error if a command fails
 */
export function addCodeCaches(root: string, node: string, work: string): void {
  const program = join(root, 'scripts', 'release', 'executables', 'code-cache.cjs');
  const clean = repositoryWith(join(work, 'clean'), 'nothing here\n');
  const leaking = repositoryWith(join(work, 'leaking'), `GITLAB_TOKEN=${token()}\n`);
  const run = (cwd: string, args: readonly string[], expected: number): void => {
    const result = spawnSync(node, [...PREDICTABLE, program, join(work, 'assets'), ...args], {
      cwd,
      env: environment(work),
      encoding: 'utf8',
      timeout: 60_000,
    });
    if (result.status !== expected)
      throw new Error(`glaive ${args.join(' ')}: exit ${result.status ?? result.signal}: ${result.stderr}`);
  };
  run(clean, ['hook', 'run', 'pre-commit'], 0);
  run(clean, ['--version'], 0);
  run(leaking, ['hook', 'run', 'pre-commit'], 1);
}

function repositoryWith(folder: string, text: string): string {
  mkdirSync(folder);
  const git = (...args: string[]): void => {
    execFileSync('git', args, { cwd: folder, env: environment(folder), stdio: ['ignore', 'ignore', 'inherit'] });
  };
  git('init', '--quiet');
  writeFileSync(join(folder, 'file.env'), text);
  git('add', '.');
  return folder;
}

/** Nothing of the user changes what runs. */
function environment(home: string): Record<string, string> {
  const { PATH = '', SystemRoot = '' } = process.env;
  return { PATH, SystemRoot, HOME: home, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: join(home, 'gitconfig') };
}

/** The same one in each run: the functions that are called may depend on it. */
function token(): string {
  const body = createHash('sha256').update('glaive').digest('base64');
  return ['glpat', body.replaceAll(/[^A-Za-z0-9]/g, '').slice(0, 20)].join('-');
}
