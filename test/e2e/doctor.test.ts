/** `glaive doctor`: a healthy repository is all ok; each problem is made for real, and named with its way out. */

import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAuthority } from '../support/certificates.ts';
import { fakeGitLab, type FakeGitLab } from '../support/fake-gitlab.ts';
import { withFakeGit } from '../support/fake-git.ts';
import { listen } from '../support/listen.ts';
import { glaive, type Ran, type RunOptions } from '../support/run-cli.ts';
import { tokenMint } from '../support/scan-report.ts';
import { git, tempFolder, tempRepository, writeFiles } from '../support/temp-folder.ts';
import { glaiveUnprivileged, handOver, whyNotUnprivileged } from '../support/unprivileged.ts';

const newToken = tokenMint(2525);

interface Line {
  readonly check: string;
  readonly outcome: 'ok' | 'note' | 'problem' | 'unknown';
  readonly message: string;
  readonly hint?: string;
}

/** The lines of one check, or of all; and the exit code. */
async function doctor(cwd: string, check?: string, options: RunOptions & { args?: string[] } = {}) {
  const ran = await glaive(['doctor', '--format', 'json', ...(options.args ?? [])], {
    ...options,
    cwd,
    env: { HOME: tempFolder(), ...options.env },
  });
  const { checks } = JSON.parse(ran.stdout) as { readonly checks: readonly Line[] };
  const lines = checks.filter((line) => check === undefined || line.check === check);
  return { ...ran, lines, outcomes: lines.map(({ outcome }) => outcome) };
}

/** What `glaive init` makes of a repository, committed: made once, and copied. */
let template = '';

beforeAll(async () => {
  template = mkdtempSync(join(tmpdir(), 'glaive-doctor-'));
  writeFiles(template, { 'a.txt': 'one\n' });
  git(template, 'init', '-q', '-b', 'main');
  git(template, 'add', '--all');
  git(template, 'commit', '-qm', 'first');
  expect((await glaive(['init', '--yes', '--ci', 'gitlab'], { cwd: template })).code).toBe(0);
  git(template, 'add', '--all');
  git(template, 'commit', '-qm', 'init', '--no-verify');
});

afterAll(() => rmSync(template, { recursive: true }));

function healthy(): string {
  const root = tempFolder();
  cpSync(template, root, { recursive: true });
  return root;
}

const problem = (message: RegExp, hint: RegExp): object =>
  expect.objectContaining({
    outcome: 'problem',
    message: expect.stringMatching(message),
    hint: expect.stringMatching(hint),
  });

