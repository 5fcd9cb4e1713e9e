/** A GitLab on loopback with an API and repositories that git serves, with leaks whose truth is known. */

import { existsSync, mkdirSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { dirname, join } from 'node:path';
import { itemKey } from '../../src/fleet/key.ts';
import { expect } from 'vitest';
import { fakeInstance, type FakeInstance, type FakeProject } from './fake-instance.ts';
import { type GitRequest, type GitServer, gitServer } from './git-server.ts';
import type { Ran } from './run-cli.ts';
import { glaiveProcess } from './run-program.ts';
import { fingerprintOf, tokenMint } from './scan-report.ts';
import { git, tempFolder, writeFiles } from './temp-folder.ts';

export interface HostedFleet {
  readonly url: string;
  readonly api: FakeInstance;
  readonly server: GitServer;
  /** The folder of the bare repositories. */
  readonly root: string;
  /** Fingerprints of the secrets in each repository, by path. */
  readonly truth: Map<string, string[]>;
  /** The leaked tokens themselves. */
  readonly tokens: string[];
  readonly keyOf: (path: string) => string;
  /** Makes a repository, or adds a commit to it; with a leak or not. @returns the fingerprint of the leak */
  readonly commit: (path: string, leak?: boolean) => string;
  /** A copy of a repository, as a fork has it. */
  readonly fork: (from: string, to: string) => void;
  /** How often git was asked for objects of a repository. */
  readonly fetchesOf: (path: string) => number;
  /** The token that it accepts. */
  token: string;
  /** Answers a request in another way. @returns whether it has */
  instead: ((request: GitRequest, response: ServerResponse) => boolean) | undefined;
}

/** Ends with the test. @param token that it accepts */
export async function hostedFleet(seed: number, token: string): Promise<HostedFleet> {
  const newToken = tokenMint(seed);
  const root = tempFolder();
  const work = tempFolder();
  const api = await fakeInstance(undefined);
  const server = await gitServer({
    root,
    instead: (request, response) => {
      if (hosted.instead?.(request, response) === true) return true;
      const isApi = request.url.startsWith('/api/');
      const given = isApi ? request.bearer : request.password;
      if (given !== hosted.token) {
        const headers = isApi ? {} : { 'www-authenticate': 'Basic realm="GitLab"' };
        response.writeHead(401, { 'content-type': 'application/json', ...headers });
        response.end(JSON.stringify({ message: '401 Unauthorized' }));
        return true;
      }
      if (isApi) void passOn(request, response);
      return isApi;
    },
  });

  const passOn = async (request: GitRequest, response: ServerResponse): Promise<void> => {
    const answer = await fetch(`${api.url}${request.url}`);
    const link = answer.headers.get('link');
    response.writeHead(answer.status, {
      'content-type': 'application/json',
      ...(link === null ? {} : { link: link.replaceAll(api.url, server.url) }),
    });
    response.end((await answer.text()).replaceAll(api.url, server.url));
  };

  const hosted: HostedFleet = {
    url: server.url,
    api,
    server,
    root,
    truth: new Map(),
    tokens: [],
    token,
    instead: undefined,
    keyOf: (path) => {
      const { id } = api.projects.find((project) => project.path === path) as FakeProject;
      return itemKey({ kind: 'gitlab', server: server.url, project: id });
    },
    commit: (path, leak = false) => {
      const [bare, folder] = [join(root, `${path}.git`), join(work, path)];
      if (!existsSync(bare)) {
        mkdirSync(bare, { recursive: true });
        git(bare, 'init', '--quiet', '--bare', '--initial-branch=main');
        mkdirSync(dirname(folder), { recursive: true });
        git(work, 'init', '--quiet', '--initial-branch=main', folder);
      }
      const number = hosted.tokens.length;
      const secret = newToken();
      writeFiles(folder, {
        [`${number}-${leak ? 'a' : 'b'}.env`]: leak ? `A=${secret}\n` : `${path} ${Math.random()}\n`,
      });
      git(folder, 'add', '--all');
      git(folder, 'commit', '--quiet', '--message', 'x');
      git(folder, 'push', '--quiet', bare, 'main');
      if (!leak) return '';
      hosted.tokens.push(secret);
      const found = fingerprintOf(secret);
      hosted.truth.set(path, [...(hosted.truth.get(path) ?? []), found].toSorted());
      return found;
    },
    fork: (from, to) => {
      mkdirSync(dirname(join(work, to)), { recursive: true });
      git(root, 'clone', '--quiet', '--bare', join(root, `${from}.git`), join(root, `${to}.git`));
      git(work, 'clone', '--quiet', join(root, `${to}.git`), join(work, to));
      hosted.truth.set(to, [...(hosted.truth.get(from) ?? [])]);
    },
    fetchesOf: (path) =>
      server.requests.filter(({ method, url }) => method === 'POST' && url.startsWith(`/${path}.git/git-upload-pack`))
        .length,
  };
  return hosted;
}

/** A fleet with a store for it. */
export interface HostedWorld {
  readonly hosted: HostedFleet;
  readonly store: string;
  /** The token of glaive itself. */
  readonly own: string;
  /** Runs a verb of `glaive fleet`, whose output must not have a secret. */
  readonly fleet: (verb: string, ...args: string[]) => Promise<Ran>;
}

/** Ends with the test. @param own the token of glaive itself */
export async function hostedWorld(seed: number, own: string): Promise<HostedWorld> {
  const hosted = await hostedFleet(seed, own);
  const store = join(tempFolder(), 'store');
  const more: Readonly<Record<string, readonly string[]>> = {
    plan: ['--gitlab-url', hosted.url],
    work: ['--disk-free', '1'],
  };
  return {
    hosted,
    store,
    own,
    fleet: async (verb, ...args) => {
      const env = { GLAIVE_GITLAB_TOKEN: hosted.token };
      const ran = await glaiveProcess(['fleet', verb, '--store', store, ...(more[verb] ?? []), ...args], { env });
      for (const secret of [own, ...hosted.tokens]) expect(ran.stdout + ran.stderr).not.toContain(secret.slice(6));
      expect(ran.stderr).not.toMatch(/internal error|^ +at /m);
      return ran;
    },
  };
}
