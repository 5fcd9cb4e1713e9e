/** The GitLab that a command asks, and the token it asks with: from flags and the environment, and from nowhere else. */

import { GitLabClient } from '../gitlab/client.ts';
import { approveServer, type Server } from '../gitlab/server.ts';
import { readIfThere } from '../lib/read-if-there.ts';
import { GlaiveError } from '../model/errors.ts';
import type { Io } from '../model/io.ts';
import { openNetwork } from './network.ts';
import { type Call, shown, usage } from './parse.ts';

/** GitLab has announced 5000 for its free users. */
const HOURLY = 4000;

/** @throws GlaiveError when there is no server, more than one, or one that may not be asked */
export function serverOf(call: Call, io: Io): Server {
  const named = call.values('gitlab-url');
  if (named.length > 1) throw usage(call.command, '--gitlab-url was given more than once, and one server is asked');
  for (const [source, address] of [
    ['--gitlab-url', named[0]],
    ['GLAIVE_GITLAB_URL', io.env['GLAIVE_GITLAB_URL']],
    ['CI_SERVER_URL', io.env['CI_SERVER_URL']],
  ] as const)
    if (address !== undefined && address !== '') return approveServer(address, source);
  throw usage(call.command, 'it needs to know which GitLab', 'Name it: --gitlab-url https://gitlab.example.com');
}

/** `GLAIVE_GITLAB_TOKEN`, or what stands in the file that it names, as GitLab's variables of type file do. */
export function tokenOf(io: Io): string | undefined {
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

export function openClient(call: Call, io: Io, signal: AbortSignal): GitLabClient {
  const hourly = call.value('requests-per-hour');
  if (hourly !== undefined && !/^[1-9]\d{0,5}$/.test(hourly))
    throw usage(
      call.command,
      `--requests-per-hour must be a number from 1 to 999999, not ${JSON.stringify(shown(hourly))}`,
    );
  return new GitLabClient({
    network: openNetwork(call, io),
    server: serverOf(call, io),
    token: tokenOf(io),
    signal,
    hourly: Number(hourly ?? HOURLY),
    onWait: (seconds, why) => {
      if (!call.has('quiet')) void io.stderr.write(`glaive: waiting for ${Math.ceil(seconds)} s: ${why}\n`);
    },
  });
}
