/** A server of git repositories on loopback: `git http-backend` behind Basic authentication, and faults on request. */

import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Certificate } from './certificates.ts';
import { listen } from './listen.ts';
import { gitEnvironment } from './temp-folder.ts';

export interface GitRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  /** The password of Basic authentication. */
  readonly password: string | undefined;
  readonly user: string | undefined;
  /** The token of an API call. */
  readonly bearer: string | undefined;
}

export interface GitServerOptions {
  /** The folder that the repositories are in. */
  readonly root: string;
  /** Requests without this password get a 401; absent: every request is answered. */
  readonly password?: string;
  readonly certificate?: Certificate;
  /** Answers a request in another way. @returns whether it has done so */
  readonly instead?: (request: GitRequest, response: ServerResponse) => boolean;
  /** Passes on the output of git. Default: all of it, then the end. */
  readonly pass?: (request: GitRequest, git: ChildProcessWithoutNullStreams, response: ServerResponse) => void;
}

export interface GitServer {
  readonly url: string;
  readonly port: number;
  readonly requests: readonly GitRequest[];
}

export async function gitServer(options: GitServerOptions): Promise<GitServer> {
  const requests: GitRequest[] = [];
  const { url, port } = await listen((message, response) => {
    const request = requestOf(message);
    requests.push(request);
    response.on('error', () => {});
    if (options.instead?.(request, response) === true) return;
    if (options.password !== undefined && request.password !== options.password) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="GitLab"' }).end('HTTP Basic: Access denied\n');
      return;
    }
    answer(message, request, response, options);
  }, options.certificate);
  return { url, port, requests };
}

function requestOf({ method = '', url = '', headers }: IncomingMessage): GitRequest {
  const given = /^Basic (.*)$/.exec(headers.authorization ?? '')?.[1];
  const [user, ...rest] = given === undefined ? [] : Buffer.from(given, 'base64').toString('utf8').split(':');
  const bearer = /^Bearer (.*)$/.exec(headers.authorization ?? '')?.[1];
  return { method, url, user, password: given === undefined ? undefined : rest.join(':'), bearer };
}

/** CGI (RFC 3875), as far as `git http-backend` needs it. */
function answer(
  message: IncomingMessage,
  request: GitRequest,
  response: ServerResponse,
  { root, pass = passAll }: GitServerOptions,
): void {
  const { pathname, search } = new URL(request.url, 'http://localhost');
  const git = spawn(join(execPath(), 'git-http-backend'), [], {
    env: {
      ...gitEnvironment(),
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      REQUEST_METHOD: request.method,
      PATH_INFO: decodeURIComponent(pathname),
      QUERY_STRING: search.slice(1),
      CONTENT_TYPE: message.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: message.headers['content-encoding'] ?? '',
      GIT_PROTOCOL: String(message.headers['git-protocol'] ?? ''),
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'safe.directory',
      GIT_CONFIG_VALUE_0: '*',
    },
  });
  onTestFinished(() => void git.kill('SIGKILL'));
  git.stdin.on('error', () => {});
  message.pipe(git.stdin);
  let head = Buffer.alloc(0);
  const read = (piece: Buffer): void => {
    head = Buffer.concat([head, piece]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return;
    git.stdout.off('data', read).pause();
    const lines = head.toString('latin1', 0, end).split('\r\n');
    const headers = Object.fromEntries(lines.map((line) => line.split(/: (.*)/).slice(0, 2)));
    response.writeHead(Number.parseInt(headers['Status'] ?? '200', 10), headers);
    git.stdout.unshift(head.subarray(end + 4));
    pass(request, git, response);
  };
  git.stdout.on('data', read);
  git.on('error', () => response.destroy());
}

function passAll(_: GitRequest, git: ChildProcessWithoutNullStreams, response: ServerResponse): void {
  git.stdout.pipe(response);
}

/** Where git has its own programs. */
function execPath(): string {
  return execFileSync('git', ['--exec-path'], { encoding: 'utf8' }).trim();
}
