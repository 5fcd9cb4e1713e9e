/** What each installation must do: say its version, scan, read a history, and stop a commit. */

import { execFileSync, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Installed } from './way.ts';

/**
 * @param work a folder for it
 * @returns what worked
 * @throws Error that says what did not, with the output of the command
 */
export async function useGlaive(installed: Installed, version: string, work: string): Promise<string> {
  mkdirSync(work, { recursive: true });
  const repository = join(work, 'repository');
  const own = { ...installed.env, HOME: work, GIT_CONFIG_GLOBAL: join(work, 'gitconfig'), CI: '' };
  const env = { ...process.env, ...own };
  writeFileSync(
    join(work, 'gitconfig'),
    '[user]\n\tname = A Person\n\temail = person@example.com\n[init]\n\tdefaultBranch = main\n',
  );
  const run = (...command: readonly string[]): SpawnSyncReturns<string> => {
    const [program = '', ...args] = installed.inside?.(command, { folder: repository, env: own }) ?? command;
    return spawnSync(program, args, { cwd: repository, env, encoding: 'utf8', timeout: 120_000 });
  };
  const expect = (command: readonly string[], expected: number, text = /(?:)/): void => {
    const result = run(...command);
    const output = `${result.stdout}${result.stderr}`;
    if (result.status !== expected || !text.test(output))
      throw new Error(
        `${command.join(' ')}: exit ${result.status ?? result.signal}, not ${expected}: ${result.error?.message ?? output.trim()}`,
      );
  };
  const git = (...args: readonly string[]): void => expect(['git', ...args], 0);
  const glaive = (args: readonly string[], expected: number, text: RegExp): void =>
    expect([...installed.command, ...args], expected, text);
  mkdirSync(repository);
  execFileSync('git', ['init', '--quiet'], { cwd: repository, env });
  // As a job of GitLab has it: the checkout belongs to another user than the one who runs glaive, and everybody may write.
  if (installed.inside !== undefined) execFileSync('chmod', ['-R', 'a+rwX', repository]);
  glaive(['--version'], 0, new RegExp(`\\b${version.replaceAll('.', '\\.')}\\b`));
  writeFileSync(join(repository, 'clean.txt'), 'nothing here\n');
  git('add', '.');
  git('commit', '--quiet', '--message', 'clean');
  glaive(['scan'], 0, /no GitLab credentials found/);
  writeFileSync(join(repository, 'leak.env'), `GITLAB_TOKEN=${freshToken()}\n`);
  glaive(['scan', '--threads', '2'], 1, /leak\.env/);
  glaive(['hook', 'install'], 0, /./);
  git('add', '.');
  const commit = run('git', 'commit', '--message', 'leak');
  if (commit.status === 0 || !/leak\.env/.test(commit.stderr))
    throw new Error(`the hook did not stop a commit: ${commit.stderr.trim()}`);
  git('commit', '--quiet', '--no-verify', '--message', 'leak');
  glaive(['diff', 'HEAD~1..HEAD'], 1, /leak\.env/);
  glaive(['history', '--threads', '2'], 1, /leak\.env/);
  return 'scan, diff, history and hook work';
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
