/** What each installation must do: say its version, scan, read a history, and stop a commit. */

import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Installed } from './way.ts';

/**
 * @param work a folder that is made for it
 * @returns what worked
 * @throws Error that says what did not, with the output of the command
 */
export async function useGlaive(installed: Installed, version: string, work: string): Promise<string> {
  mkdirSync(work);
  const repository = join(work, 'repository');
  const env = { ...process.env, ...installed.env, HOME: work, GIT_CONFIG_GLOBAL: join(work, 'gitconfig'), CI: '' };
  writeFileSync(
    join(work, 'gitconfig'),
    '[user]\n\tname = A Person\n\temail = person@example.com\n[init]\n\tdefaultBranch = main\n',
  );
  const git = (...args: string[]): void => {
    execFileSync('git', args, { cwd: repository, env, stdio: 'pipe' });
  };
  const glaive = (args: readonly string[], expected: number, text: RegExp): void => {
    const [program = '', ...rest] = installed.command;
    const result = spawnSync(program, [...rest, ...args], { cwd: repository, env, encoding: 'utf8', timeout: 120_000 });
    const output = `${result.stdout}${result.stderr}`;
    if (result.status !== expected || !text.test(output))
      throw new Error(
        `glaive ${args.join(' ')}: exit ${result.status ?? result.signal}, not ${expected}: ${result.error?.message ?? output.trim()}`,
      );
  };
  mkdirSync(repository);
  git('init', '--quiet');
  glaive(['--version'], 0, new RegExp(`\\b${version.replaceAll('.', '\\.')}\\b`));
  writeFileSync(join(repository, 'clean.txt'), 'nothing here\n');
  git('add', '.');
  git('commit', '--quiet', '--message', 'clean');
  glaive(['scan'], 0, /no GitLab credentials found/);
  writeFileSync(join(repository, 'leak.env'), `GITLAB_TOKEN=${freshToken()}\n`);
  glaive(['scan', '--threads', '2'], 1, /leak\.env/);
  glaive(['hook', 'install'], 0, /./);
  git('add', '.');
  const commit = spawnSync('git', ['commit', '--message', 'leak'], { cwd: repository, env, encoding: 'utf8' });
  if (commit.status === 0 || !/leak\.env/.test(commit.stderr))
    throw new Error(`the hook did not stop a commit: ${commit.stderr.trim()}`);
  git('commit', '--quiet', '--no-verify', '--message', 'leak');
  glaive(['history', '--threads', '2'], 1, /leak\.env/);
  return 'scan, history and hook work';
}

/** A token of the right shape that no GitLab has issued. */
export function freshToken(): string {
  return [
    'glpat',
    randomBytes(30)
      .toString('base64')
      .replaceAll(/[^A-Za-z0-9]/g, '')
      .slice(0, 20),
  ].join('-');
}
