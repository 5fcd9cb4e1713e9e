/** The GitLab that a command asks, and the token it asks with. Only flags and the environment name them. */

import { GitLabClient } from '../../gitlab/client.ts';
import { approveServer, type Server } from '../../http/server.ts';
import { readOptionalFile } from '../../lib/optional-file.ts';
import { showWord } from '../../lib/show-word.ts';
import { GlaiveError } from '../../model/errors.ts';
import type { Io } from '../../model/io.ts';
import { openNetwork } from './network-options.ts';
import { type ParsedArgs, usage } from '../args/parse.ts';
import { BadValue, type TokenSource, tokenSource } from '../args/values.ts';

/** GitLab has announced 5000 for its free users. */
const HOURLY = 4000;

/** The approved GitLabs, in the order in which the user named them; may be empty. @throws GlaiveError */
export function serversOf(args: ParsedArgs, io: Io): readonly Server[] {
  const named = args.values('gitlab-url');
  if (named.length > 0) return [...new Set(named)];
  const own = (io.env['GLAIVE_GITLAB_URL'] ?? '').split(/[\s,]+/).filter(Boolean);
  if (own.length > 0) return [...new Set(own.map((address) => approveServer(address, 'GLAIVE_GITLAB_URL')))];
  const job = io.env['CI_SERVER_URL'] ?? '';
  return job === '' ? [] : [approveServer(job, 'CI_SERVER_URL')];
}

/** The one approved GitLab. @throws GlaiveError unless the user named exactly one valid address */
export function serverOf(args: ParsedArgs, io: Io): Server {
  const [server, another] = serversOf(args, io);
  if (server === undefined)
    throw usage(
      args.command,
      'it needs to know which GitLab to ask',
      'Name it: --gitlab-url https://gitlab.example.com, or GLAIVE_GITLAB_URL.',
    );
  if (another !== undefined)
    throw usage(args.command, 'more than one GitLab was named, and this command asks only one');
  return server;
}

/**
 * glaive's own token for a server, from the source that the user chose: `--token-from`, else `GLAIVE_GITLAB_TOKEN_FROM`, else the
 * environment. Undefined if the environment has no token.
 *
 * @throws GlaiveError if the chosen source has no token
 */
export async function tokenOf(args: ParsedArgs, io: Io, server: Server): Promise<string | undefined> {
  const flag = args.value('token-from');
  const source = flag ?? sourceOfEnvironment(io);
  const name = flag === undefined ? 'GLAIVE_GITLAB_TOKEN_FROM' : '--token-from';
  switch (source) {
    case 'env':
      return fromEnvironment(io);
    case 'git-credential': {
      const { filledPassword } = await import('../../git/credential.ts');
      const password = await filledPassword(new URL(server), { env: io.env, signal: io.signal });
      if (password === undefined)
        throw new GlaiveError('usage', `${name}: git knows no password for ${new URL(server).host}`, {
          hint: 'Its credential helpers are asked outside of the repository; give one with: git credential approve',
        });
      return checkToken(password, name);
    }
    case 'glab':
      return checkToken((await import('./glab.ts')).glabToken(new URL(server), io), name);
    default: {
      const { secretFromVault } = await import('./vault-access.ts');
      return checkToken((await secretFromVault(source, args, io)).trim(), name);
    }
  }
}

/** @throws GlaiveError */
function sourceOfEnvironment({ env }: Io): TokenSource {
  const name = env['GLAIVE_GITLAB_TOKEN_FROM'] || 'env';
  const source = tokenSource(name);
  if (!(source instanceof BadValue)) return source;
  throw new GlaiveError(
    'usage',
    `GLAIVE_GITLAB_TOKEN_FROM must be ${source.expected}, not ${JSON.stringify(showWord(name))}`,
  );
}

/** `GLAIVE_GITLAB_TOKEN`, or the content of the file that it names, as GitLab's variables of type file do. */
function fromEnvironment(io: Io): string | undefined {
  const value = io.env['GLAIVE_GITLAB_TOKEN']?.trim() ?? '';
  if (value === '') return undefined;
  if (!value.startsWith('/')) return checkToken(value, 'GLAIVE_GITLAB_TOKEN');
  let token = '';
  try {
    token = readOptionalFile(value)?.trim() ?? '';
  } catch {
    // Reported below.
  }
  if (token === '') throw new GlaiveError('usage', 'GLAIVE_GITLAB_TOKEN names a file that cannot be read, or is empty');
  return checkToken(token, 'GLAIVE_GITLAB_TOKEN');
}

/** It goes into a header: one word. */
function checkToken(token: string, source: string): string {
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new GlaiveError('usage', `${source} does not hold a token`, {
    hint: 'It is one word, like glpat-...; or the path of a file with it.',
  });
}

/** Makes clients that use glaive's own token until a signal aborts. @throws GlaiveError */
export async function clientFor(args: ParsedArgs, io: Io): Promise<(signal: AbortSignal) => GitLabClient> {
  const server = serverOf(args, io);
  return clientWith(args, io, { server, token: await tokenOf(args, io, server) });
}

/** The same with a token that the command has already. @throws GlaiveError */
export function clientWith(
  args: ParsedArgs,
  io: Io,
  access: { readonly server: Server; readonly token: string | undefined },
): (signal: AbortSignal) => GitLabClient {
  const network = openNetwork(args, io);
  const requestsPerHour = hourlyOf(args);
  return (signal) => new GitLabClient({ ...access, network, signal, requestsPerHour, onWait: onWaitOf(args, io) });
}

/** Requests an hour. */
export function hourlyOf(args: ParsedArgs): number {
  return args.value('requests-per-hour') ?? HOURLY;
}

/** Prints each wait. */
export function onWaitOf(args: ParsedArgs, io: Io): (seconds: number, why: string) => void {
  return (seconds, why) => {
    if (!args.has('quiet')) void io.stderr.write(`glaive: ${why}; retrying in ${Math.ceil(seconds)} s\n`);
  };
}
