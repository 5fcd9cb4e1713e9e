/** `glaive completions bash|zsh|fish` */

import { EXIT, type ExitCode, type Io } from '../../model/io.ts';
import { completionScript } from '../args/completion-script.ts';
import type { ParsedArgs } from '../args/parse.ts';
import { subcommandOf } from '../args/subcommand.ts';

/** Prints a script to source. */
export async function completionsCommand(args: ParsedArgs, io: Io): Promise<ExitCode> {
  const [shell] = subcommandOf(args, 'completions');
  await io.stdout.write(completionScript(shell));
  return EXIT.clean;
}
