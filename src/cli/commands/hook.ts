/** `glaive hook install|uninstall|run HOOK [ARGUMENTS]` */

import { relative, resolve } from 'node:path';
import { gitText, GitError, inheritedEnvironment } from '../../git/spawn.ts';
import { HOOK_NAMES, type HookName } from '../../hooks/block.ts';
import { printable } from '../../lib/printable.ts';
import { suggest } from '../../lib/suggest.ts';
import { GlaiveError } from '../../model/errors.ts';
import { EXIT, type ExitCode, type Io } from '../../model/io.ts';
import { type Call, parseCall, shown, usage } from '../parse.ts';

/** Puts glaive into a repository's hooks, takes it out, or is what the hooks call. */
export async function hookCommand(call: Call, io: Io): Promise<ExitCode> {
  const [action, ...rest] = call.args;
  if (action === 'run') return await runHook(rest, call, io);
  if (action !== 'install' && action !== 'uninstall') {
    const what = action === undefined ? '' : `; not ${shown(action)}`;
    throw usage('hook', `say what to do: install, uninstall or run HOOK${what}`);
  }
  if (rest.length > 0) throw usage('hook', `${action} takes no argument`);
  const { hooksFolder, installHooks, uninstallHooks } = await import('../../hooks/install.ts');
  const { hooksPath, workTree, gitFolder } = await askGit(io);
  const folder = hooksFolder(hooksPath, workTree, gitFolder);
  const changes =
    action === 'install'
      ? installHooks(folder, { kind: 'installed', node: io.program.node, main: io.program.main })
      : uninstallHooks(folder);
  if (!call.has('quiet')) {
    for (const { hook, path, what } of changes) {
      await io.stdout.write(`${hook}: ${what} (${printable(relative(io.cwd, path) || path)})\n`);
    }
  }
  return EXIT.clean;
}

/** Where hooks are. `core.hooksPath` is honoured here, so the switch that takes its power away must not be set. */
async function askGit(io: Io): Promise<{ hooksPath: string; workTree: string; gitFolder: string }> {
  const options = { cwd: io.cwd, env: inheritedEnvironment(io.env), signal: io.signal, hooksPath: 'honoured' as const };
  try {
    const answer = await gitText(['rev-parse', '--show-toplevel', '--git-common-dir', '--git-path', 'hooks'], options);
    const [workTree, gitFolder, hooksPath] = answer.split('\n');
    if (!workTree || !gitFolder || !hooksPath) throw new GitError('failed', 'git gave no answer');
    return { workTree, gitFolder: resolve(io.cwd, gitFolder), hooksPath: resolve(io.cwd, hooksPath) };
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    throw new GlaiveError('usage', `hook: this is no work tree that git knows: ${error.message}`, {
      hint: 'Stand in the repository whose commits are to be checked.',
      cause: error,
    });
  }
}

async function runHook([name, ...args]: readonly string[], call: Call, io: Io): Promise<ExitCode> {
  const hook = HOOK_NAMES.find((known) => known === name);
  if (hook === undefined) {
    const near = name === undefined ? undefined : suggest(name, HOOK_NAMES);
    const what = name === undefined ? 'run which hook' : `there is no hook ${shown(name)} here`;
    throw usage('hook', `${what}${near === undefined ? `: ${HOOK_NAMES.join(' or ')}` : `; did you mean ${near}?`}`);
  }
  const skip = io.env['GLAIVE_SKIP'];
  if (skip !== undefined && skip.trim() !== '') {
    await io.stderr.write(`glaive: skipped: ${printable(skip)}\n`);
    return EXIT.clean;
  }
  if (skip !== undefined && skip !== '')
    await io.stderr.write('glaive: GLAIVE_SKIP names no reason, so nothing is skipped\n');
  const code = await check(hook, args, call, io);
  if (code !== EXIT.clean && code !== EXIT.interrupted) await sayWaysOut(code, io);
  return code;
}

async function check(hook: HookName, args: readonly string[], call: Call, io: Io): Promise<ExitCode> {
  const flags = ['quiet', 'debug', 'no-color'].filter((flag) => call.has(flag as 'quiet')).map((flag) => `--${flag}`);
  if (hook === 'pre-commit') {
    const { stagedCommand } = await import('./staged.ts');
    return await stagedCommand(parseCall('staged', flags), io);
  }
  const { messageCommand } = await import('./message.ts');
  return await messageCommand(parseCall('message', [...flags, '--', ...args]), io);
}

/** A commit was stopped: what the person in front of it can do now. */
async function sayWaysOut(code: ExitCode, io: Io): Promise<void> {
  const stopped =
    code === EXIT.findings
      ? ['glaive: the commit was stopped. Take the credential out; if anybody has seen it, revoke it first.']
      : ['glaive: the commit was stopped, because not everything could be looked at.'];
  const lines = [
    ...stopped,
    ...(code === EXIT.findings
      ? ['  A false alarm? Write glaive:allow and the reason in a comment on its line, or run: glaive baseline']
      : []),
    '  To let this one commit pass: GLAIVE_SKIP="reason" git commit ...',
  ];
  await io.stderr.write(`${lines.join('\n')}\n`);
}
