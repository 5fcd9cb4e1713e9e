/** `glaive completions bash|zsh|fish` */

import { EXIT, type ExitCode, type Io } from '../../model/io.ts';
import { completionScript, type Shell, SHELLS } from '../args/completion-script.ts';
import { type ParsedArgs, usage } from '../args/parse.ts';

/** Prints a script to source. */
export async function completionsCommand(args: ParsedArgs, io: Io): Promise<ExitCode> {
  const shell = SHELLS.find((name) => name === args.positionals[0]);
  if (shell === undefined) throw usage('completions', `the shell must be one of: ${SHELLS.join(', ')}`);
  await io.stdout.write(completionScript(shell satisfies Shell));
  return EXIT.clean;
}
