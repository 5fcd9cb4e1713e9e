/** What `glaive history` must know before its sweep begins: which packs and objects there are, and what is reported of them. */

import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { showWord } from '../lib/show-word.ts';
import { reachableCommits } from '../git/commits.ts';
import type { PackReader } from '../history/packs/pack-reader.ts';
import { toldOf } from '../git/git-error.ts';
import { fetchWhole } from '../git/partial.ts';
import { objectOf } from '../git/resolve.ts';
import { GitError, type GitOptions, gitText, isStop } from '../git/spawn.ts';
import { GlaiveError } from '../model/errors.ts';
import { type Enumerated, enumerate, type Reader, type StateAt } from '../history/history.ts';
import { openPacks } from '../history/packs/scan-packs.ts';
import { type ParsedArgs, usage } from './args/parse.ts';

export interface Prepared extends Enumerated {
  readonly packs: readonly PackReader[];
  /** Digests of where this repository is; only where a state is kept. */
  readonly places: readonly string[];
  /** The commits whose findings are reported; undefined: all, and what has none. */
  readonly only: ReadonlySet<string> | undefined;
}

/** What must be known before the sweep begins; undefined where the time was up, or Ctrl-C was pressed, before that. */
export async function prepareHistory(
  reader: Reader,
  at: Omit<StateAt, 'places'> | undefined,
  call: ParsedArgs,
  options: GitOptions,
): Promise<Prepared | undefined> {
  const giveUp = givingUp(call);
  try {
    if (call.has('fetch')) await fetchWhole(options).catch(notFetched);
    const places = at === undefined ? [] : await placesOfRepository(options);
    // Before git is asked for anything: of some packs it would read for ever. What a state leaves to do is little.
    const packs = reader === 'git' || at?.state !== undefined ? [] : await openPacks(options).catch(giveUp);
    const enumerated = await enumerate(options, at === undefined ? undefined : { ...at, places }).catch(giveUp);
    return { ...enumerated, packs, places, only: await onlyOf(call, options) };
  } catch (error) {
    if (!isStop(error)) throw error;
    return undefined;
  }
}

function notFetched(error: unknown): never {
  if (!(error instanceof GitError) || isStop(error)) throw error;
  const hint = 'Does git fetch work here? Without --fetch what is here is scanned, and what is not is said.';
  const told = toldOf(error, 'git could not fetch what this clone lacks', hint);
  throw new GlaiveError('usage', `history: ${told.message}`, { hint: told.hint, cause: error });
}

function givingUp({ args: [path] }: ParsedArgs): (error: unknown) => never {
  const where = path === undefined ? 'here' : `of ${path}`;
  const hint =
    path === undefined
      ? 'Stand in a repository that git can read, bare or not.'
      : 'Name a repository itself, and no folder in it: the root of its work tree, or a bare repository.';
  return (error) => {
    if (!(error instanceof GitError) || isStop(error)) throw error;
    const told = toldOf(error, `git cannot list the objects ${where}`, hint);
    throw new GlaiveError('usage', `history: ${told.message}`, { hint: told.hint, cause: error });
  };
}

/** By what a repository is known when nothing in it is as it was: where it is, and where it comes from. */
async function placesOfRepository(options: GitOptions): Promise<string[]> {
  const ask = async (...args: string[]): Promise<string> =>
    (await gitText(args, options).catch((): string => '')).trim();
  const folder = await ask('rev-parse', '--git-common-dir');
  const origin = await ask('config', '--get', 'remote.origin.url');
  return [
    ...(folder === '' ? [] : [realpathSync(resolve(options.cwd, folder))]),
    ...(origin === '' ? [] : [origin]),
  ].map(hash);
}

/** A state need not say where its repository is. */
function hash(id: string): string {
  return createHash('sha256').update(id).digest('hex').slice(0, 16);
}

/** The commits whose findings are reported; undefined: all, and what no commit has. */
async function onlyOf(call: ParsedArgs, options: GitOptions): Promise<ReadonlySet<string> | undefined> {
  const [refs, not, since] = [call.values('refs'), call.values('not'), call.value('since')];
  if (refs.length === 0 && not.length === 0 && since === undefined) return undefined;
  const exclude: string[] = [];
  for (const revision of not) {
    const id = await objectOf(`${revision}^{commit}`, options);
    if (id === undefined) throw usage('history', `--not: git knows no commit ${JSON.stringify(showWord(revision))}`);
    exclude.push(id);
  }
  const commit = since === undefined ? undefined : await objectOf(`${since.text}^{commit}`, options);
  if (commit !== undefined) exclude.push(commit);
  if (since !== undefined && commit === undefined && since.date === undefined)
    throw usage(
      'history',
      `--since must be a date like 2026-01-31 or a commit, not ${JSON.stringify(showWord(since.text))}`,
    );
  if (since !== undefined && commit !== undefined && /^\d{4}(?:-\d\d){0,2}$/.test(since.text))
    throw usage(
      'history',
      `--since ${since.text} is a date, and names the commit ${commit}`,
      'Name the commit by its whole id, or the date with a time: 2026-01-31T00:00:00Z',
    );
  for (const pattern of refs) {
    if ((await reachableCommits({ refs: [pattern], exclude: [], since: undefined }, options)).size === 0)
      throw usage('history', `--refs: no branch or tag is like ${JSON.stringify(showWord(pattern))}`);
  }
  const after = commit === undefined ? since?.date?.toISOString() : undefined;
  return await reachableCommits({ refs, exclude, since: after }, options);
}
