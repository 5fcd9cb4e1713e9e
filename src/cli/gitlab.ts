/** The GitLab that a command asks, and the token it asks with: from flags and the environment, and from nowhere else. */

import { GitLabClient } from '../gitlab/client.ts';
import { approveServer, type Server } from '../net/server.ts';
import { readIfThere } from '../lib/read-if-there.ts';
import { GlaiveError } from '../model/errors.ts';
import type { Io } from '../model/io.ts';
import { openNetwork } from './network.ts';
import { type Call, shown, usage } from './parse.ts';

/** GitLab has announced 5000 for its free users. */
const HOURLY = 4000;

/** The GitLabs that may be asked, in the order in which they were named; none when nobody has named one. @throws GlaiveError */
export function serversOf(call: Call, io: Io): Server[] {
  const named = call.values('gitlab-url').map((address) => approveServer(address, '--gitlab-url'));
  if (named.length > 0) return [...new Set(named)];
  const own = (io.env['GLAIVE_GITLAB_URL'] ?? '').split(/[\s,]+/).filter(Boolean);
  if (own.length > 0) return [...new Set(own.map((address) => approveServer(address, 'GLAIVE_GITLAB_URL')))];
  const job = io.env['CI_SERVER_URL'] ?? '';
  return job === '' ? [] : [approveServer(job, 'CI_SERVER_URL')];
}

/** The one that is asked. @throws GlaiveError when there is none, or more than one, or one that may not be asked */
export function serverOf(call: Call, io: Io): Server {
  const [server, another] = serversOf(call, io);
  if (server === undefined)
    throw usage(call.command, 'it needs to know which GitLab', 'Name it: --gitlab-url https://gitlab.example.com');
  if (another !== undefined) throw usage(call.command, 'more than one GitLab was named, and one is asked');
  return server;
}

/** `GLAIVE_GITLAB_TOKEN`, or what stands in the file that it names, as GitLab's variables of type file do. */
export async function tokenOf(_call: Call, io: Io, _server: Server): Promise<string | undefined> {
  const value = io.env['GLAIVE_GITLAB_TOKEN']?.trim() ?? '';
  if (value === '') return undefined;
  let token = value;
  if (value.startsWith('/')) {
    try {
      token = readIfThere(value)?.trim() ?? '';
    } catch {
      token = '';
    }
    if (token === '')
      throw new GlaiveError('usage', 'GLAIVE_GITLAB_TOKEN names a file that cannot be read, or is empty');
  }
  if (!/^[\x21-\x7e]+$/.test(token))
    throw new GlaiveError('usage', 'GLAIVE_GITLAB_TOKEN holds something that is no token', {
      hint: 'It is one word, like glpat-...; or the path of a file with it.',
    });
  return token;
}

/** Asks with glaive's own token. @throws GlaiveError */
export async function openClient(call: Call, io: Io, signal: AbortSignal): Promise<GitLabClient> {
  const server = serverOf(call, io);
  return new GitLabClient({
    network: openNetwork(call, io),
    server,
    token: await tokenOf(call, io, server),
    signal,
    hourly: hourlyOf(call),
    onWait: onWaitOf(call, io),
  });
}

/** Requests an hour. @throws GlaiveError */
export function hourlyOf(call: Call): number {
  const hourly = call.value('requests-per-hour');
  if (hourly !== undefined && !/^[1-9]\d{0,5}$/.test(hourly))
    throw usage(
      call.command,
      `--requests-per-hour must be a number from 1 to 999999, not ${JSON.stringify(shown(hourly))}`,
    );
  return Number(hourly ?? HOURLY);
}

/** Says that it waits. */
export function onWaitOf(call: Call, io: Io): (seconds: number, why: string) => void {
  return (seconds, why) => {
    if (!call.has('quiet')) void io.stderr.write(`glaive: waiting for ${Math.ceil(seconds)} s: ${why}\n`);
  };
}
