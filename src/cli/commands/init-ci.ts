/** The CI files that `glaive init` writes: for GitLab the component itself, so that there is one definition of the jobs. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ACTION, CI_JOBS, COMPONENT } from '../../generated/ci-jobs.ts';
import { fsErrorMessage } from '../../lib/fs-error-message.ts';
import { readOptionalBytes } from '../../lib/optional-file.ts';
import { showWord } from '../../lib/show-word.ts';
import { GlaiveError } from '../../model/errors.ts';
import { textToChange } from '../files-to-change.ts';
import {
  GITLAB_CI_FILE,
  GITLAB_JOBS_FILE,
  includeLines,
  type JobsEntry,
  readGitlabCi,
  withInclude,
} from '../gitlab-ci-file.ts';

/** Where jobs find glaive if it is kept in the repository: without access to any registry. */
const SINGLE_FILE = 'tools/glaive.cjs';
const SINGLE_FILE_SOURCE = `./${SINGLE_FILE}`;

/** A file to write. */
export interface Piece {
  /** Relative to the root of the work tree. */
  readonly path: string;
  /** Undefined: the file needs no change. */
  readonly content: string | Buffer | undefined;
  readonly what: 'created' | 'updated' | 'added to';
  /** What the user should know about it. */
  readonly note?: string | undefined;
  /** It is missing, and only the user can get it. */
  readonly isMissing?: boolean;
}

export interface CiOptions {
  /** The single file of the release, to keep in the repository. */
  readonly singleFile?: string | undefined;
  /** Whether GitLab.com hosts the project, so that the catalog has the component. */
  readonly isOnGitlabCom?: boolean;
}

/** The text of {@link GITLAB_JOBS_FILE}. */
export const GITLAB_JOBS = `# Written by \`glaive init\`, which also renews it: change the jobs by inputs, where ${GITLAB_CI_FILE} includes this file.
${CI_JOBS}`;

/** @throws GlaiveError if nothing can be added to a file that is there, or if there is no such single file */
export function ciPieces(ci: 'gitlab' | 'github' | 'none', root: string, options: CiOptions = {}): Piece[] {
  if (ci === 'none') return [];
  const { singleFile } = options;
  const program = singleFile === undefined ? [] : [singleFilePiece(singleFile, root)];
  if (ci === 'gitlab') return [...gitlabPieces(root, options), ...program];
  const workflow = singleFile === undefined ? GITHUB_WORKFLOW : GITHUB_WORKFLOW_OF_SINGLE_FILE;
  return [missingPiece('.github/workflows/glaive.yml', workflow, root), ...program];
}

/** A file that is written if it is missing, and else stays. */
export function missingPiece(path: string, content: string, root: string): Piece {
  return { path, content: existsSync(join(root, path)) ? undefined : content, what: 'created' };
}

function gitlabPieces(root: string, { singleFile, isOnGitlabCom }: CiOptions): Piece[] {
  const path = GITLAB_CI_FILE;
  const before = textToChange(join(root, path), root);
  const text = (before ?? '').replace(FORMER_JOBS, '');
  const { included, allInputs, hasOwnJobs, stage, source, doublePipelines } = readGitlabCi(text);
  const note = doublePipelines ? DOUBLE : undefined;
  if (included === 'other' || (included === undefined && hasOwnJobs))
    return [{ path, content: undefined, what: 'added to', note: note ?? HAS_JOBS }];
  const jobs: JobsEntry = {
    component: isOnGitlabCom === true && singleFile === undefined ? COMPONENT : undefined,
    inputs: {
      ...(stage === undefined ? {} : { stage }),
      ...(singleFile === undefined ? {} : { source: SINGLE_FILE_SOURCE }),
    },
  };
  const isCopied = included === 'own' || jobs.component === undefined;
  const copy = isCopied ? [managedPiece(GITLAB_JOBS_FILE, Buffer.from(GITLAB_JOBS), root)] : [];
  const program = included === 'own' && singleFile === undefined ? programPieces(text, source, root) : [];
  if (before === undefined) return [{ path, content: newPipeline(jobs), what: 'created' }, ...copy];
  const content = included === 'own' ? text : withInclude(text, jobs);
  const unknown = included === 'own' ? unknownInput(allInputs) : undefined;
  const lacksSource = included === 'own' && singleFile !== undefined && source !== SINGLE_FILE_SOURCE;
  return [
    {
      path,
      content: content === before ? undefined : content,
      what: 'added to',
      note: unknown ?? (lacksSource ? LACKS_SOURCE : note),
    },
    ...copy,
    ...program,
  ];
}

const LACKS_SOURCE = `so that the jobs run ${SINGLE_FILE}, give the entry that includes them  inputs: { source: ${SINGLE_FILE_SOURCE} }`;

/** What GitLab would refuse: an input that the jobs of this version do not have. */
export function unknownInput(inputs: Readonly<Record<string, unknown>>): string | undefined {
  const [spec = ''] = CI_JOBS.split(/^---\n/m);
  const known = new Set([...spec.matchAll(/^ {4}([\w-]+):$/gm)].map(([, name]) => name));
  const name = Object.keys(inputs).find((given) => !known.has(given));
  if (name === undefined) return undefined;
  const instead = name === 'glaive' ? ': use source' : '';
  return `the jobs have no input ${JSON.stringify(showWord(name))}, so GitLab refuses the pipeline${instead}`;
}

/** The single file that is in the repository, or should be. */
function programPieces(pipeline: string, source: string | undefined, root: string): Piece[] {
  const isThere = existsSync(join(root, SINGLE_FILE));
  const piece = { path: SINGLE_FILE, content: undefined, what: 'created' } as const;
  if (source?.replace(/#.*/, '') === SINGLE_FILE_SOURCE)
    return isThere
      ? []
      : [{ ...piece, isMissing: true, note: 'the jobs run this file: glaive init --single-file PATH' }];
  if (!isThere || pipeline.includes(SINGLE_FILE)) return [];
  return [{ ...piece, note: `the jobs of glaive no longer run it. If nothing else does: git rm ${SINGLE_FILE}` }];
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

/** @throws GlaiveError */
function singleFilePiece(file: string, root: string): Piece {
  let content: Buffer | undefined;
  let reason = 'there is no such file';
  try {
    content = readOptionalBytes(file);
  } catch (error) {
    reason = fsErrorMessage(error);
  }
  if (content?.subarray(0, 2).toString('latin1') === '#!') return managedPiece(SINGLE_FILE, content, root);
  throw new GlaiveError(
    'usage',
    `init: --single-file ${showWord(file)}: ${content === undefined ? reason : 'it is not the single file of glaive'}`,
    { hint: 'It is the file glaive.cjs of a release.' },
  );
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

const newPipeline = (jobs: JobsEntry): string => `# Added by \`glaive init\`: the jobs of glaive.
include:
${includeLines(jobs)
  .map((line) => `  ${line}\n`)
  .join('')}
# One pipeline for each push: that of the merge request, if there is one.
${WORKFLOW.join('\n')}
`;

const WORKFLOW_HEAD = `# Added by \`glaive init\`: scans what a push or a pull request adds.
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
`;

const GITHUB_WORKFLOW = `${WORKFLOW_HEAD}      - uses: ${ACTION}
        with:
          mode: diff
          # A variable of the organization: where else to get glaive. Empty: from its release.
          source: \${{ vars.GLAIVE_SOURCE }}
`;

const GITHUB_WORKFLOW_OF_SINGLE_FILE = `${WORKFLOW_HEAD}      - run: node ${SINGLE_FILE} diff
`;
