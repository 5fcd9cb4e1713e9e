/** Repositories for the pictures: the same commits, authors, days and tokens in every run. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { mint, Random, routableToken } from '../../test/support/mint.ts';

export interface Sample {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
}

type Files = Readonly<Record<string, string>>;

/** Makes a repository, hands it to `use`, and removes it. */
export async function withRepository<T>(use: (sample: Sample) => T | Promise<T>): Promise<T> {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'glaive-pictures-')));
  const folder = join(home, 'shop');
  mkdirSync(folder);
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_SYSTEM: '/dev/null',
    NODE_DISABLE_COMPILE_CACHE: '1',
    SOURCE_DATE_EPOCH: `${Date.parse('2026-11-30T09:00:00Z') / 1000}`,
    ...author('Jane Doe', '2026-11-30T09:00:00Z'),
  };
  try {
    git({ folder, env }, 'init', '--quiet', '--initial-branch=main');
    git({ folder, env }, 'remote', 'add', 'origin', 'https://gitlab.example.com/acme/shop.git');
    return await use({ folder, env });
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

export function git({ folder, env }: Sample, ...args: string[]): void {
  execFileSync('git', args, { cwd: folder, env, stdio: ['ignore', 'ignore', 'inherit'] });
}

export function writeFiles({ folder }: Sample, files: Files): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

function author(name: string, date: string): Record<string, string> {
  const email = `${name.split(' ')[0]!.toLowerCase()}@example.com`;
  return Object.fromEntries(
    ['AUTHOR', 'COMMITTER'].flatMap((role) => [
      [`GIT_${role}_NAME`, name],
      [`GIT_${role}_EMAIL`, email],
      [`GIT_${role}_DATE`, date],
    ]),
  );
}

/** What a developer is about to commit: a token that GitLab 18 makes, whose owner can be read from it. */
export function leakingFiles(): Files {
  const token = routableToken(new Random(1), { prefix: 'glpat-', payload: { o: 1, u: 42 }, version: 'v1' });
  return { 'deploy.py': `URL = "https://gitlab.example.com/api/v4"\nTOKEN = "${token}"\n` };
}

/** A year of leaks in a small project: some removed again, one on a branch, one in a message, one accepted. */
export function writeHistory(sample: Sample): void {
  const random = new Random(2026);
  const token = (kind: string): string => mint(kind, random);
  const commit = (name: string, day: string, message: string, files: Files): void => {
    writeFiles(sample, files);
    git(sample, 'add', '--all');
    const env = { ...sample.env, ...author(name, `${day}T10:00:00Z`) };
    git({ ...sample, env }, 'commit', '--quiet', '--allow-empty', '--message', message);
  };

  commit('Jane Doe', '2026-01-12', 'First version', { 'README.md': '# Shop\n', 'src/main.py': 'print("shop")\n' });
  const old = token('pat legacy');
  commit('Sam Roe', '2026-01-20', 'Clone the library in CI', {
    'ci/clone.sh': `git clone https://oauth2:${old}@gitlab.example.com/acme/library.git\n`,
  });
  commit('Jane Doe', '2026-02-11', 'Deploy by script', {
    'deploy/deploy.sh': `curl --header "PRIVATE-TOKEN: ${token('pat routable v1')}" https://gitlab.example.com/api/v4/projects/7\n`,
    'deploy/.env': `GITLAB_TOKEN=${token('pat routable v1')}\nREGISTRY_TOKEN=${token('deploy')}\n`,
  });
  commit('Alex Poe', '2026-03-03', 'A runner of our own', {
    'runner/config.toml': `[[runners]]\n  name = "shell"\n  token = "${token('runner routable v1')}"\n`,
  });
  commit('Sam Roe', '2026-03-17', 'Take the token out', { 'ci/clone.sh': 'git clone "$LIBRARY"\n' });
  commit('Alex Poe', '2026-05-05', 'Agent for the cluster', {
    'k8s/agent.yaml': `config:\n  token: ${token('agent')}\n`,
    'k8s/values.yaml': `registry:\n  password: ${token('deploy')}\n`,
  });
  commit('Jane Doe', '2026-06-23', `Start the nightly pipeline\n\nThe trigger is ${token('trigger')} for now.`, {
    'ci/nightly.sh': `curl --request POST --form token=${token('trigger')} "$URL"\n`,
  });
  git(sample, 'switch', '--quiet', '--create', 'feature/feeds');
  commit('Alex Poe', '2026-08-14', 'Read the feed', {
    'src/feed.py': `FEED = "https://gitlab.example.com/dashboard.atom?feed_token=${token('feed')}"\n`,
  });
  git(sample, 'switch', '--quiet', 'main');
  commit('Sam Roe', '2026-09-02', 'Mail gate', {
    'src/mail.py': `ADDRESS = "incoming+acme-shop-7-${token('incoming mail')}-issue@gitlab.example.com"\n`,
  });
  const fixture = `TOKEN = "${token('pat routable v1')}"  # glaive:allow fixture of the parser tests\n`;
  commit('Jane Doe', '2026-10-08', 'Tests of the parser', { 'tests/test_parser.py': fixture });
  commit('Alex Poe', '2026-11-24', 'Log in from the job', {
    'ci/publish.sh': `docker login -u gitlab-ci-token -p ${token('job legacy')} registry.example.com\n`,
    'deploy/deploy.sh': 'curl --header "PRIVATE-TOKEN: $TOKEN" "$URL"\n',
  });
}
