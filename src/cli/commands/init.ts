/** `glaive init`: configuration, hooks and a CI job for this repository. Running it twice changes nothing. */

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { findWorkTree } from '../../git/find-work-tree.ts';
import { originOf } from '../../git/remote.ts';
import { showWord } from '../../lib/show-word.ts';
import { shownPath } from '../../lib/shown-path.ts';
import { HOOK_NAMES, type HookName } from '../../hooks/block.ts';
import { GlaiveError } from '../../model/errors.ts';
import { EXIT, type ExitCode, type Io } from '../../model/io.ts';
import { textToChange, writeChanged } from '../files-to-change.ts';
import { type ParsedArgs, usage } from '../args/parse.ts';
import { FLAGS } from '../args/flags.ts';
import { BadValue } from '../args/values.ts';
import { changeHooks } from './hook-install.ts';
import type { Piece } from './init-ci.ts';

const CI_SYSTEMS = FLAGS.ci.choices;
type Ci = (typeof CI_SYSTEMS)[number];

/** Sets a repository up, and prints what it did. */
export async function initCommand(args: ParsedArgs, io: Io): Promise<ExitCode> {
  if (args.has('vault')) return await (await import('./init-vault.ts')).initVault(args, io);
  const root = findWorkTree(io.cwd);
  if (root === undefined) {
    throw new GlaiveError('usage', 'init: there is no git repository here', { hint: 'Make one first: git init' });
  }
  const isDry = args.has('dry-run');
  if (!isDry && !args.has('yes') && !io.stdin.isTTY)
    throw usage(
      'init',
      'it must be confirmed, and there is no terminal to ask on',
      'Confirm it with --yes. --dry-run shows what it would write.',
    );
  const { hooks, ci } = await decide(args, io, root);
  const say = async (line: string): Promise<void> => {
    if (!args.has('quiet')) await io.stdout.write(`${line}\n`);
  };

  const { ciPieces, missingPiece } = await import('./init-ci.ts');
  // All are made before one is written: if something is in the way, nothing has changed.
  const singleFile = args.value('single-file');
  const pieces = [
    missingPiece('.glaive.toml', CONFIG, root),
    attributesPiece(root),
    ...ciPieces(ci, root, {
      singleFile: singleFile === undefined ? undefined : resolve(io.cwd, singleFile),
      isOnGitlabCom: ci === 'gitlab' && (await isOnGitlabCom(io)),
    }),
  ];
  if (hooks.length > 0) {
    const silent: Io = { ...io, stdout: { ...io.stdout, write: async () => {} } };
    await changeHooks({ action: 'install', hooks, dryRun: true, quiet: true }, silent);
  }
  for (const { path, content, what, note } of pieces) {
    if (content !== undefined && !isDry) await writeChanged(join(root, path), content, root);
    await say(content === undefined ? `unchanged: ${path}` : `${isDry ? 'would be ' : ''}${what}: ${path}`);
    if (note !== undefined) await io.stderr.write(`glaive: note: ${path}: ${note}\n`);
  }
  if (hooks.length > 0) {
    if (isDry) await say(`would be installed: the hooks ${hooks.join(',')}`);
    else await changeHooks({ action: 'install', hooks, dryRun: false, quiet: args.has('quiet') }, io);
  }
  if (isDry) return EXIT.clean;
  const written = pieces.filter(({ content }) => content !== undefined);
  const names = written.map(({ path }) => shownPath(io.cwd, join(root, path)));
  if (names.length > 0) await say(`Next: commit these files: git add ${names.join(' ')}`);
  await say('glaive scan shows what has leaked already; glaive doctor, what is missing here.');
  return EXIT.clean;
}

/** Whether the remote `origin` is a project of GitLab.com. */
async function isOnGitlabCom(io: Io): Promise<boolean> {
  const origin = await originOf({ cwd: io.cwd, env: io.env });
  return (
    origin !== undefined && /^(?:https:\/\/(?:[^/@]*@)?|(?:ssh:\/\/)?git@)(?:altssh\.)?gitlab\.com[:/]/i.test(origin)
  );
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

/** Baselines hold sorted lines, so two branches that add some merge by taking both. */
function attributesPiece(root: string): Piece {
  const path = '.gitattributes';
  const line = '/.glaive-baseline text eol=lf merge=union\n';
  const before = textToChange(join(root, path), root);
  if (before === undefined) return { path, content: line, what: 'created' };
  const isThere = /^\/?\.glaive-baseline\s/m.test(before);
  const gap = before === '' || before.endsWith('\n') ? '' : '\n';
  return { path, content: isThere ? undefined : `${before}${gap}${line}`, what: 'added to' };
}

/** Every key of the configuration: the text explains itself, since no document of glaive is in the repository. */
const CONFIG = `# Configuration of glaive, which finds leaked GitLab credentials. These are all keys.

[gitlab]
# The token prefix of the GitLab instance, if the administrator has set one.
# prefixes = ["acme-"]

[scan]
# Paths to exclude, in the syntax of .gitignore.
# exclude = ["fixtures/"]
# Report findings of at least this confidence: unlikely, likely (the default), certain or proven.
# min_confidence = "certain"
# Exit with 1 only for findings of at least this confidence: likely (the default) or certain.
# fail_on = "certain"
# Treat skipped files as not scanned: exit with 2.
# strict = true
# Stop after this many seconds, as an incomplete scan.
# time_limit = 600

[rules]
# Rule files to add, relative to this file.
# files = ["ci/rules.toml"]
# Ids of rules or families to turn off: glaive rules list shows them.
# disable = ["ci-secrets"]
# More names of variables that hold a token of GitLab.
# names = ["ACME_FORGE_TOKEN"]

# Accepted findings: a path, a rule or a secretFingerprint, with the reason and, if you like, a last day.
# [[allow]]
# path = "docs/example.md"
# rule = "gitlab_deploy_token"
# secret = "<secretFingerprint>"
# reason = "a token that was revoked in May"
# expires = "2027-01-31"
`;
