/** `glaive hook install --server DIR` and `uninstall --server DIR`: the pre-receive hook of a git server. */

import { existsSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { localLauncher, SERVER_HOOK, serverHook } from '../../hooks/block.ts';
import { printable } from '../../lib/printable.ts';
import { GlaiveError } from '../../model/errors.ts';
import { EXIT, type ExitCode, type Io } from '../../model/io.ts';
import { type ParsedArgs, usage } from '../args/parse.ts';
import { textToChange, writeChanged } from '../files-to-change.ts';
import type { HookAction } from './hook-install.ts';

/** Switches of the pre-receive hook. */
export const SERVER_SWITCHES = ['fail-open', 'allow-skip', 'inline-allow'] as const;

/** Flags of the pre-receive hook that name files. */
const SERVER_FILES = ['config', 'baseline', 'audit-log'] as const;

/** The flags that the hook runs with: those given to install, with absolute paths. */
function hookFlags(args: ParsedArgs, cwd: string): string[] {
  const limit = args.value('time-limit');
  return [
    ...SERVER_FILES.flatMap((flag) => {
      const file = args.value(flag);
      return file === undefined ? [] : [`--${flag}=${resolve(cwd, file)}`];
    }),
    ...(limit === undefined ? [] : [`--time-limit=${limit}`]),
    ...SERVER_SWITCHES.filter((flag) => args.has(flag)).map((flag) => `--${flag}`),
  ];
}

/** Where the hook is in a folder: a bare repository, or a custom_hooks folder. */
function hookPath(folder: string): { readonly path: string; readonly isRepository: boolean } {
  if (!existsSync(folder))
    throw usage('hook', `${folder}: there is no such folder`, 'Name a bare repository, or a custom_hooks folder.');
  const isRepository = existsSync(join(folder, 'HEAD')) && existsSync(join(folder, 'objects'));
  return {
    path: isRepository ? join(folder, 'hooks', SERVER_HOOK) : join(folder, `${SERVER_HOOK}.d`, 'glaive'),
    isRepository,
  };
}

/** @param folder what `--server` names @throws GlaiveError */
export async function changeServerHook(
  action: HookAction,
  folder: string,
  args: ParsedArgs,
  io: Io,
): Promise<ExitCode> {
  const { path, isRepository } = hookPath(folder);
  const existing = textToChange(path, folder);
  const isOwn = existing?.includes('# >>> glaive (and this file) >>>') === true;
  if (existing !== undefined && !isOwn && action === 'install') {
    throw new GlaiveError('usage', `nothing was changed: there is a ${SERVER_HOOK} hook already: ${path}`, {
      hint: `Call glaive from it: glaive hook run ${SERVER_HOOK} || exit 1 (standard input must reach it), or use a custom_hooks folder.`,
    });
  }
  if (action === 'uninstall') {
    const dryRun = args.has('dry-run');
    if (isOwn && !dryRun) rmSync(path);
    const what = isOwn ? `${dryRun ? 'would be ' : ''}removed` : 'not installed';
    if (!args.has('quiet') || dryRun) await io.stdout.write(`${SERVER_HOOK}: ${what} (${printable(path)})\n`);
    return EXIT.clean;
  }
  const launcher = localLauncher(io.program);
  const text = serverHook(launcher, hookFlags(args, io.cwd), args.has('fail-open'));
  if (args.has('dry-run')) {
    await io.stdout.write(text);
    return EXIT.clean;
  }
  await writeChanged(path, text, folder, { exactMode: 0o755 });
  if (!args.has('quiet')) {
    const what = existing === undefined ? 'created' : existing === text ? 'unchanged' : 'updated';
    await io.stdout.write(`${SERVER_HOOK}: ${what} (${printable(path)})\n`);
    if (args.has('allow-skip') && isRepository)
      await io.stdout.write(`  For git push -o the repository needs: git config receive.advertisePushOptions true\n`);
  }
  return EXIT.clean;
}
