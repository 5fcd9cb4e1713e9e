/** Where a repository comes from, and which commit is checked out: what reports name of it. */

import { basename } from 'node:path';
import { findWorkTree } from '../git/find-work-tree.ts';
import { originOf } from '../git/remote.ts';
import { headBranch, headCommit } from '../git/work-tree.ts';
import { defined } from '../lib/defined.ts';
import type { Io } from '../model/io.ts';
import type { Report } from '../model/report.ts';
import { createTextRedactor } from '../scan/redact-text.ts';

/** HEAD, its name, and the remote, for reports; each may be absent. */
export async function findOrigin(io: Io, place: string): Promise<Pick<Report, 'commit' | 'ref' | 'repository'>> {
  try {
    const options = { cwd: findWorkTree(place) ?? place, env: io.env, signal: io.signal };
    const [commit, branch, origin] = await Promise.all([headCommit(options), headBranch(options), originOf(options)]);
    const ref = branch ?? refOfJob(io.env, commit);
    return defined({
      commit,
      ref: ref === undefined ? undefined : createTextRedactor()(ref),
      repository: (origin === undefined ? undefined : addressOf(origin)) ?? nameOf(commit, options.cwd),
    });
  } catch {
    return {};
  }
}

/** The name of the folder, for a repository without a remote that has an address. */
function nameOf(commit: string | undefined, folder: string): string | undefined {
  const name = basename(folder);
  return commit === undefined || name === '' ? undefined : createTextRedactor()(name);
}

/** CI jobs check out a commit, and name its ref in variables. They say nothing about another repository, so the commit must be the same. */
function refOfJob(
  { CI_COMMIT_SHA, CI_COMMIT_REF_NAME, GITHUB_SHA, GITHUB_REF_NAME }: Io['env'],
  commit: string | undefined,
): string | undefined {
  if (commit === undefined) return undefined;
  const name = commit === CI_COMMIT_SHA ? CI_COMMIT_REF_NAME : commit === GITHUB_SHA ? GITHUB_REF_NAME : undefined;
  return name === '' ? undefined : name;
}

/** The address without what must not be shown: user, password, and everything after the path. */
export function addressOf(remote: string): string | undefined {
  const [, host, path] = /^(?:[^\s/@]+@)?([^\s/:@]+):(?!\/)(\S+)$/.exec(remote) ?? [];
  const text = host === undefined ? remote : `ssh://${host}/${path}`;
  if (!/^(?:https?|ssh|git):\/\//.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  return createTextRedactor()(`${url.protocol}//${url.host}${url.pathname}`);
}
