/** `glaive upgrade`: says how to upgrade without sending anything, asks only with --check, and believes no strange answer. */

import { cpSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { installationOf } from '../../src/cli/commands/upgrade/installation.ts';
import { NAME, REPOSITORY, VERSION } from '../../src/generated/package.ts';
import { createAuthority } from '../support/certificates.ts';
import { listen } from '../support/listen.ts';
import { DIST, glaive } from '../support/run-cli.ts';
import { glaiveProcess } from '../support/run-program.ts';
import { tempFolder, writeFiles } from '../support/temp-folder.ts';

interface Call {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
}

/** A server that answers each path; every other one is 404, as in a registry. */
async function server(answers: Readonly<Record<string, unknown>>) {
  const calls: Call[] = [];
  const { url } = await listen((request, response) => {
    calls.push({ method: request.method, url: request.url, headers: request.headers });
    const answer = answers[request.url!];
    if (typeof answer === 'function') return (answer as (response: ServerResponse) => void)(response);
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(typeof answer === 'string' ? answer : JSON.stringify(answer ?? { error: 'Not found' }));
  });
  return { url, calls };
}

/** What the npm registry says about one version; `docs/responses/package-metadata.md` of npm/registry. */
const manifest = (version: unknown, repository: unknown = { type: 'git', url: `git+${REPOSITORY}.git` }): object => ({
  name: NAME,
  version,
  repository,
  bin: { glaive: 'dist/cli/main.cjs' },
  dist: { shasum: '0'.repeat(40), tarball: `https://registry.npmjs.org/${NAME}/-/${NAME}-9.9.9.tgz` },
  _id: `${NAME}@9.9.9`,
});

/** The abbreviated metadata of a package. */
const abbreviated = (latest: string): object => ({
  name: NAME,
  'dist-tags': { latest, next: '99.0.0-rc.1' },
  versions: { [latest]: manifest(latest) },
  modified: '2027-01-02T03:04:05.678Z',
});

const LATEST = `/${NAME.replace('/', '%2f')}/latest`;
const check = async (registry: string, ...more: string[]) =>
  await glaive(['upgrade', '--check', '--registry', registry, ...more], { cwd: tempFolder() });

describe('glaive upgrade', () => {
  it('says how it was installed and how to upgrade, and sends nothing', async () => {
    const { url, calls } = await server({ [LATEST]: manifest('99.0.0') });
    const { code, stdout, stderr } = await glaive(['upgrade'], {
      cwd: tempFolder(),
      env: { GLAIVE_REGISTRY: url, HTTPS_PROXY: url },
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`glaive ${VERSION}: `);
    expect(stdout).toContain('To upgrade:\n');
    expect(stdout).toContain('Nothing was sent.');
    expect(calls).toEqual([]);
  });
});

describe('glaive upgrade --check', () => {
  it('a newer version: names it, the commands and the changes; exit code 1', async () => {
    const { url } = await server({ [LATEST]: manifest('99.1.0') });
    const { code, stdout } = await check(url);
    expect(code).toBe(1);
    expect(stdout).toContain(`There is a newer version: ${url} has 99.1.0.`);
    expect(stdout).toContain(`${REPOSITORY}/-/blob/v99.1.0/CHANGELOG.md`);
  });

  it.each([VERSION, '0.0.1', `${VERSION}-rc.1`])('%s is not newer: exit code 0', async (version) => {
    const { url } = await server({ [LATEST]: manifest(version) });
    const { code, stdout } = await check(url);
    expect(code).toBe(0);
    expect(stdout).toContain('There is no newer version');
    expect(stdout).not.toContain('To upgrade');
    expect((await check(url, '--quiet')).stdout).toBe('');
  });

  it('asks a mirror that has no address for one version for the list of all', async () => {
    const { url, calls } = await server({ [LATEST.replace('/latest', '')]: abbreviated('98.0.0') });
    expect((await check(url)).stdout).toContain('has 98.0.0');
    expect(calls.at(-1)!.headers.accept).toContain('application/vnd.npm.install-v1+json');
  });

  it('names neither the user nor the version that asks', async () => {
    const { url, calls } = await server({ [LATEST]: manifest('99.1.0') });
    await glaive(['upgrade', '--check'], {
      cwd: tempFolder(),
      env: { GLAIVE_REGISTRY: url, GLAIVE_GITLAB_TOKEN: 'own-token', USER: 'somename' },
    });
    expect(calls).toHaveLength(1);
    const { host, ...headers } = calls[0]!.headers;
    expect(url).toContain(host);
    expect(headers).toEqual({
      'user-agent': 'glaive',
      accept: 'application/json',
      'accept-encoding': 'identity',
      connection: expect.stringMatching(/keep-alive|close/),
    });
  });

  it('trusts a certificate only if --ca-file names its issuer', async () => {
    const authority = await createAuthority();
    const { url } = await listen(
      (_, response) => response.end(JSON.stringify(manifest('99.1.0'))),
      await authority.issue(['localhost']),
    );
    const file = join(tempFolder(), 'ca.pem');
    writeFileSync(file, authority.ca);
    expect(await check(url)).toMatchObject({ code: 2, stderr: expect.stringContaining('--ca-file') });
    expect((await check(url, '--ca-file', file)).code).toBe(1);
  });

  it('asks the releases of a project on GitLab; a release that is still to come, or a candidate, does not count', async () => {
    const { url, calls } = await server({
      '/api/v4/projects/mirrors%2Fglaive/releases?per_page=20': [
        { tag_name: 'v99.3.0', upcoming_release: true },
        { tag_name: 'v99.2.0-rc.1', upcoming_release: false },
        { tag_name: 'v99.0.9', upcoming_release: false },
        { tag_name: 'v99.0.10', upcoming_release: false },
        { tag_name: 'nightly' },
      ],
    });
    const { code, stdout } = await glaive(['upgrade', '--check', '--releases', `${url}/mirrors/glaive`], {
      cwd: tempFolder(),
    });
    expect(code).toBe(1);
    expect(stdout).toContain('has 99.0.10.');
    expect(calls).toHaveLength(1);
  });

  it.each<[what: string, answer: unknown, why: RegExp]>([
    ['a page', '<!doctype html><title>Sign in</title>', /no version in it/],
    ['no JSON that ends', '{"version":"99.0.0"', /no version in it/],
    ['a list', [], /no version in it/],
    ['a version with control characters', manifest('99.0.0\u001b]0;x\u0007'), /no version in it/],
    ['a version with a line break', manifest('99.0.0\n99.0.1'), /no version in it/],
    ['a version that is a number', manifest(99), /no version in it/],
    ['a version of many digits', manifest(`9${'0'.repeat(400)}.0.0`), /no version in it/],
    ['another program', manifest('99.0.0', 'github:someone/else'), /another program/],
    ['another program, as an object', manifest('99.0.0', { url: 'git+https://example.com/x.git' }), /another program/],
    ['a very large answer', JSON.stringify(manifest('99.0.0')) + ' '.repeat(3_000_000), /too large/],
    ['an error', (response: ServerResponse) => void response.writeHead(503).end(), /503/],
    [
      'a redirect to another host',
      (response: ServerResponse) => void response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end(),
      /redirected \(302\)/,
    ],
    ['a broken connection', (response: ServerResponse) => void response.destroy(), /closed the connection/],
  ])('%s: exit code 2, with the reason', async (_, answer, why) => {
    const { url } = await server({ [LATEST]: answer });
    const { code, stderr, stdout } = await check(url);
    expect(code).toBe(2);
    expect(stderr).toMatch(why);
    // oxlint-disable-next-line no-control-regex -- these are what must not be there
    expect(stdout + stderr).not.toMatch(/[\u0000-\u0008\u000b-\u001f]|99\.0/);
  });

  it('sends nothing with --offline, or a flag that needs --check', async () => {
    const { url, calls } = await server({ [LATEST]: manifest('99.1.0') });
    expect(await check(url, '--offline')).toMatchObject({ code: 2, stderr: expect.stringContaining('turned off') });
    const { code, stderr } = await glaive(['upgrade', '--registry', url], { cwd: tempFolder() });
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('needs --check') });
    expect(calls).toEqual([]);
  });

  it.each(['http://registry.example.com', 'https://user:word@registry.example.com', 'registry'])(
    'does not ask %s',
    async (registry) => {
      expect((await check(registry)).code).toBe(2);
      const ran = await glaive(['upgrade', '--check'], { cwd: tempFolder(), env: { GLAIVE_REGISTRY: registry } });
      expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining('GLAIVE_REGISTRY') });
    },
  );
});

