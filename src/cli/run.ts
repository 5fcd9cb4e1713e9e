/** From arguments to exit code: picks the command. The only place that catches errors. */

import { printable } from '../lib/printable.ts';
import { GlaiveError } from '../model/errors.ts';
import { EXIT, type ExitCode, type Io } from '../model/io.ts';
import { VERSION } from '../generated/package.ts';
import type { CommandName } from './args/command-table.ts';
import { commandHelp, generalHelp } from './args/help.ts';
import { type ParsedArgs, isCommand, readArgs, unknownCommand } from './args/parse.ts';

/** `mask` passes on the exit code of its command, which may be any number. */
type Action = (args: ParsedArgs, io: Io) => Promise<number>;

/** Each command's code is loaded when it is called. */
const ACTIONS: Readonly<Record<CommandName, () => Promise<Action>>> = {
  scan: async () => (await import('./commands/scan.ts')).scanCommand,
  staged: async () => (await import('./commands/staged.ts')).stagedCommand,
  diff: async () => (await import('./commands/diff.ts')).diffCommand,
  history: async () => (await import('./commands/history.ts')).historyCommand,
  logs: async () => (await import('./commands/logs.ts')).logsCommand,
  mask: async () => (await import('./commands/mask.ts')).maskCommand,
  verify: async () => (await import('./commands/verify.ts')).verifyCommand,
  revoke: async () => (await import('./commands/remediate.ts')).revokeCommand,
  rotate: async () => (await import('./commands/remediate.ts')).rotateCommand,
  report: async () => (await import('./commands/report.ts')).reportCommand,
  message: async () => (await import('./commands/message.ts')).messageCommand,
  hook: async () => (await import('./commands/hook.ts')).hookCommand,
  init: async () => (await import('./commands/init.ts')).initCommand,
  baseline: async () => (await import('./commands/baseline.ts')).baselineCommand,
  accept: async () => (await import('./commands/accept.ts')).acceptCommand,
  explain: async () => (await import('./commands/explain.ts')).explainCommand,
  vault: async () => (await import('./commands/vault.ts')).vaultCommand,
  rules: async () => (await import('./commands/rules.ts')).rulesCommand,
  completions: async () => (await import('./commands/completions.ts')).completionsCommand,
  help: async () => (await import('./commands/help.ts')).helpCommand,
};

/** Runs glaive once. Never throws. */
export async function run(io: Io): Promise<number> {
  try {
    return await dispatch(io);
  } catch (error) {
    return await explainError(error, io);
  }
}

async function dispatch(io: Io): Promise<number> {
  const [first, ...rest] = io.argv;
  if (first === '--version' || first === '-V' || first === 'version') {
    await io.stdout.write(`glaive ${VERSION}\n`);
    return EXIT.clean;
  }
  if (first === '--help' || first === '-h') {
    await io.stdout.write(generalHelp());
    return EXIT.clean;
  }
  if (first === undefined) {
    await io.stderr.write(generalHelp());
    return EXIT.incomplete;
  }
  if (!isCommand(first)) throw unknownCommand(first, io.cwd);
  const args = readArgs(first, rest);
  if (args.has('help')) {
    await io.stdout.write(commandHelp(first));
    return EXIT.clean;
  }
  return await (
    await ACTIONS[first]()
  )(args, io);
}

/** Writes an error to standard error, with every secret masked. @returns the exit code for it */
export async function explainError(error: unknown, io: Io): Promise<ExitCode> {
  if (/^(?:EMFILE|ENFILE)$/.test((error as NodeJS.ErrnoException | undefined)?.code ?? '')) {
    // Nothing more can be loaded, so this message must not need a module.
    await io.stderr.write('glaive: too many files are open\n  Raise the limit: ulimit -n\n');
    return EXIT.incomplete;
  }
  const { isStop } = await import('../git/spawn.ts');
  if ((error instanceof GlaiveError && error.code === 'interrupted') || (io.signal.aborted && isStop(error))) {
    await io.stderr.write('glaive: interrupted\n');
    return EXIT.interrupted;
  }
  if (isStop(error)) {
    await io.stderr.write('glaive: the time limit was reached before the scan had begun\n');
    return EXIT.incomplete;
  }
  const { createTextRedactor } = await import('../scan/redact-text.ts');
  const safe = createTextRedactor();
  const known = error instanceof GlaiveError;
  const message = error instanceof Error ? error.message : String(error);
  const isGits = known && error.code === 'git' && error.hint === undefined && !message.startsWith('git ');
  const kind = known ? (isGits ? 'git failed: ' : '') : 'internal error: ';
  await io.stderr.write(`glaive: ${kind}${printable(safe(message))}\n`);
  const hint = known ? error.hint : 'This is a bug in glaive; please report it with what --debug shows.';
  if (hint !== undefined) await io.stderr.write(`  ${printable(safe(hint))}\n`);
  for (const line of known ? error.lines : []) await io.stderr.write(`${printable(safe(line))}\n`);
  if (io.argv.includes('--debug') && error instanceof Error) await io.stderr.write(`${safe(error.stack ?? '')}\n`);
  return EXIT.incomplete;
}
