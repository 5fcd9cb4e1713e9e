/** `glaive help [COMMAND]` */

import { EXIT, type ExitCode, type Io } from '../../model/io.ts';
import { commandHelp, generalHelp } from '../args/help.ts';
import { type ParsedArgs, isCommand, unknownCommand } from '../args/parse.ts';

/** Shows the commands, or everything about one. */
export async function helpCommand(args: ParsedArgs, io: Io): Promise<ExitCode> {
  const [word] = args.positionals;
  if (word !== undefined && !isCommand(word)) throw unknownCommand(word, io.cwd);
  await io.stdout.write(word === undefined ? generalHelp() : commandHelp(word));
  return EXIT.clean;
}