describe('how it was installed', () => {
  const of = (main: string) => installationOf({ program: { main, node: '/usr/bin/node' } as never });
  const ofExecutable = (node: string, marker?: string) =>
    installationOf({ program: { main: undefined, node } as never }, marker);

  it.each<[main: string, what: RegExp, command: string]>([
    [
      '/opt/p/lib/node_modules/N/dist/cli/main.cjs',
      /npm for all projects, in \/opt\/p\/lib/,
      'npm install --global N@latest',
    ],
    ['/h/.npm/_npx/0a1b/node_modules/N/dist/cli/main.cjs', /npx/, 'npx --yes N@latest'],
    ['/h/.cache/pnpm/dlx/0a1b/1/node_modules/N/dist/cli/main.cjs', /pnpm dlx/, 'pnpm dlx N@latest'],
    ['/tmp/bunx-0-N@latest/node_modules/N/dist/cli/main.cjs', /bunx/, 'bunx N@latest'],
    ['/h/.config/yarn/global/node_modules/N/dist/cli/main.cjs', /yarn for all/, 'yarn global add N@latest'],
    ['/h/.bun/install/global/node_modules/N/dist/cli/main.cjs', /bun for all/, 'bun add --global N@latest'],
    ['/h/.local/share/pnpm/global/5/node_modules/N/dist/cli/main.cjs', /pnpm/, 'pnpm add --global N@latest'],
    [
      '/h/.cache/pre-commit/repoa1/node_env-22/lib/node_modules/N/dist/cli/main.cjs',
      /pre-commit/,
      'pre-commit autoupdate',
    ],
    ['/nix/store/abc-glaive/bin/glaive', /Nix/, 'nix profile upgrade glaive'],
    ['/opt/homebrew/Cellar/glaive/1.0.0/bin/glaive', /Homebrew/, 'brew upgrade glaive'],
    ['/h/.asdf/installs/glaive/1.0.0/bin/glaive', /asdf/, 'asdf install glaive latest'],
    ['/h/.local/share/mise/installs/glaive/1.0.0/bin/glaive', /mise/, 'mise upgrade glaive'],
  ])('%s', (main, what, command) => {
    const path = main.replace('/N/', `/${NAME}/`);
    const isExecutable = !main.endsWith('.cjs');
    const installation = isExecutable ? ofExecutable(path) : of(path);
    expect(installation.what).toMatch(what);
    expect(installation.commands).toEqual([command.replace('N@', `${NAME}@`)]);
    expect(installation.isFromRegistry).toBe(!isExecutable);
  });

  it.each([
    ['package-lock.json', 'npm install --save-dev'],
    ['pnpm-lock.yaml', 'pnpm add --save-dev'],
    ['yarn.lock', 'yarn add --dev'],
    ['bun.lock', 'bun add --dev'],
  ])('in a project with %s', (lock, command) => {
    const project = tempFolder();
    writeFiles(project, { 'package.json': '{}', [lock]: '' });
    expect(of(join(project, 'node_modules', NAME, 'dist', 'cli', 'main.cjs')).commands).toEqual([
      `cd '${project}'`,
      `${command} ${NAME}@latest`,
    ]);
  });

  it('an executable is checked before it is replaced', () => {
    const main = '/usr/local/bin/glaive';
    const { commands, isFromRegistry } = ofExecutable(main);
    expect(isFromRegistry).toBe(false);
    expect(commands.join('\n')).toMatch(/SHA256SUMS[^]*--check[^]*install -m 755/);
  });

  it('in the image, a newer image is used', () => {
    const marker = join(tempFolder(), 'image');
    writeFileSync(marker, 'registry.example.com/glaive:1.2.3\n');
    const { what, commands } = ofExecutable('/usr/bin/glaive', marker);
    expect(what).toBe('in the image registry.example.com/glaive:1.2.3');
    expect(commands.join('\n')).toContain('container_registry');
  });

  it('the real program knows where it is: the single file, and a package in a project behind a link', async () => {
    const folder = realpathSync(tempFolder());
    const single = join(folder, 'glaive.cjs');
    cpSync(join(DIST, 'glaive.cjs'), single);
    const run = async (program: string): Promise<string> =>
      (await glaiveProcess(['upgrade'], { program, cwd: folder })).stdout;
    expect(await run(single)).toContain(`the single file ${single}`);
    const inProject = join(folder, 'node_modules', NAME, 'dist', 'cli');
    mkdirSync(dirname(inProject), { recursive: true });
    cpSync(join(DIST, 'cli'), inProject, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{}');
    symlinkSync(join(inProject, 'main.cjs'), join(folder, 'glaive'));
    expect(await run(join(folder, 'glaive'))).toContain(`installed in the project ${folder}`);
  });
});
