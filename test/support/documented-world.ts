/**
 * What the commands of the documents talk about: a project with leaks and reports, its bare repository on a server, a GitLab, a
 * merge request and a Vault on loopback, a home folder.
 */

import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type FakeIssuer, fakeIssuer } from './fake-issuer.ts';
import { fakeGitLab, PROJECT } from './fake-gitlab.ts';
import { fakeMergeRequest } from './fake-merge-request.ts';
import { allow, fakeVault, jobJwt } from './fake-vault.ts';
import { CLI, DIST, glaive, type Ran } from './run-cli.ts';
import { runProgram } from './run-program.ts';
import { plainWords } from './documented.ts';
import { fingerprintOf, tokenMint } from './scan-report.ts';
import { git, tempFolder, writeFiles } from './temp-folder.ts';

const newToken = tokenMint(2525);
/** glaive's own. */
const OWN = newToken();
/** Those that have leaked. */
const [DEPLOY, REMOVED, PUSHED, STAGED, LOG] = [newToken(), newToken(), newToken(), newToken(), newToken()] as const;
const AUDIENCE = 'https://vault.example.com';

const RULES = `version = 1

[[rule]]
id = "acme_token"
name = "Token of Acme"
keywords = ["acme_"]
pattern = '(acme_[0-9a-f]{32})'
`;

/** Runs the commands of documents. */
export interface World {
  /** Runs one in the project. @param before commands that only set variables */
  readonly run: (command: string, before?: readonly string[]) => Promise<Ran>;
  readonly path: (...parts: readonly string[]) => string;
}

/** Everything that costs time, once: repositories and reports. @param root an empty folder */
export async function fillTemplate(root: string): Promise<void> {
  const [server, project] = [join(root, 'srv/git/project.git'), join(root, 'project')];
  for (const folder of [
    server,
    project,
    join(root, 'home'),
    join(root, 'var/opt/gitlab/gitaly'),
    join(root, 'var/log'),
  ])
    mkdirSync(folder, { recursive: true });
  git(server, 'init', '--quiet', '--bare', '--initial-branch=main');
  git(project, 'init', '--quiet', '--initial-branch=main');
  git(project, 'remote', 'add', 'origin', '../srv/git/project.git');
  const commit = (message: string, files: Readonly<Record<string, string>>): void => {
    writeFiles(project, files);
    git(project, 'add', '--all');
    git(project, 'commit', '--quiet', '--message', message);
  };
  const rules = readFileSync(join(import.meta.dirname, '../../rules/README.md'), 'utf8');
  commit('first', {
    'config/deploy.yml': `${'# x\n'.repeat(11)}token: ${DEPLOY}\n`,
    'old.env': `TOKEN=${REMOVED}\n`,
    'src/main.py': 'print(1)\n',
    'deploy.sh': '#!/bin/sh\necho deployed\n',
    'my-rules.toml': /```toml\n([\s\S]*?)```/.exec(rules)?.[1] ?? RULES,
    '.gitignore': '*.json\n*.html\n*.state\n*.log\ntoken\ntoken.txt\n.gitleaksignore\n',
  });
  git(project, 'rm', '--quiet', 'old.env');
  commit('second', {});
  git(project, 'branch', 'release/1');
  git(project, 'push', '--quiet', '--set-upstream', 'origin', 'main');
  commit('third', { 'push.env': `A=${PUSHED}\n` });
  writeFiles(project, { 'next.env': `B=${STAGED}\n` });
  git(project, 'add', 'next.env');
  git(project, 'update-index', '--chmod=+x', 'deploy.sh');
  writeFiles(project, {
    'token.txt': `${DEPLOY}\n`,
    'job.log': `$ deploy\n${LOG}\n`,
    '.git/COMMIT_EDITMSG': 'A message\n',
    '.gitleaksignore': 'config/deploy.yml:gitlab-pat:12\n',
    'gitleaks.json': gitleaksReport(),
    'gitleaks-baseline.json': gitleaksReport(),
  });
  for (const folder of [server, project]) git(folder, 'repack', '--quiet', '-a', '-d');
  for (const name of ['api.git', 'web.git']) git(root, 'clone', '--quiet', '--bare', server, name);
  symlinkSync(join(DIST, 'glaive.cjs'), join(project, 'glaive.cjs'));
  chmodSync(join(project, 'deploy.sh'), 0o755);
  const sweep = join(root, 'var/lib/glaive/json/project.git-2026-01-31.json');
  mkdirSync(join(sweep, '..'), { recursive: true });
  const reports: readonly (readonly string[])[] = [
    ['scan', '--output', 'json=report.json'],
    ['scan', '--shard', '1/2', '--output', 'json=shard-1.json'],
    ['scan', '--shard', '2/2', '--output', 'json=shard-2.json'],
    ['history', '--output', 'json=history.json'],
    ['diff', '--output', 'json=diff.json'],
    ['history', server, '--output', `json=${sweep}`],
  ];
  for (const args of reports) await glaive(args, { cwd: project });
  cpSync(join(project, 'history.json'), join(project, 'leaks.json'));
}

