/** `glaive help [COMMAND]` */

import { EXIT, type ExitCode, type Io } from '../../model/io.ts';
import { commandHelp, generalHelp } from '../help.ts';
import { type Call, isCommand, unknownCommand } from '../parse.ts';

/** Shows the commands, or everything about one. */
export async function helpCommand(call: Call, io: Io): Promise<ExitCode> {
  const [word] = call.args;
  if (word !== undefined && !isCommand(word)) throw unknownCommand(word, io.cwd);
  await io.stdout.write(word === undefined ? generalHelp() : commandHelp(word));
  return EXIT.clean;
}
