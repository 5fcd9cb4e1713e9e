/** The CI files that `glaive init` writes: for GitLab the component itself, so that there is one definition of the jobs. */

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CI_JOBS } from '../../generated/ci-jobs.ts';
import { readOptionalBytes } from '../../lib/optional-file.ts';
import type { Io } from '../../model/io.ts';
import { textToChange } from '../files-to-change.ts';
import { GITLAB_CI_FILE, GITLAB_JOBS_FILE, includeLines, readGitlabCi, withInclude } from '../gitlab-ci-file.ts';

/** Where CI jobs find glaive: one file, so that no job downloads anything. */
export const SINGLE_FILE = 'tools/glaive.cjs';

/** A file to write. */
export interface Piece {
  /** Relative to the root of the work tree. */
  readonly path: string;
  /** Undefined: the file needs no change. */
  readonly content: string | Buffer | undefined;
  readonly what: 'created' | 'updated' | 'added to';
  /** What the user should know about it. */
  readonly note?: string | undefined;
}

/** The text of {@link GITLAB_JOBS_FILE}. */
export const GITLAB_JOBS = `# Written by \`glaive init\`, which also renews it: change the jobs by inputs, where ${GITLAB_CI_FILE} includes this file.
${CI_JOBS}`;

/** @throws GlaiveError if nothing can be added to a file that is there */
export function ciPieces(ci: 'gitlab' | 'github' | 'none', root: string, io: Io): Piece[] {
  if (ci === 'none') return [];
  if (ci === 'gitlab') return gitlabPieces(root, io);
  return [missingPiece('.github/workflows/glaive.yml', GITHUB_WORKFLOW, root), singleFilePiece(root, io)];
}

/** A file that is written if it is missing, and else stays. */
export function missingPiece(path: string, content: string, root: string): Piece {
  return { path, content: existsSync(join(root, path)) ? undefined : content, what: 'created' };
}

function gitlabPieces(root: string, io: Io): Piece[] {
  const path = GITLAB_CI_FILE;
  const before = textToChange(join(root, path), root);
  const text = (before ?? '').replace(FORMER_JOBS, '');
  const { included, hasOwnJobs, stage, needsSingleFile, doublePipelines } = readGitlabCi(text);
  const note = doublePipelines ? DOUBLE : undefined;
  const program = needsSingleFile ? [singleFilePiece(root, io)] : [];
  if (included === 'other' || (included === undefined && hasOwnJobs))
    return [{ path, content: undefined, what: 'added to', note: note ?? HAS_JOBS }, ...program];
  const jobs = managedPiece(GITLAB_JOBS_FILE, Buffer.from(GITLAB_JOBS), root);
  if (before === undefined) return [{ path, content: NEW_PIPELINE, what: 'created' }, jobs, ...program];
  const content = included === 'own' ? text : withInclude(text, stage);
  return [{ path, content: content === before ? undefined : content, what: 'added to', note }, jobs, ...program];
}

/** The note on a pipeline that stays as it is. */
export const HAS_JOBS = 'it has jobs of glaive already';

/** A file that always has the content of this version. */
function managedPiece(path: string, content: Buffer, root: string): Piece {
  const target = join(root, path);
  return {
    path,
    content: isSame(target, content, root) ? undefined : content,
    what: existsSync(target) ? 'updated' : 'created',
  };
}

function singleFilePiece(root: string, io: Io): Piece {
  const { main } = io.program;
  const source = (main === undefined ? [] : [join(dirname(main), '..', 'glaive.cjs'), main]).find(
    (path) => path.endsWith('glaive.cjs') && existsSync(path),
  );
  if (source !== undefined) return managedPiece(SINGLE_FILE, readFileSync(source), root);
  return {
    path: SINGLE_FILE,
    content: undefined,
    what: 'created',
    note: 'the jobs run this file: put the single file of the release there',
  };
}

/** Whether a file has this content; false if it cannot be read. */
function isSame(path: string, content: Buffer, within: string): boolean {
  try {
    return readOptionalBytes(path, { max: content.length, within })?.equals(content) === true;
  } catch {
    return false;
  }
}

/** The jobs that earlier versions wrote into the file itself. */
const FORMER_JOBS = /^# >>> glaive >>> Added by `glaive init`[^]*?^# <<< glaive <<<\n/m;

/** One pipeline for each push. Schedules, tags and pipelines that a person starts stay. */
const WORKFLOW = [
  'workflow:',
  '  rules:',
  '    - if: $CI_PIPELINE_SOURCE == "merge_request_event"',
  '    - if: $CI_COMMIT_BRANCH && $CI_OPEN_MERGE_REQUESTS && $CI_PIPELINE_SOURCE == "push"',
  '      when: never',
  '    - if: $CI_COMMIT_BRANCH || $CI_COMMIT_TAG',
];

const DOUBLE = `jobs without rules and no "workflow:", so a push to an open merge request starts two pipelines. One for all:
${WORKFLOW.map((line) => `  ${line}`).join('\n')}`;

const NEW_PIPELINE = `# Added by \`glaive init\`: the jobs of glaive.
include:
${includeLines(undefined)
  .map((line) => `  ${line}\n`)
  .join('')}
# One pipeline for each push: that of the merge request, if there is one.
${WORKFLOW.join('\n')}
`;

const GITHUB_WORKFLOW = `# Added by \`glaive init\`: scans what a push or a pull request adds.
name: glaive
on: [push, pull_request]
permissions:
  contents: read
jobs:
  glaive:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
        with:
          fetch-depth: 0
      - run: node ${SINGLE_FILE} diff
`;
