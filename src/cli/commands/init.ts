/** `glaive init`: configuration, hooks and a CI job for this repository. Running it twice changes nothing. */

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findWorkTree } from '../../git/find-work-tree.ts';
import { readOptionalBytes } from '../../lib/optional-file.ts';
import { showWord } from '../../lib/show-word.ts';
import { HOOK_NAMES, type HookName } from '../../hooks/block.ts';
import { GlaiveError } from '../../model/errors.ts';
import { EXIT, type ExitCode, type Io } from '../../model/io.ts';
import { textToChange, writeChanged } from '../files-to-change.ts';
import { type ParsedArgs, usage } from '../args/parse.ts';
import { FLAGS } from '../args/flags.ts';
import { BadValue } from '../args/values.ts';
import { changeHooks } from './hook-install.ts';

const CI_SYSTEMS = FLAGS.ci.choices;
type Ci = (typeof CI_SYSTEMS)[number];

/** Where CI jobs find glaive: one file, so that no job downloads anything. */
const SINGLE_FILE = 'tools/glaive.cjs';
const MARK = '# >>> glaive >>>';

/** A file to write. */
interface Piece {
  readonly path: string;
  /** Undefined: the file needs no change. */
  readonly text: string | undefined;
  readonly isNew: boolean;
}

/** Sets a repository up, and prints what it did. */
export async function initCommand(args: ParsedArgs, io: Io): Promise<ExitCode> {
  if (args.has('vault')) return await (await import('./init-vault.ts')).initVault(args, io);
  const root = findWorkTree(io.cwd);
  if (root === undefined) {
    throw new GlaiveError('usage', 'init: there is no git repository here', { hint: 'Make one first: git init' });
  }
  const { hooks, ci } = await decide(args, io, root);
  const isDry = args.has('dry-run');
  const say = async (what: string, path: string): Promise<void> => {
    if (!args.has('quiet')) await io.stdout.write(`${isDry ? 'would be ' : ''}${what}: ${path}\n`);
  };

  for (const { path, text, isNew } of [configPiece(root), attributesPiece(root), ...ciPieces(ci, root)]) {
    if (text === undefined) {
      if (!args.has('quiet')) await io.stdout.write(`unchanged: ${path}\n`);
      continue;
    }
    if (!isDry) {
      await writeChanged(join(root, path), text, root);
    }
    await say(isNew ? 'created' : 'added to', path);
  }
  if (ci !== 'none') await placeSingleFile(root, isDry, say, io);
  if (hooks.length > 0) {
    if (isDry) await say('installed', `the hooks ${hooks.join(',')}`);
    else await changeHooks({ action: 'install', hooks, dryRun: false, quiet: args.has('quiet') }, io);
  }
  if (!args.has('quiet') && !isDry)
    await io.stdout.write('Next: run glaive scan, then glaive baseline to accept known findings that are no danger.\n');
  return EXIT.clean;
}

/** From flags, else from the user at a terminal, else from what the repository suggests. */
async function decide(
  args: ParsedArgs,
  io: Io,
  root: string,
): Promise<{ readonly hooks: readonly HookName[]; readonly ci: Ci }> {
  const suggested: Ci =
    existsSync(join(root, '.github')) && !existsSync(join(root, '.gitlab-ci.yml')) ? 'github' : 'gitlab';
  const given = { hooks: args.value('hooks'), ci: args.value('ci') };
  const asks = io.stdin.isTTY && !args.has('yes') && (given.hooks === undefined || given.ci === undefined);
  if (!asks) return { hooks: given.hooks ?? HOOK_NAMES, ci: given.ci ?? suggested };
  const lines = readLines(io);
  const ask = async (question: string, fallback: string): Promise<string> => {
    await io.stderr.write(`${question} [${fallback}] `);
    const { value = '' } = await lines.next();
    return value.trim() === '' ? fallback : value.trim();
  };
  const hooks = given.hooks ?? readHooks(await ask('Hooks to install (a list, or none)?', HOOK_NAMES.join(',')));
  const ci = given.ci ?? (await ask('A job in CI: gitlab, github or none?', suggested));
  const known = CI_SYSTEMS.find((name) => name === ci);
  if (known === undefined)
    throw usage(
      'init',
      `there is no CI system ${JSON.stringify(showWord(ci))}`,
      `It is one of: ${CI_SYSTEMS.join(', ')}.`,
    );
  return { hooks, ci: known };
}

/** @throws GlaiveError */
function readHooks(text: string): readonly HookName[] {
  const hooks = FLAGS.hooks.parse(text);
  if (!(hooks instanceof BadValue)) return hooks;
  throw usage('init', `the answer must be ${hooks.expected}, or none; not ${JSON.stringify(showWord(text))}`);
}

