/** Prepares `glaive history`: lists packs and objects, and the commits whose findings are reported. */

import { explainGitError } from '../../git/git-error.ts';
import { fetchWhole } from '../../git/partial.ts';
import { GitError, type GitOptions, isStop } from '../../git/spawn.ts';
import { type Enumerated, enumerate, type StateAt } from '../../history/enumerate.ts';
import { PACKS_THRESHOLD } from '../../history/history.ts';
import type { SortedIds } from '../../git/sorted-ids.ts';
import type { Reader } from '../../history/history-options.ts';
import { identityOf, type RepositoryIdentity } from '../../history/identity.ts';
import { listPackedObjects } from '../../history/packs/list-objects.ts';
import { listOwnObjects } from '../../history/packs/object-folders.ts';
import type { PackReader } from '../../history/packs/pack-reader.ts';
import { openPacks } from '../../history/packs/scan-packs.ts';
import { objectsOfMember, type OwnObjects, type PoolMember } from '../../history/pool.ts';
import { selectCommits } from '../../history/selection.ts';
import { GlaiveError } from '../../model/errors.ts';
import { type ParsedArgs, usage } from '../args/parse.ts';

export interface Prepared extends Enumerated {
  readonly packs: readonly PackReader[];
  /** Before anything was listed; only where a state is kept. */
  readonly identity: RepositoryIdentity | undefined;
  /** For a member of an object pool. */
  readonly own: OwnObjects | undefined;
  readonly complete: readonly string[] | undefined;
  /** The commits whose findings are reported; undefined: all, and findings that belong to no commit. */
  readonly only: ReadonlySet<string> | undefined;
}

export interface Preparation {
  readonly reader: Reader;
  readonly at: Omit<StateAt, 'identity'> | undefined;
  /** Clean objects, which are left out. */
  readonly known: SortedIds | undefined;
  /** Absent: not the member of an object pool, or swept as if it were none. */
  readonly member: PoolMember | undefined;
  /** How errors name the repository; undefined: the one around the working directory. */
  readonly name: string | undefined;
  readonly options: GitOptions;
}

/** Undefined where the time limit or Ctrl-C came first. @throws GlaiveError */
export async function prepareHistory(
  args: ParsedArgs,
  { reader, at, known, member, name, options }: Preparation,
): Promise<Prepared | undefined> {
  const giveUp = givingUp(name);
  try {
    if (args.has('fetch')) await fetchWhole(options).catch(notFetched);
    const identity = at === undefined && member === undefined ? undefined : await identityOf(options).catch(giveUp);
    // Before git lists objects: it would never come to the end of some damaged packs. With a state there is little to scan.
    const own =
      member === undefined || identity === undefined
        ? undefined
        : await objectsOfMember(member, { tips: identity.tips, stored: at?.state, options }).catch(giveUp);
    const isWhole = at?.state === undefined && own === undefined && (known === undefined || known.length === 0);
    const readsPacks = reader !== 'git' && isWhole;
    const loose = readsPacks ? await listOwnObjects(options).catch(giveUp) : undefined;
    const packs = readsPacks ? await openPacks(options).catch(giveUp) : [];
    const least = reader === 'auto' ? PACKS_THRESHOLD : 0;
    const enumerated = await enumerate(options, {
      at: at === undefined || identity === undefined ? undefined : { ...at, identity },
      known,
      own: own?.ids,
      listPacked: async (onWarning) =>
        loose === undefined ? undefined : await listPackedObjects(packs, { own: loose, least, options, onWarning }),
    }).catch(giveUp);
    const selection = { refs: args.values('refs'), not: args.values('not'), since: args.value('since') };
    const only = await selectCommits(selection, options);
    if (only !== undefined && 'kind' in only) throw usage('history', only.message, only.hint);
    return { ...enumerated, packs, identity, only, own, complete: member?.complete };
  } catch (error) {
    if (!isStop(error)) throw error;
    return undefined;
  }
}

function notFetched(error: unknown): never {
  if (!(error instanceof GitError) || isStop(error)) throw error;
  const hint = 'Does git fetch work here? Without --fetch glaive scans what is here, and reports what is missing.';
  const explained = explainGitError(error, 'git could not fetch what this clone lacks', hint);
  throw new GlaiveError('usage', `history: ${explained.message}`, { hint: explained.hint, cause: error });
}

function givingUp(path: string | undefined): (error: unknown) => never {
  const where = path === undefined ? 'here' : `of ${path}`;
  const hint =
    path === undefined
      ? 'Run this inside a repository that git can read, bare or not.'
      : 'Name the repository itself, not a folder inside it: the root of its work tree, or a bare repository.';
  return (error) => {
    if (!(error instanceof GitError) || isStop(error)) throw error;
    const explained = explainGitError(error, `git cannot list the objects ${where}`, hint);
    throw new GlaiveError('usage', `history: ${explained.message}`, { hint: explained.hint, cause: error });
  };
}
