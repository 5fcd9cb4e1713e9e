/** `glaive hook install` and `uninstall` */

import { existsSync, rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { toldOf } from '../../git/git-error.ts';
import { gitText, GitError } from '../../git/spawn.ts';
import { DEFAULT_HOOKS, HOOK_NAMES, type HookName, SERVER_HOOK, serverHook } from '../../hooks/block.ts';
import { type HooksFolder, hooksFolder, installHooks, planHooks, uninstallHooks } from '../../hooks/install.ts';
import { lefthook, type Manager, preCommit, removeBlocks } from '../../hooks/managers.ts';
import { printable } from '../../lib/printable.ts';
import { suggest } from '../../lib/suggest.ts';
import { GlaiveError } from '../../model/errors.ts';
import { EXIT, type ExitCode, type Io } from '../../model/io.ts';
import { textToChange, writeChanged } from '../files-to-change.ts';
import { type ParsedArgs, shown, usage } from '../args/parse.ts';

const MANAGERS: readonly Manager[] = [lefthook, preCommit];

/** Puts glaive into a repository's hooks, or takes it out. */
export async function installCommand(action: 'install' | 'uninstall', call: ParsedArgs, io: Io): Promise<ExitCode> {
  const server = call.value('server');
  if (server !== undefined) return await installServer(action, resolve(io.cwd, server), call, io);
  for (const flag of SERVER_SWITCHES)
    if (call.has(flag)) throw usage('hook', `--${flag} is for a server: --server DIR`);
  const hooks = hooksOf(call);
  const { hooksPath, workTree, gitFolder } = await askGit(io);
  const folder = hooksFolder(hooksPath, workTree, gitFolder);
  const said = call.value('manager');
  for (const manager of MANAGERS) {
    const file = fileOf(manager, workTree);
    const isUsed = said === undefined ? folder.kind !== 'husky' && existsSync(file) : said === manager.name;
    if (!isUsed) continue;
    await changeManager(action, manager, file, workTree, hooks, call, io);
    return EXIT.clean;
  }
  if (said === 'husky' && folder.kind !== 'husky')
    throw usage('hook', 'husky does not keep the hooks of this repository', 'Set it up first: npx husky init');
  await changeHooks(action, folder, hooks, call, io);
  return EXIT.clean;
}

function hooksOf(call: ParsedArgs): readonly HookName[] {
  const list = call.value('hooks');
  if (list === undefined) return DEFAULT_HOOKS;
  return list.split(',').map((name) => {
    const hook = HOOK_NAMES.find((known) => known === name.trim());
    if (hook !== undefined) return hook;
    const near = suggest(name.trim(), HOOK_NAMES);
    throw usage(
      'hook',
      `--hooks knows no ${JSON.stringify(shown(name.trim()))}${near === undefined ? '' : `; did you mean ${near}?`}`,
      `It is a list of: ${HOOK_NAMES.join(', ')}.`,
    );
  });
}

async function changeHooks(
  action: 'install' | 'uninstall',
  folder: HooksFolder,
  hooks: readonly HookName[],
  call: ParsedArgs,
  io: Io,
): Promise<void> {
  const launcher = { kind: 'installed', node: io.program.node, main: io.program.main } as const;
  if (call.has('print')) {
    if (action === 'uninstall') throw usage('hook', '--print is for install');
    for (const { path, text } of planHooks(folder, hooks, launcher))
      await io.stdout.write(`# ${printable(relative(io.cwd, path) || path)}\n${text}`);
    return;
  }
  const changes = action === 'install' ? await installHooks(folder, hooks, launcher) : await uninstallHooks(folder);
  if (call.has('quiet')) return;
  for (const { hook, path, what } of changes)
    await io.stdout.write(`${hook}: ${what} (${printable(relative(io.cwd, path) || path)})\n`);
}

function fileOf({ files }: Manager, workTree: string): string {
  return join(workTree, files.find((name) => existsSync(join(workTree, name))) ?? files[0]!); // each has one at least
}

async function changeManager(
  action: 'install' | 'uninstall',
  manager: Manager,
  file: string,
  workTree: string,
  hooks: readonly HookName[],
  call: ParsedArgs,
  io: Io,
): Promise<void> {
  const before = textToChange(file, workTree);
  const after = action === 'install' ? manager.add(before ?? '', hooks) : removeBlocks(before ?? '');
  const name = printable(relative(io.cwd, file) || file);
  if (call.has('print')) {
    await io.stdout.write(`# ${name}\n${after}`);
    return;
  }
  const isGone = action === 'uninstall' && after === '' && before !== undefined;
  if (isGone) rmSync(file);
  else if (after !== (before ?? '')) await writeChanged(file, after, workTree);
  if (call.has('quiet')) return;
  const what = isGone
    ? 'removed'
    : after === (before ?? '')
      ? 'unchanged'
      : before === undefined
        ? 'made'
        : action === 'install'
          ? 'added to'
          : 'taken out of';
  await io.stdout.write(`${manager.name}: ${what} ${name}\n`);
  if (action === 'install') await io.stdout.write(`  ${manager.advice}\n`);
}

/** What the hook of a server runs with, as it was given to install. */
const SERVER_FILES = ['config', 'baseline', 'audit-log'] as const;
const SERVER_SWITCHES = ['fail-open', 'allow-skip', 'inline-allow'] as const;

function serverFlags(call: ParsedArgs, cwd: string): string[] {
  const limit = call.value('time-limit');
  return [
    ...SERVER_FILES.flatMap((flag) => {
      const file = call.value(flag);
      return file === undefined ? [] : [`--${flag}=${resolve(cwd, file)}`];
    }),
    ...(limit === undefined ? [] : [`--time-limit=${limit}`]),
    ...SERVER_SWITCHES.filter((flag) => call.has(flag)).map((flag) => `--${flag}`),
  ];
}

async function installServer(
  action: 'install' | 'uninstall',
  folder: string,
  call: ParsedArgs,
  io: Io,
): Promise<ExitCode> {
  if (call.value('hooks') !== undefined || call.value('manager') !== undefined)
    throw usage('hook', '--server installs pre-receive, and takes neither --hooks nor --manager');
  if (call.has('allow-skip') && call.value('audit-log') === undefined)
    throw usage('hook', '--allow-skip needs --audit-log FILE', 'What was let in unchecked must be told somewhere.');
  if (!existsSync(folder))
    throw usage('hook', `${folder}: there is no such folder`, 'Name a bare repository, or a custom_hooks folder.');
  const isRepository = existsSync(join(folder, 'HEAD')) && existsSync(join(folder, 'objects'));
  const path = isRepository ? join(folder, 'hooks', SERVER_HOOK) : join(folder, `${SERVER_HOOK}.d`, 'glaive');
  const existing = textToChange(path, folder);
  const isOurs = existing?.includes('# >>> glaive (and this file) >>>') === true;
  if (existing !== undefined && !isOurs && action === 'install') {
    throw new GlaiveError('usage', `nothing was changed: there is a ${SERVER_HOOK} hook already: ${path}`, {
      hint: `Call glaive from it: glaive hook run ${SERVER_HOOK} || exit 1 (standard input must reach it), or use a custom_hooks folder.`,
    });
  }
  if (action === 'uninstall') {
    if (isOurs) rmSync(path);
    if (!call.has('quiet'))
      await io.stdout.write(`${SERVER_HOOK}: ${isOurs ? 'removed' : 'was not there'} (${printable(path)})\n`);
    return EXIT.clean;
  }
  const flags = serverFlags(call, io.cwd);
  const launcher = { kind: 'installed', node: io.program.node, main: io.program.main } as const;
  const text = serverHook(launcher, flags, call.has('fail-open'));
  if (call.has('print')) {
    await io.stdout.write(text);
    return EXIT.clean;
  }
  await writeChanged(path, text, folder, { exactMode: 0o755 });
  if (!call.has('quiet')) {
    await io.stdout.write(
      `${SERVER_HOOK}: ${existing === undefined ? 'made' : 'brought up to date'} (${printable(path)})\n`,
    );
    if (call.has('allow-skip') && isRepository)
      await io.stdout.write(`  For git push -o the repository needs: git config receive.advertisePushOptions true\n`);
  }
  return EXIT.clean;
}

/** Where hooks are. `core.hooksPath` is honoured here, so the switch that takes its power away must not be set. */
async function askGit(io: Io): Promise<{ hooksPath: string; workTree: string; gitFolder: string }> {
  const options = { cwd: io.cwd, env: io.env, signal: io.signal, hooksPath: 'honoured' as const };
  try {
    const answer = await gitText(['rev-parse', '--show-toplevel', '--git-common-dir', '--git-path', 'hooks'], options);
    const [workTree, gitFolder, hooksPath] = answer.split('\n');
    if (!workTree || !gitFolder || !hooksPath) throw new GitError('failed', 'git gave no answer');
    return { workTree, gitFolder: resolve(io.cwd, gitFolder), hooksPath: resolve(io.cwd, hooksPath) };
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    const hint = 'Stand in the repository whose commits are to be checked.';
    const told = toldOf(error, 'this is no work tree that git knows', hint);
    throw new GlaiveError('usage', `hook: ${told.message}`, { hint: told.hint, cause: error });
  }
}