async function* readLines(io: Io): AsyncGenerator<string> {
  let rest = '';
  for await (const piece of io.stdin.bytes()) {
    const lines = (rest + Buffer.from(piece).toString('utf8')).split('\n');
    rest = lines.pop()!; // split gives one at least
    yield* lines;
  }
}

function configPiece(root: string): Piece {
  const path = '.glaive.toml';
  const isThere = existsSync(join(root, path));
  return { path, text: isThere ? undefined : CONFIG, isNew: true };
}

/** Baselines hold sorted lines, so two branches that add some merge by taking both. */
function attributesPiece(root: string): Piece {
  return withLines(
    '.gitattributes',
    root,
    (text) => /^\/?\.glaive-baseline\s/m.test(text),
    '/.glaive-baseline text eol=lf merge=union\n',
  );
}

function ciPieces(ci: Ci, root: string): Piece[] {
  const isThere = (text: string): boolean => text.includes(MARK) || /^glaive(?:-gate)?:/m.test(text);
  if (ci === 'gitlab') {
    const path = '.gitlab-ci.yml';
    const stages = /^stages:[^]*?(?=^\S|$(?![^]))/m.exec(textToChange(join(root, path), root) ?? '')?.[0];
    const stage = stages !== undefined && !/\btest\b/.test(stages) ? '  stage: .pre\n' : '';
    return [withLines(path, root, isThere, gitlabJobs(stage))];
  }
  if (ci === 'github') return [withLines('.github/workflows/glaive.yml', root, () => true, GITHUB_WORKFLOW)];
  return [];
}

/** A file with lines at its end, unless it has them. */
function withLines(path: string, root: string, isThere: (text: string) => boolean, lines: string): Piece {
  const before = textToChange(join(root, path), root);
  if (before === undefined) return { path, text: lines, isNew: true };
  if (isThere(before)) return { path, text: undefined, isNew: false };
  const gap = before === '' || before.endsWith('\n') ? '' : '\n';
  return { path, text: `${before}${gap}${lines}`, isNew: false };
}

async function placeSingleFile(
  root: string,
  isDry: boolean,
  say: (what: string, path: string) => Promise<void>,
  io: Io,
): Promise<void> {
  const { main } = io.program;
  const source = [join(dirname(main), '..', 'glaive.cjs'), main].find(
    (path) => path.endsWith('glaive.cjs') && existsSync(path),
  );
  const target = join(root, SINGLE_FILE);
  if (source === undefined) {
    await io.stderr.write(`glaive: note: the job runs ${SINGLE_FILE}: put the single file there\n`);
    return;
  }
  const content = readFileSync(source);
  const before = existsSync(target);
  if (before && isSame(target, content)) {
    await io.stdout.write(`unchanged: ${SINGLE_FILE}\n`);
    return;
  }
  if (!isDry) await writeChanged(target, content, root);
  await say(before ? 'updated' : 'created', SINGLE_FILE);
}

/** Whether a file has this content; false if it cannot be read. */
function isSame(path: string, content: Buffer): boolean {
  try {
    return readOptionalBytes(path, { max: content.length })?.equals(content) === true;
  } catch {
    return false;
  }
}

const CONFIG = `# Configuration of glaive, which finds leaked GitLab credentials. Its docs/reference.md explains every key.

[gitlab]
# The token prefix of the GitLab instance, if the administrator has set one.
# prefixes = ["acme-"]

[scan]
# Paths to exclude, in the syntax of .gitignore.
# exclude = ["fixtures/"]

# Accepted findings, with the reason.
# [[allow]]
# path = "docs/example.md"
# reason = "a token that was revoked in May"
`;

function gitlabJobs(stage: string): string {
  return `${MARK} Added by \`glaive init\`.
# The report for the merge request widget: scans every file, and always passes.
glaive:
${stage}  image: node:22
  script:
    - node ${SINGLE_FILE} scan --exit-zero --output codequality=gl-code-quality-report.json
  artifacts:
    when: always
    reports:
      codequality: gl-code-quality-report.json

# The gate: fails if the merge request or the push adds a credential.
glaive-gate:
${stage}  image: node:22
  variables:
    GIT_DEPTH: "0"
  rules:
    - if: $CI_MERGE_REQUEST_IID
    - if: $CI_PIPELINE_SOURCE == "push"
  script:
    - node ${SINGLE_FILE} diff --fetch
# <<< glaive <<<
`;
}

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
