/** `glaive help [COMMAND]`, and `--help` of every command. */

import { widthOf } from '../../lib/wrap.ts';
import { EXIT, type ExitCode, type Io, type Output } from '../../model/io.ts';
import type { CommandName } from '../args/command-table.ts';
import { commandHelp, generalHelp, shortHelp } from '../args/help.ts';
import { type ParsedArgs, isCommand, unknownCommand } from '../args/parse.ts';

/** Shows the commands, or everything about one. */
export async function helpCommand(args: ParsedArgs, io: Io): Promise<ExitCode> {
  const [word] = args.positionals;
  if (word !== undefined && !isCommand(word)) throw unknownCommand(word, io.cwd);
  await sayHelp(io.stdout, word);
  return EXIT.clean;
}

/** @param command absent: the list of commands @param options.isShort on one screen, without the flags that few need */
export async function sayHelp(
  output: Output,
  command?: CommandName,
  { isShort = false }: { readonly isShort?: boolean } = {},
): Promise<void> {
  const width = widthOf(output);
  const text =
    command === undefined ? generalHelp(width) : isShort ? shortHelp(command, width) : commandHelp(command, width);
  await output.write(text);
}
