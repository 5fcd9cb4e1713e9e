/** From arguments to exit code: picks the command. */

import { EXIT, type Io } from '../model/io.ts';
import { VERSION } from '../generated/package.ts';
import type { CommandName } from './args/command-table.ts';
import { type ParsedArgs, isCommand, readArgs, unknownCommand } from './args/parse.ts';

/** `mask` passes on the exit code of its command, which may be any number. @param diff the staged text, if it was read */
type Action = (args: ParsedArgs, io: Io, diff: Buffer | undefined) => Promise<number>;

/** Each command's code is loaded when it is called. */
const ACTIONS: Readonly<Record<CommandName, () => Promise<Action>>> = {
  scan: async () => (await import('./commands/scan.ts')).scanCommand,
  staged: async () => (await import('./commands/staged.ts')).stagedCommand,
  diff: async () => (await import('./commands/diff.ts')).diffCommand,
  history: async () => (await import('./commands/history.ts')).historyCommand,
  fleet: async () => (await import('./commands/fleet.ts')).fleetCommand,
  logs: async () => (await import('./commands/logs.ts')).logsCommand,
  mask: async () => (await import('./commands/mask.ts')).maskCommand,
  verify: async () => (await import('./commands/verify.ts')).verifyCommand,
  revoke: async () => (await import('./commands/remediate.ts')).revokeCommand,
  rotate: async () => (await import('./commands/remediate.ts')).rotateCommand,
  report: async () => (await import('./commands/report.ts')).reportCommand,
  message: async () => (await import('./commands/message.ts')).messageCommand,
  hook: async () => (await import('./commands/hook.ts')).hookCommand,
  doctor: async () => (await import('./commands/doctor.ts')).doctorCommand,
  init: async () => (await import('./commands/init.ts')).initCommand,
  baseline: async () => (await import('./commands/baseline.ts')).baselineCommand,
  accept: async () => (await import('./commands/accept.ts')).acceptCommand,
  triage: async () => (await import('./commands/triage.ts')).triageCommand,
  explain: async () => (await import('./commands/explain.ts')).explainCommand,
  vault: async () => (await import('./commands/vault.ts')).vaultCommand,
  lsp: async () => (await import('./commands/lsp.ts')).lspCommand,
  rules: async () => (await import('./commands/rules.ts')).rulesCommand,
  upgrade: async () => (await import('./commands/upgrade.ts')).upgradeCommand,
  completions: async () => (await import('./commands/completions.ts')).completionsCommand,
  help: async () => (await import('./commands/help.ts')).helpCommand,
};

/** @param diff the staged text, if it was read already */
export async function dispatch(whole: Io, diff?: Buffer): Promise<number> {
  const io = whole.argv[0] === '-C' ? (await import('./other-folder.ts')).inOtherFolder(whole) : whole;
  const [first, ...rest] = io.argv;
  if (first === '--version' || first === '-V' || first === 'version') {
    await io.stdout.write(`glaive ${VERSION}\n`);
    return EXIT.clean;
  }
  if (first === undefined || first === '--help' || first === '-h') {
    const { sayHelp } = await import('./commands/help.ts');
    await sayHelp(first === undefined ? io.stderr : io.stdout);
    return first === undefined ? EXIT.incomplete : EXIT.clean;
  }
  if (!isCommand(first)) throw unknownCommand(first, io.cwd);
  const args = readArgs(first, rest);
  if (args.has('help')) {
    const { sayHelp } = await import('./commands/help.ts');
    await sayHelp(io.stdout, first, { isShort: !rest.includes('--help') });
    return EXIT.clean;
  }
  return await (
    await ACTIONS[first]()
  )(args, io, diff);
}