const gitleaksReport = (): string =>
  JSON.stringify([
    { RuleID: 'gitlab-pat', File: 'config/deploy.yml', StartLine: 12, EndLine: 12, Secret: DEPLOY, Match: DEPLOY },
  ]);

/** A copy of the template, and the servers. They end with the test. */
export async function openWorld(template: string): Promise<World> {
  const root = tempFolder();
  // Node's own cpSync takes three times as long.
  execFileSync('cp', ['-R', `${template}/.`, root]);
  const issuer = await issuerOf();
  const logs = await fakeGitLab(OWN);
  logs.jobs = [{ id: 42, log: `$ deploy\n${LOG}\n` }];
  const request = await fakeMergeRequest({ 'push.env': [1] }, OWN);
  const vault = await fakeVault();
  const capabilities = ['create', 'read', 'update'] as const;
  vault.roles.set('glaive', {
    audiences: [AUDIENCE],
    claims: {},
    policies: [allow([...capabilities], 'kv-v2/*', 'ops/*')],
  });
  for (const name of ['kv-v2', 'ops'])
    vault.mounts.set(name, { kind: 'kv-v2', secrets: { 'glaive/gitlab': { token: OWN } } });

  const bin = tempFolder();
  symlinkSync(CLI, join(bin, 'glaive'));
  const project = join(root, 'project');
  const env = {
    HOME: join(root, 'home'),
    PATH: `${bin}:${process.env['PATH']}`,
    GLAIVE_GITLAB_TOKEN: OWN,
    VAULT_SERVER_URL: vault.url,
    VAULT_AUTH_ROLE: 'glaive',
    VAULT_ID_TOKEN: jobJwt({ aud: AUDIENCE, project_path: 'group/project', ref_protected: 'true', exp: 4_000_000_000 }),
    DEPLOY_PASSWORD: 'a long password',
  };
  const ofMergeRequest = {
    CI_SERVER_URL: request.url,
    CI_PROJECT_ID: 'group/project',
    CI_MERGE_REQUEST_IID: '5',
  };

  return {
    path: (...parts) => join(root, ...parts),
    run: async (command, before = []) => {
      const isLogs = /\bglaive logs\b/.test(command);
      const real = (text: string): string =>
        text
          .replaceAll('https://gitlab.example.com', isLogs ? logs.url : issuer.url)
          .replaceAll('--project group/project', `--project ${PROJECT}`)
          .replaceAll(/(?<=^|[ =])\/(?=srv\/|var\/)/g, `${root}/`)
          .replaceAll('0a1b2c3d4e5f', fingerprintOf(DEPLOY).slice(0, 12))
          .replaceAll('GLAIVE_GITLAB_TOKEN=...', `GLAIVE_GITLAB_TOKEN=${OWN}`);
      const options = { cwd: project, env: { ...env, ...(command.includes('--merge-request') ? ofMergeRequest : {}) } };
      const words = before.length === 0 ? plainWords(real(command)) : undefined;
      if (words?.[0] === 'glaive') return await glaive(words.slice(1), options);
      return await runProgram('bash', ['-c', [...before, command].map(real).join('\n')], options);
    },
  };
}

async function issuerOf(): Promise<FakeIssuer> {
  const issuer = await fakeIssuer();
  let id = 500;
  for (const token of [OWN, DEPLOY, REMOVED, PUSHED, STAGED, LOG])
    issuer.tokens.set(token, { kind: 'access', id: id++, state: 'active', scopes: ['api'], expiresAt: '2027-05-01' });
  issuer.successor = newToken;
  return issuer;
}
