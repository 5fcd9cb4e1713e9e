/** The jobs: whether the repository has them, and whether they are those that this glaive would write. */

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readOptionalFile } from '../../../lib/optional-file.ts';
import { GlaiveError } from '../../../model/errors.ts';
import { GITLAB_CI_FILE, readGitlabCi } from '../../gitlab-ci-file.ts';
import { ciPieces, HAS_JOBS, type Piece, unknownInput } from '../init-ci.ts';
import { type Check, note, ok, problem, problemOf, type Result } from './check.ts';

const INIT = 'glaive init --yes --hooks none';

export const ciFilesCheck: Check = {
  name: 'ci',
  run: ({ repository }) => {
    if (repository.kind !== 'work tree') return [];
    const { root } = repository;
    if (existsSync(join(root, GITLAB_CI_FILE))) return gitlabResults(root, () => ciPieces('gitlab', root));
    const workflow = workflowOf(root);
    if (workflow !== undefined) return [ok(`${workflow} runs glaive`)];
    return [note('no CI job runs glaive here', `Add one: ${INIT} --ci gitlab (or github)`)];
  },
};

function gitlabResults(root: string, pieces: () => readonly Piece[]): Result[] {
  const text = readOptionalFile(join(root, GITLAB_CI_FILE), { within: root }) ?? '';
  let all: readonly Piece[];
  try {
    all = pieces();
  } catch (error) {
    if (error instanceof GlaiveError) return [problemOf(error)];
    throw error;
  }
  const pipeline = all.find(({ path }) => path === GITLAB_CI_FILE)!; // always one of them
  if (pipeline.content !== undefined) {
    // What it includes from elsewhere is not known here.
    const isNamed = text.includes('glaive') && !text.includes('# >>> glaive >>>');
    return isNamed
      ? [ok(`${GITLAB_CI_FILE} names glaive`)]
      : [note(`no job of ${GITLAB_CI_FILE} runs glaive`, `Add it: ${INIT} --ci gitlab`)];
  }
  const wrong: Result[] = all.flatMap(({ path, content, what, note: hint, isMissing }) =>
    isMissing === true
      ? [problem(`${path} is missing, so the jobs fail`, hint ?? '')]
      : content === undefined
        ? []
        : [
            what === 'created'
              ? problem(`${path} is missing, so the jobs fail`, `Write it: ${INIT}`)
              : note(`${path} is not that of this glaive`, `Renew it: ${INIT}`),
          ],
  );
  const { included, inputs, allInputs, stage } = readGitlabCi(text);
  const unknown = included === 'own' ? unknownInput(allInputs) : undefined;
  if (unknown !== undefined) wrong.push(problem(unknown, `Correct it in ${GITLAB_CI_FILE}.`));
  if (included === 'own' && stage !== undefined && !('stage' in inputs))
    wrong.push(
      problem(
        `${GITLAB_CI_FILE} has no stage "test", which the jobs of glaive are in`,
        `Give the entry that includes them  inputs: { stage: ${JSON.stringify(stage)} }`,
      ),
    );
  const notes = all.flatMap((piece) =>
    piece.note === undefined || piece.note === HAS_JOBS || piece.note === unknown || piece.isMissing === true
      ? []
      : [note(`${piece.path}: ${piece.note}`)],
  );
  return [...(wrong.length === 0 ? [ok(`${GITLAB_CI_FILE} has the jobs of glaive`)] : wrong), ...notes];
}

/** The workflow of GitHub that names glaive. */
function workflowOf(root: string): string | undefined {
  const folder = join(root, '.github', 'workflows');
  if (!existsSync(folder)) return undefined;
  return readdirSync(folder)
    .filter((name) => /\.ya?ml$/.test(name))
    .map((name) => `.github/workflows/${name}`)
    .find((path) => readOptionalFile(join(root, path), { within: root })?.includes('glaive'));
}
