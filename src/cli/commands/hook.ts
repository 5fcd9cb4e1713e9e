/** `glaive hook install|uninstall|run HOOK [ARGUMENTS]` */

import { resolve } from 'node:path';
import { DEFAULT_HOOKS, HOOK_NAMES, type HookName, SERVER_HOOK } from '../../hooks/block.ts';
import { printable } from '../../lib/printable.ts';
import { suggest } from '../../lib/suggest.ts';
import { showWord } from '../../lib/show-word.ts';
import { EXIT, type ExitCode, type Io } from '../../model/io.ts';
import { argsFor, type ParsedArgs, switchesOf, usage } from '../args/parse.ts';
import { subcommandOf } from '../args/subcommand.ts';

/**
 * Adds glaive to the hooks of a repository or removes it; `run` is the command that the hooks call.
 *
 * @param diff the staged text, if it was read already
 */
export async function hookCommand(args: ParsedArgs, io: Io, diff?: Buffer): Promise<ExitCode> {
  const [action, rest] = subcommandOf(args, 'hook');
  if (action === 'run') return await runHook({ words: rest, diff }, args, io);
  if (rest.length > 0) throw usage('hook', `${action} takes no argument`);
  const server = args.value('server');
  const { changeServerHook, SERVER_SWITCHES } = await import('./hook-server.ts');
  if (server !== undefined) return await changeServerHook(action, resolve(io.cwd, server), args, io);
  for (const flag of SERVER_SWITCHES) if (args.has(flag)) throw usage('hook', `--${flag} needs --server`);
  const hooks = args.value('hooks') ?? DEFAULT_HOOKS;
  if (hooks.length === 0) throw usage('hook', '--hooks none leaves nothing to install');
  const { changeHooks } = await import('./hook-install.ts');
  const options = { action, hooks, manager: args.value('manager') };
  const [dryRun, quiet] = [args.has('dry-run'), args.has('quiet')];
  const code = await changeHooks({ ...options, dryRun, quiet }, io);
  if (action === 'install' && !dryRun && !quiet && !hooks.includes('pre-push'))
    await io.stdout.write(`To check pushes too: glaive hook install --hooks ${HOOK_NAMES.join(',')}\n`);
  return code;
}

interface Call {
  readonly words: readonly string[];
  readonly diff: Buffer | undefined;
}

async function runHook({ words: [name, ...words], diff }: Call, args: ParsedArgs, io: Io): Promise<ExitCode> {
  // GLAIVE_SKIP does not skip the hook of a server.
  if (name === SERVER_HOOK) return await (await import('./hook-receive.ts')).receiveHook(args, io);
  const hook = HOOK_NAMES.find((known) => known === name);
  if (hook === undefined) {
    const near = name === undefined ? undefined : suggest(name, HOOK_NAMES);
    const what = name === undefined ? 'which hook' : `glaive has no hook ${showWord(name)}`;
    throw usage('hook', `${what}${near === undefined ? `: ${HOOK_NAMES.join(' or ')}` : `; did you mean ${near}?`}`);
  }
  const skip = io.env['GLAIVE_SKIP'];
  if (skip !== undefined && skip.trim() !== '') {
    await io.stderr.write(`glaive: ${hook} skipped: ${printable(skip)}\n`);
    return EXIT.clean;
  }
  if (skip !== undefined && skip !== '')
    await io.stderr.write('glaive: GLAIVE_SKIP has no reason, so nothing is skipped\n');
  return await check({ hook, words, diff }, args, io);
}

async function check({ hook, words, diff }: Call & { hook: HookName }, args: ParsedArgs, io: Io): Promise<ExitCode> {
  const flags = switchesOf(args, ['quiet', 'debug', 'no-color']);
  if (hook === 'pre-commit') {
    const { stagedCommand } = await import('./staged.ts');
    return await stagedCommand(argsFor('staged', [], flags), io, diff, hook);
  }
  if (hook === 'pre-push') {
    const { pushHook } = await import('./hook-push.ts');
    return await pushHook(words, argsFor('diff', [], flags), io);
  }
  const { scanMessage } = await import('./message.ts');
  return await scanMessage(argsFor('message', words, flags), io, hook);
}
