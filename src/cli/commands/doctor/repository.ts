/** The repository: whether git reads it, and whether it is whole. */

import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { findWorkTree } from '../../../git/find-work-tree.ts';
import { explainGitError, FETCH_ALL } from '../../../git/git-error.ts';
import { promisorOf } from '../../../git/partial.ts';
import { shallowCommits } from '../../../git/resolve.ts';
import { allLines, GitError, type GitOptions, gitText } from '../../../git/spawn.ts';
import { plural } from '../../../lib/format-amounts.ts';
import type { Io } from '../../../model/io.ts';
import { type Check, isJob, note, ok, problem, type Repository } from './check.ts';

/** Asks git. `core.hooksPath` is honoured here, though git is otherwise run without it. @throws GitError if git is missing */
export async function openRepository(io: Io, git: GitOptions): Promise<Repository> {
  const questions = ['--is-bare-repository', '--git-common-dir', '--git-path', 'hooks'];
  try {
    const answer = await gitText(['rev-parse', ...questions], { ...git, hooksPath: 'honoured' });
    const [isBare, gitFolder = '', hooksPath = ''] = answer
      .split('\n')
      .map((line, at) => (at === 0 ? line : resolve(io.cwd, line)));
    const root = isBare === 'true' ? gitFolder : (findWorkTree(io.cwd) ?? dirname(gitFolder));
    return { kind: isBare === 'true' ? 'bare' : 'work tree', root, gitFolder, hooksPath };
  } catch (error) {
    if (!(error instanceof GitError) || error.reason === 'stopped') throw error;
    // Without git, the check of git says so.
    if (error.reason === 'missing' || error.reason === 'unstarted') return { kind: 'none' };
    if (error.hint === undefined && /\bnot a git repository\b/.test(error.message)) return { kind: 'none' };
    return { kind: 'refused', ...explainGitError(error, 'git does not read this repository', 'Check it: git fsck') };
  }
}

export const repositoryCheck: Check = {
  name: 'repository',
  run: ({ repository }) => {
    if (repository.kind === 'none')
      return [note('there is no repository here that git can read', 'Run glaive doctor inside one to check it, too.')];
    if (repository.kind === 'refused') return [problem(repository.message, repository.hint)];
    return [ok(repository.kind === 'bare' ? `bare repository ${repository.root}` : `work tree ${repository.root}`)];
  },
};

export const wholeCheck: Check = {
  name: 'objects',
  run: async (situation) => {
    const { repository, git } = situation;
    if (!('root' in repository)) return [];
    const isShallow = (await shallowCommits(git)).size > 0;
    const remote = await promisorOf(git);
    const replaced = await allLines(['for-each-ref', '--format=%(refname)', 'refs/replace/'], git);
    const grafts = join(repository.gitFolder, 'info', 'grafts');
    const results = [
      ...(isShallow
        ? [
            // In a job it may be enough: what the job compares with is checked there.
            (isJob(situation) ? note : problem)(
              'this is a shallow clone: glaive history and glaive diff lack the commits before it',
              'Fetch them: git fetch --unshallow. In GitLab CI: GIT_DEPTH: "0"; on GitHub: fetch-depth: 0.',
            ),
          ]
        : []),
      ...(remote === undefined
        ? []
        : [
            note(
              'this is a partial clone: files that are not here are not scanned (a gap)',
              `${FETCH_ALL}. Or add --fetch to the command.`,
            ),
          ]),
      ...(replaced.length === 0
        ? []
        : [note(`${plural(replaced.length, 'object')} replaced for git (refs/replace): glaive scans the originals`)]),
      ...(existsSync(grafts) && statSync(grafts).size > 0
        ? [note('info/grafts changes the history that git shows: glaive scans the original')]
        : []),
    ];
    return results.length === 0 ? [ok('the clone is complete')] : results;
  },
};
