/** `glaive hook run pre-push`: scans what a push adds to a remote, before it leaves the machine. */

import { findWorkTree } from '../../git/find-work-tree.ts';
import { objectOf } from '../../git/resolve.ts';
import { type GitOptions, allLines } from '../../git/spawn.ts';
import { parsePrePush, type RefUpdate, tipsOf } from '../../hooks/ref-updates.ts';
import { GlaiveError } from '../../model/errors.ts';
import { EXIT, type ExitCode, type Io } from '../../model/io.ts';
import { rangeSource } from '../../range/range.ts';
import { type ParsedArgs, usage } from '../args/parse.ts';
import { filesCommitted } from '../../range/policy-files.ts';
import { readStdin } from '../read-stdin.ts';
import { scanAndReport } from '../run-scan.ts';

/** Commits of the remote whose exclusions are read; a push rarely updates more refs at once. */
const EARLIER_MAX = 20;

/** More than git writes for any push. */
const STDIN_MAX = 64 * 1024 * 1024;

/** @param words the remote's name and its URL, as git gives them */
export async function pushHook(words: readonly string[], args: ParsedArgs, io: Io): Promise<ExitCode> {
  const options = { cwd: io.cwd, env: io.env, signal: io.signal };
  const framework = await ofPreCommit(io, options);
  const updates = framework?.updates ?? parsePrePush(await readHookInput(io));
  if (updates.length === 0 && io.env['PRE_COMMIT'] !== undefined) {
    throw new GlaiveError('usage', 'hook: pre-commit named no branch that is pushed, so nothing could be scanned', {
      hint: 'It names one only during git push. To scan by hand what a push would add: glaive diff @{upstream}..HEAD',
    });
  }
  if (updates.length === 0 && !args.has('quiet')) {
    await io.stderr.write(
      'glaive: note: git named no refs, so nothing was scanned (under lefthook, pre-push needs use_stdin: true)\n',
    );
  }
  const tips = tipsOf(updates);
  if (tips.length === 0) return EXIT.clean;
  const remote = framework?.remote ?? words[0];
  const [exclude, excludeRefs] = await Promise.all([knownOf(updates, options), refsOf(remote, options)]);
  const base = findWorkTree(io.cwd) ?? io.cwd;
  return await scanAndReport(args, io, {
    earlier: exclude.slice(0, EARLIER_MAX).map((commit) => filesCommitted(base, options, commit)),
    sources: ({ signal, exclusions }) => [
      rangeSource({
        ...options,
        tips,
        exclude,
        excludeRefs,
        ...exclusions,
        signal,
        deepenHint: 'The clone is shallow: git fetch --unshallow, then push again.',
        fetchHint: 'Let glaive fetch it, then push again: glaive diff --fetch @{upstream}..HEAD',
      }),
    ],
    volume: 'commit',
    silentWhenClean: true,
    blocks: 'pre-push',
  });
}

/** The lines that git writes to the hook. @throws GlaiveError */
export async function readHookInput(io: Io): Promise<string> {
  const tooLong = (): GlaiveError => usage('hook', 'standard input holds more than git writes to a hook');
  return (await readStdin(io, { max: STDIN_MAX, tooLong })).toString('utf8');
}

/**
 * The first ref that is pushed, from the variables of pre-commit, which reads standard input itself. If the push has a commit
 * without parents, as the first push of a repository does, pre-commit names the branches on both sides instead of commits.
 */
async function ofPreCommit(
  { env }: Io,
  options: GitOptions,
): Promise<{ updates: RefUpdate[]; remote: string | undefined } | undefined> {
  if (env['PRE_COMMIT'] === undefined) return undefined;
  const { PRE_COMMIT_REMOTE_NAME: remote, PRE_COMMIT_REMOTE_BRANCH: ref = 'HEAD' } = env;
  const { PRE_COMMIT_TO_REF: named, PRE_COMMIT_FROM_REF: before, PRE_COMMIT_LOCAL_BRANCH: branch } = env;
  // An id when git runs the hook; a user who runs it by hand may name a branch.
  if (named !== undefined)
    return { updates: [{ ref, before, after: (await objectOf(named, options)) ?? named }], remote };
  if (branch === undefined) return undefined;
  const after = await objectOf(branch, options);
  if (after === undefined) {
    throw new GlaiveError('usage', 'hook: git does not know what pre-commit says is pushed (PRE_COMMIT_LOCAL_BRANCH)', {
      hint: 'Push it by the name of a branch: git push REMOTE BRANCH',
    });
  }
  return { updates: [{ ref, before: undefined, after }], remote };
}

/** The old commits of the remote that are here; after a force push they may be missing. */
async function knownOf(updates: readonly RefUpdate[], options: GitOptions): Promise<string[]> {
  const ids = updates.flatMap(({ before }) => (before === undefined ? [] : [`${before}^{commit}`]));
  const known = await Promise.all([...new Set(ids)].map((id) => objectOf(id, options)));
  return known.filter((id) => id !== undefined);
}

/** The branches of a remote that has a name; a URL has no name. */
async function refsOf(remote: string | undefined, options: GitOptions): Promise<string[]> {
  if (remote === undefined) return [];
  const names = await allLines(['remote'], options);
  return names.includes(remote) ? [`--remotes=${remote}`] : [];
}
