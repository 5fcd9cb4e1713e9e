/** In a job of GitLab: whether it has what glaive reads there. Values of variables are never shown. */

import { existsSync } from 'node:fs';
import { commitOf } from '../../../git/resolve.ts';
import { GlaiveError } from '../../../model/errors.ts';
import { serversOf } from '../../servers/gitlab-access.ts';
import { type Check, note, ok, problem, problemOf, type Result, type Situation } from './check.ts';

const BASE = 'CI_MERGE_REQUEST_DIFF_BASE_SHA';
const TOKEN = 'GLAIVE_GITLAB_TOKEN';

export const jobCheck: Check = {
  name: 'job',
  run: async (situation) => {
    const { env } = situation.io;
    if ((env['GITLAB_CI'] ?? '') === '') return [];
    return [await baseResult(situation), ...serverResults(situation)];
  },
};

async function baseResult({ io: { env }, git, repository }: Situation): Promise<Result> {
  const base = env[BASE];
  if (!('root' in repository)) return problem('there is no checkout', 'Do not set GIT_STRATEGY: none in this job.');
  if (env['CI_MERGE_REQUEST_IID'] === undefined)
    return note(
      'not the pipeline of a merge request: glaive diff compares with the commit before the push, or the default branch',
    );
  if (base === undefined || base === '') return note(`${BASE} is empty: glaive diff compares with the target branch`);
  return (await commitOf(base, git)) === undefined
    ? problem(
        `the commit that the merge request starts from is not here (${BASE})`,
        'Fetch it: variables: { GIT_DEPTH: "0" }, or glaive diff --fetch',
      )
    : ok('the commit that the merge request starts from is here');
}

function serverResults({ args, io }: Situation): Result[] {
  try {
    const [server] = serversOf(args, io);
    return [
      server === undefined
        ? problem('CI_SERVER_URL is not set', 'Name the GitLab: --gitlab-url, or GLAIVE_GITLAB_URL.')
        : ok(`the GitLab is ${server}`),
    ];
  } catch (error) {
    if (error instanceof GlaiveError) return [problemOf(error)];
    throw error;
  }
}

/** Where glaive's own token comes from. It is neither shown nor used. */
export const tokenCheck: Check = {
  name: 'token',
  run: ({ io: { env } }) => {
    const value = env[TOKEN]?.trim() ?? '';
    const source = env['GLAIVE_GITLAB_TOKEN_FROM'] ?? '';
    if (source !== '' && source !== 'env')
      return [ok(`from ${source.replace(/:.*$/s, '')} (GLAIVE_GITLAB_TOKEN_FROM)`)];
    // Elsewhere most commands need none.
    if (value === '' && (env['GITLAB_CI'] ?? '') === '') return [];
    if (value === '')
      return [
        note(
          `${TOKEN} is not set: only job logs, notes in merge requests, and some checks and revocations need it`,
          'Set it in Settings > CI/CD > Variables, masked. If it is protected, only pipelines of protected branches get it: not those of most merge requests.',
        ),
      ];
    if (/^\$\{?\w+\}?$/.test(value))
      return [
        problem(
          `${TOKEN} holds the name of another variable, which is not set here`,
          'That one is missing, or protected while this branch is not.',
        ),
      ];
    if (value.startsWith('/'))
      return [
        existsSync(value)
          ? ok(`${TOKEN} names a file`)
          : problem(
              `${TOKEN} names a file that does not exist`,
              'Make it a variable of type "File", or put the token itself into it.',
            ),
      ];
    return [ok(`${TOKEN} is set`)];
  },
};
