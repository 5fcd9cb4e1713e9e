/** `glaive hook install` and `uninstall` in a work tree. */

import { existsSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { explainGitError } from '../../git/git-error.ts';
import { gitText, GitError } from '../../git/spawn.ts';
import { type HookName, localLauncher } from '../../hooks/block.ts';
import { type HooksFolder, hooksFolder, installHooks, planHooks, uninstallHooks } from '../../hooks/install.ts';
import { lefthook, type Manager, preCommit, removeBlocks } from '../../hooks/managers.ts';
import { printable } from '../../lib/printable.ts';
import { shownPath } from '../../lib/shown-path.ts';
import { GlaiveError } from '../../model/errors.ts';
import { EXIT, type ExitCode, type Io } from '../../model/io.ts';
import { usage } from '../args/parse.ts';
import { textToChange, writeChanged } from '../files-to-change.ts';

export type HookAction = 'install' | 'uninstall';

export interface HookOptions {
  readonly action: HookAction;
  readonly hooks: readonly HookName[];
  /** Undefined: the one that the repository uses. */
  readonly manager?: 'git' | 'husky' | 'lefthook' | 'pre-commit' | undefined;
  /** Only print what would be written or removed. */
  readonly dryRun: boolean;
  readonly quiet: boolean;
}

const MANAGERS: readonly Manager[] = [lefthook, preCommit];

/** Adds glaive to the hooks of the repository around the working directory, or removes it. @throws GlaiveError */
export async function changeHooks(options: HookOptions, io: Io): Promise<ExitCode> {
  const { hooksPath, workTree, gitFolder } = await askGit(io);
  const folder = hooksFolder(hooksPath, workTree, gitFolder);
  const named = options.manager;
  for (const manager of MANAGERS) {
    const file = fileOf(manager, workTree);
    const isUsed = named === undefined ? folder.kind !== 'husky' && existsSync(file) : named === manager.name;
    if (!isUsed) continue;
    await changeManager(manager, { file, workTree }, options, io);
    return EXIT.clean;
  }
  if (named === 'husky' && folder.kind !== 'husky')
    throw usage('hook', 'husky does not keep the hooks of this repository', 'Set it up first: npx husky init');
  await changeScripts(folder, options, io);
  return EXIT.clean;
}

async function changeScripts(
  folder: HooksFolder,
  { action, hooks, dryRun, quiet }: HookOptions,
  io: Io,
): Promise<void> {
  const launcher = localLauncher(io.program);
  if (dryRun && action === 'install') {
    for (const { path, text } of planHooks(folder, hooks, launcher))
      await io.stdout.write(`# ${printable(shownPath(io.cwd, path))}\n${Buffer.from(text, 'latin1').toString()}`);
    return;
  }
  const changes =
    action === 'install' ? await installHooks(folder, hooks, launcher) : await uninstallHooks(folder, { dryRun });
  if (quiet) return;
  for (const { hook, path, what } of changes)
    await io.stdout.write(
      `${hook}: ${dryRun && what !== 'not installed' ? 'would be ' : ''}${what} (${printable(shownPath(io.cwd, path))})\n`,
    );
}

function fileOf({ files }: Manager, workTree: string): string {
  return join(workTree, files.find((name) => existsSync(join(workTree, name))) ?? files[0]!); // each has one at least
}

async function changeManager(
  manager: Manager,
  { file, workTree }: { readonly file: string; readonly workTree: string },
  { action, hooks, dryRun, quiet }: HookOptions,
  io: Io,
): Promise<void> {
  const before = textToChange(file, workTree);
  const after = action === 'install' ? manager.add(before ?? '', hooks) : removeBlocks(before ?? '');
  const name = printable(shownPath(io.cwd, file));
  const isGone = action === 'uninstall' && after === '' && before !== undefined;
  if (dryRun) {
    await io.stdout.write(isGone ? `${manager.name}: would be removed ${name}\n` : `# ${name}\n${after}`);
    return;
  }
  if (isGone) rmSync(file);
  else if (after !== (before ?? '')) await writeChanged(file, after, workTree);
  if (quiet) return;
  const what = isGone
    ? 'removed'
    : after === (before ?? '')
      ? 'unchanged'
      : before === undefined
        ? 'created'
        : action === 'install'
          ? 'added to'
          : 'removed from';
  await io.stdout.write(`${manager.name}: ${what} ${name}\n`);
  if (action === 'install') await io.stdout.write(`  ${manager.advice}\n`);
}

/** The folders of the repository. `core.hooksPath` is honoured here, though git is otherwise run without it. */
async function askGit(io: Io): Promise<{ hooksPath: string; workTree: string; gitFolder: string }> {
  const options = { cwd: io.cwd, env: io.env, signal: io.signal, hooksPath: 'honoured' as const };
  try {
    const answer = await gitText(['rev-parse', '--show-toplevel', '--git-common-dir', '--git-path', 'hooks'], options);
    const [workTree, gitFolder, hooksPath] = answer.split('\n');
    if (!workTree || !gitFolder || !hooksPath) throw new GitError('failed', 'git gave no answer');
    return { workTree, gitFolder: resolve(io.cwd, gitFolder), hooksPath: resolve(io.cwd, hooksPath) };
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    const hint = 'Run this inside the repository whose commits are to be checked.';
    const explained = explainGitError(error, 'this is not a work tree that git can read', hint);
    throw new GlaiveError('usage', `hook: ${explained.message}`, { hint: explained.hint, cause: error });
  }
}
