/** Where a repository comes from, and which commit is checked out: what reports name of it. */

import { findWorkTree } from '../git/find-work-tree.ts';
import { originOf } from '../git/remote.ts';
import { headCommit } from '../git/work-tree.ts';
import type { Io } from '../model/io.ts';
import type { Report } from '../model/report.ts';
import { createTextRedactor } from '../scan/redact-text.ts';

/** HEAD and the remote, for reports; either may be absent. */
export async function findOrigin(io: Io, place: string): Promise<Pick<Report, 'commit' | 'repository'>> {
  try {
    const options = { cwd: findWorkTree(place) ?? place, env: io.env, signal: io.signal };
    const [commit, origin] = await Promise.all([headCommit(options), originOf(options)]);
    const repository = origin === undefined ? undefined : addressOf(origin);
    return { ...(commit === undefined ? {} : { commit }), ...(repository === undefined ? {} : { repository }) };
  } catch {
    return {};
  }
}

/** The address without what must not be shown: user, password, and everything after the path. */
export function addressOf(remote: string): string | undefined {
  const [, host, path] = /^(?:[^\s/@]+@)?([^\s/:@]+):(?!\/)(\S+)$/.exec(remote) ?? [];
  const text = host === undefined ? remote : `ssh://${host}/${path}`;
  if (!/^(?:https?|ssh|git):\/\//.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  return createTextRedactor()(`${url.protocol}//${url.host}${url.pathname}`);
}