describe('glaive doctor', () => {
  it('a healthy repository is all ok, from every folder of it', async () => {
    const root = healthy();
    mkdirSync(join(root, 'sub'));
    const { lines, code } = await doctor(join(root, 'sub'));
    expect(lines.filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
    expect(lines.map(({ check }) => check)).toEqual([
      'node',
      'git',
      'repository',
      'objects',
      'hooks',
      'configuration',
      'ci',
    ]);
    expect(code).toBe(0);
    const env = { HOME: tempFolder() };
    const text = await glaive(['doctor'], { cwd: root, env });
    expect(text).toMatchObject({ code: 0, stderr: '' });
    expect(text.stdout.match(/^ok {7}/gm)).toHaveLength(lines.length);
    expect(text.stdout).toMatch(/\n\nNothing to mend\.\n$/);
    expect((await glaive(['doctor', '--quiet'], { cwd: root })).stdout).toBe('');
  });

  it('names folders that cannot be written to', async () => {
    const root = healthy();
    writeFiles(root, { '.glaive-state': 'a file' });
    const { lines } = await doctor(root, 'folders', {
      env: { XDG_CACHE_HOME: join(root, 'a.txt'), XDG_STATE_HOME: join(root, 'a.txt') },
    });
    expect(lines).toMatchObject([
      { outcome: 'note', hint: expect.stringContaining('XDG_CACHE_HOME') },
      { outcome: 'note', hint: expect.stringContaining('XDG_STATE_HOME') },
      { outcome: 'problem' },
    ]);
  });

  it('outside of a repository it checks the machine', async () => {
    const { lines, code } = await doctor(tempFolder());
    expect(lines.map(({ check, outcome }) => [check, outcome])).toEqual([
      ['node', 'ok'],
      ['git', 'ok'],
      ['repository', 'note'],
      ['configuration', 'ok'],
    ]);
    expect(code).toBe(0);
  });
});

describe('git', () => {
  it.each([
    ['echo git version 2.20.1', /2\.20\.1 is too old/, /2\.29/],
    ['exit 1', /exit 1/, undefined],
  ] as const)('%s', async (script, message, hint) => {
    const { lines, code } = await doctor(healthy(), 'git', {
      env: withFakeGit(`case "$*" in *version*) ${script} ;; *) exec "$REAL_GIT" "$@" ;; esac`),
    });
    expect(lines[0]!.message).toMatch(message);
    if (hint !== undefined) expect(lines[0]!.hint).toMatch(hint);
    expect(code).toBe(1);
  });

  it('is missing', async () => {
    const { lines, code } = await doctor(healthy(), 'git', { env: { PATH: tempFolder() } });
    expect(lines).toEqual([problem(/^git was not found$/, /Install git/)]);
    expect(code).toBe(1);
  });

  it.skipIf(whyNotUnprivileged() !== undefined)('the repository belongs to another user', async () => {
    const root = healthy();
    const home = tempFolder();
    handOver(home);
    chmodSync(root, 0o755);
    const { code, stdout } = await glaiveUnprivileged(['doctor'], { cwd: root, env: { HOME: home } });
    expect(stdout).toMatch(/^problem {2}repository: [^\n]*belongs to another user[^]*safe\.directory/m);
    expect(code).toBe(1);
  });
});

describe('objects', () => {
  it('a shallow clone, a partial one, and objects that are replaced', async () => {
    const origin = healthy();
    git(origin, 'config', 'uploadpack.allowFilter', 'true');
    const clone = (...flags: string[]): string => {
      const folder = join(tempFolder(), 'clone');
      git(origin, 'clone', '-q', ...flags, pathToFileURL(origin).href, folder);
      return folder;
    };
    const shallow = await doctor(clone('--depth', '1'), 'objects');
    expect(shallow.lines).toEqual([problem(/shallow clone/, /--unshallow.*GIT_DEPTH/)]);
    expect(shallow.code).toBe(1);
    const partial = await doctor(clone('--filter=blob:none', '--no-checkout'), 'objects');
    expect(partial.lines).toEqual([
      expect.objectContaining({ outcome: 'note', message: expect.stringContaining('partial clone') }),
    ]);
    const replaced = clone();
    git(replaced, 'replace', 'HEAD', 'HEAD~1');
    writeFiles(replaced, { '.git/info/grafts': git(replaced, 'rev-parse', 'HEAD') });
    expect((await doctor(replaced, 'objects')).lines.map(({ message }) => message)).toEqual([
      expect.stringContaining('1 object replaced'),
      expect.stringContaining('info/grafts'),
    ]);
  });
});

describe('hooks', () => {
  it('are missing, some or all; a job needs none', async () => {
    const root = healthy();
    rmSync(join(root, '.git', 'hooks', 'pre-push'));
    expect((await doctor(root, 'hooks')).lines).toMatchObject([
      { outcome: 'ok' },
      { outcome: 'note', message: 'not installed: pre-push', hint: expect.stringContaining('pre-push') },
    ]);
    await glaive(['hook', 'uninstall'], { cwd: root });
    const none = await doctor(root, 'hooks');
    expect(none.lines).toEqual([problem(/no hook checks commits/, /glaive hook install/)]);
    expect(none.code).toBe(1);
    expect((await doctor(root, 'hooks', { env: { CI: 'true' } })).lines).toEqual([]);
  });

  it('call a glaive that has moved, or are not executable', async () => {
    const root = healthy();
    const path = join(root, '.git', 'hooks', 'pre-commit');
    writeFileSync(
      path,
      readFileSync(path, 'utf8').replace(/^glaive_main=.*$/m, "glaive_main='/gone/it'\\''s/main.cjs'"),
    );
    chmodSync(join(root, '.git', 'hooks', 'commit-msg'), 0o644);
    expect((await doctor(root, 'hooks')).lines).toEqual([
      problem(/pre-commit .*calls a glaive that is gone/, /glaive hook install/),
      problem(/commit-msg .*not executable/, /chmod/),
    ]);
  });

  it('by a manager', async () => {
    const root = tempRepository({ 'lefthook.yml': 'x:\n  commands: {}\n' });
    expect((await doctor(root, 'hooks')).outcomes).toEqual(['problem']);
    await glaive(['hook', 'install'], { cwd: root });
    // glaive may be installed on the machine of the tests.
    const bin = tempFolder();
    symlinkSync(execFileSync('which', ['git'], { encoding: 'utf8' }).trim(), join(bin, 'git'));
    const options = { env: { PATH: bin } };
    const without = await doctor(root, 'hooks', options);
    expect(without.lines[0]).toEqual(problem(/call glaive from the PATH/, /Install it/));
    writeFileSync(join(bin, 'glaive'), '#!/bin/sh\n', { mode: 0o755 });
    expect((await doctor(root, 'hooks', options)).lines).toMatchObject([
      { outcome: 'ok', message: 'pre-commit, commit-msg, by lefthook (lefthook.yml)' },
      { outcome: 'note' },
    ]);
  });

  it('in a folder that other repositories share', async () => {
    const root = tempRepository({ 'a.txt': 'x\n' });
    git(root, 'config', 'core.hooksPath', tempFolder());
    expect((await doctor(root, 'hooks')).lines).toMatchObject([
      { outcome: 'note', hint: expect.stringContaining('glaive hook run pre-commit') },
    ]);
  });

  it('of a server', async () => {
    const bare = join(tempFolder(), 'a.git');
    git(tempFolder(), 'init', '-q', '--bare', bare);
    expect((await doctor(bare, 'pre-receive')).lines).toMatchObject([
      { outcome: 'note', hint: expect.stringContaining(`glaive hook install --server ${bare}`) },
    ]);
    await glaive(['hook', 'install', '--server', bare], { cwd: bare });
    expect((await doctor(bare)).outcomes.filter((outcome) => outcome !== 'ok')).toEqual([]);
    chmodSync(join(bare, 'hooks', 'pre-receive'), 0o644);
    expect((await doctor(bare, 'pre-receive')).lines).toEqual([problem(/not executable/, /chmod/)]);
  });
});

describe('configuration', () => {
  it('is broken: file, line and key', async () => {
    const root = healthy();
    writeFiles(root, { '.glaive.toml': '[scan]\nexclud = []\n' });
    const { lines, code } = await doctor(root, 'configuration');
    expect(lines).toEqual([
      expect.objectContaining({ outcome: 'problem', message: expect.stringMatching(/^\.glaive\.toml:2: /) }),
    ]);
    expect(code).toBe(1);
    writeFiles(root, { '.glaive.toml': '[rules]\nfiles = ["gone.toml"]\n' });
    expect((await doctor(root, 'configuration')).outcomes).toEqual(['problem']);
  });

  it('has exceptions that are expired, or not committed', async () => {
    const root = healthy();
    writeFiles(root, { '.glaive-baseline': `${'ab'.repeat(32)} a b expires=2020-01-01 # x\n` });
    expect((await doctor(root, 'configuration')).lines).toMatchObject([
      { outcome: 'ok' },
      { outcome: 'ok', message: '1 accepted leak in .glaive-baseline' },
      { outcome: 'note', message: expect.stringContaining('1 exception expired') },
      { outcome: 'note', message: expect.stringContaining('not committed') },
    ]);
    writeFiles(root, { '.glaive-baseline': 'what\n' });
    expect((await doctor(root, 'configuration')).outcomes).toEqual(['problem']);
  });
});

describe('ci', () => {
  it('no job, or one that is not of this version', async () => {
    const root = healthy();
    appendFileSync(join(root, '.gitlab', 'glaive.yml'), '# changed\n');
    expect((await doctor(root, 'ci')).lines).toEqual([
      expect.objectContaining({ outcome: 'note', message: '.gitlab/glaive.yml is not that of this glaive' }),
    ]);
    rmSync(join(root, '.gitlab', 'glaive.yml'));
    const { lines, code } = await doctor(root, 'ci');
    expect(lines).toEqual([problem(/\.gitlab\/glaive\.yml is missing/, /glaive init/)]);
    expect(code).toBe(1);
    rmSync(join(root, '.gitlab-ci.yml'));
    expect((await doctor(root, 'ci')).outcomes).toEqual(['note']);
    writeFiles(root, { '.gitlab-ci.yml': 'a: [\n' });
    expect((await doctor(root, 'ci')).lines).toEqual([problem(/^\.gitlab-ci\.yml:\d+: /, /YAML/)]);
  });

  it.each([
    ['include: .gitlab/glaive.yml\nstages: [build]\n', /no stage "test"/, 'problem'],
    ['include: .gitlab/glaive.yml\nbuild: { script: [make] }\n', /two pipelines[^]*workflow:/, 'note'],
    ['build: { script: [make], rules: [] }\n', /no job of .* runs glaive/, 'note'],
  ] as const)('%j', async (text, message, outcome) => {
    const root = healthy();
    writeFiles(root, { '.gitlab-ci.yml': text });
    const { lines } = await doctor(root, 'ci');
    expect(lines.at(-1)).toMatchObject({ outcome, message: expect.stringMatching(message) });
  });

  it('the single file is needed only if the jobs run it', async () => {
    const root = healthy();
    writeFiles(root, { 'tools/glaive.cjs': 'x\n' });
    expect((await doctor(root, 'ci')).lines).toMatchObject([
      { outcome: 'ok' },
      { outcome: 'note', message: expect.stringContaining('git rm tools/glaive.cjs') },
    ]);
    const pipeline = (inputs: string): void =>
      writeFiles(root, { '.gitlab-ci.yml': `include:\n  - local: .gitlab/glaive.yml\n    inputs: { ${inputs} }\n` });
    pipeline('source: ./tools/glaive.cjs');
    expect((await doctor(root, 'ci')).outcomes).toEqual(['ok']);
    rmSync(join(root, 'tools', 'glaive.cjs'));
    expect((await doctor(root, 'ci')).lines).toEqual([problem(/tools\/glaive\.cjs is missing/, /--single-file/)]);
    pipeline('glaive: node tools/glaive.cjs');
    expect((await doctor(root, 'ci')).lines).toEqual([problem(/no input "glaive"[^]*use source/, /\.gitlab-ci\.yml/)]);
  });
});

describe('in a job', () => {
  const JOB = { CI: 'true', GITLAB_CI: 'true', CI_SERVER_URL: 'https://gitlab.example.com', CI_MERGE_REQUEST_IID: '1' };

  it('the base is here or not; no value of a variable is shown', async () => {
    const root = healthy();
    const token = newToken();
    const env = {
      ...JOB,
      CI_MERGE_REQUEST_DIFF_BASE_SHA: git(root, 'rev-parse', 'HEAD~1').trim(),
      GLAIVE_GITLAB_TOKEN: token,
    };
    const good = await doctor(root, undefined, { env });
    expect(good.outcomes.filter((outcome) => outcome !== 'ok')).toEqual([]);
    expect(good.stdout + good.stderr).not.toContain(token.slice(6));
    const gone = await doctor(root, 'job', { env: { ...env, CI_MERGE_REQUEST_DIFF_BASE_SHA: 'ab'.repeat(20) } });
    expect(gone.lines[0]).toEqual(problem(/is not here/, /GIT_DEPTH/));
    expect(gone.code).toBe(1);
  });

  it.each([
    ['', 'note', /not set/],
    ['$OTHER', 'problem', /name of another variable/],
    ['/no/such/file', 'problem', /file that does not exist/],
  ] as const)('GLAIVE_GITLAB_TOKEN is %j', async (value, outcome, message) => {
    const { lines } = await doctor(healthy(), 'token', { env: { ...JOB, GLAIVE_GITLAB_TOKEN: value } });
    expect(lines).toEqual([expect.objectContaining({ outcome, message: expect.stringMatching(message) })]);
  });

  it('the server is not one that glaive may ask', async () => {
    const { lines } = await doctor(healthy(), 'job', {
      env: { ...JOB, CI_SERVER_URL: 'http://gitlab.example.com' },
    });
    expect(lines.at(-1)!.outcome).toBe('problem');
  });

  it('Vault: an address, and a token of the job', async () => {
    const env = { ...JOB, GLAIVE_GITLAB_TOKEN_FROM: 'vault:a/b@kv', VAULT_AUTH_ROLE: 'x' };
    const root = healthy();
    expect((await doctor(root, 'vault', { env })).lines).toEqual([problem(/VAULT_SERVER_URL/, /VAULT_SERVER_URL/)]);
    const vault = { ...env, VAULT_SERVER_URL: 'https://vault.example.com' };
    expect((await doctor(root, 'vault', { env: vault })).lines[1]).toEqual(problem(/VAULT_ID_TOKEN/, /id_tokens/));
    const signed = await doctor(root, 'vault', { env: { ...vault, VAULT_ID_TOKEN: 'a.b.c' } });
    expect(signed.outcomes).toEqual(['ok']);
  });
});

describe('--online', () => {
  const own = newToken();
  const online = async (
    url: string,
    token: string | undefined = own,
    args: string[] = [],
  ): Promise<Ran & { lines: readonly Line[] }> => {
    const env: Record<string, string> = token === undefined ? {} : { GLAIVE_GITLAB_TOKEN: token };
    return await doctor(tempFolder(), 'gitlab', { args: ['--online', '--gitlab-url', url, ...args], env });
  };
  const gitlab = async (answer: { scopes: string[]; expires_at?: string | null }): Promise<FakeGitLab> => {
    const fake = await fakeGitLab(own);
    fake.intercept = (request, response, { pathname }) => {
      if (request.headers.authorization !== `Bearer ${own}`) return false;
      const body = pathname.endsWith('/version') ? { version: '18.2.1-ee' } : { id: 1, ...answer };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(body));
      return true;
    };
    return fake;
  };

  it('without it nothing is sent', async () => {
    const { url, calls } = await gitlab({ scopes: ['api'] });
    await doctor(healthy(), undefined, {
      env: { GITLAB_CI: 'true', CI_SERVER_URL: url, GLAIVE_GITLAB_TOKEN: own },
    });
    expect(calls).toEqual([]);
  });

  it('shows the version, scopes and expiry of a good token', async () => {
    const { url, calls } = await gitlab({ scopes: ['api'], expires_at: '2027-12-31' });
    const { lines, code, stdout } = await online(url);
    expect(lines).toEqual([
      { check: 'gitlab', outcome: 'ok', message: `${url} answers: GitLab 18.2.1-ee` },
      { check: 'gitlab', outcome: 'ok', message: "glaive's own token: scopes api" },
    ]);
    expect(code).toBe(0);
    expect(stdout).not.toContain(own.slice(6));
    expect(calls).toHaveLength(2);
  });

  it('a token without the scope, or that expires soon', async () => {
    const { url } = await gitlab({ scopes: ['read_user'], expires_at: '2027-01-20' });
    const { lines, code } = await online(url);
    expect(lines.slice(1)).toEqual([
      problem(/only the scopes read_user/, /read_api/),
      problem(/expires on 2027-01-20/, /Rotate/),
    ]);
    expect(code).toBe(1);
  });

  it('names what is wrong: 401, 403, the name, the port, the certificate, something else', async () => {
    const { url } = await gitlab({ scopes: ['api'] });
    expect((await online(url, newToken())).lines).toEqual([
      problem(/refuses glaive's own token.*401/, /expired, revoked/),
    ]);
    const anonymous = await doctor(tempFolder(), 'gitlab', { args: ['--online', '--gitlab-url', url] });
    expect(anonymous.outcomes).toEqual(['note']);
    const refusing = await listen((_, response) => {
      response.writeHead(403, { 'content-type': 'application/json' });
      response.end('{"error":"insufficient_scope","scope":"api read_api"}');
    });
    expect((await online(refusing.url)).lines).toEqual([problem(/insufficient_scope.*403/, /read_api/)]);
    expect((await online('https://gitlab.nowhere.invalid')).lines).toEqual([
      problem(/the host name (?:does not exist|cannot be resolved)/, /address/),
    ]);
    expect((await online('http://127.0.0.1:9')).lines).toEqual([problem(/connection refused/, /address/)]);
    const authority = await createAuthority();
    const secure = await listen((_, response) => response.end('{}'), await authority.issue(['localhost']));
    expect((await online(secure.url)).lines).toEqual([problem(/certificate is not trusted/, /--ca-file/)]);
    const ca = join(tempFolder(), 'ca.pem');
    writeFileSync(ca, authority.ca);
    expect((await online(secure.url, own, ['--ca-file', ca])).lines).toEqual([
      problem(/does not match the API/, /GitLab/),
    ]);
  });

  it('without an address it cannot check', async () => {
    const { lines, code } = await doctor(tempFolder(), 'gitlab', { args: ['--online'] });
    expect(lines).toMatchObject([{ outcome: 'unknown', hint: expect.stringContaining('--gitlab-url') }]);
    expect(code).toBe(2);
  });
});
