/** Asks before something is done that cannot be undone. */

import { untilAborted } from '../lib/abortable.ts';
import { throwIfInterrupted } from '../model/errors.ts';
import type { Io } from '../model/io.ts';
import { type ParsedArgs, usage } from './args/parse.ts';

/** Whether the user agrees, on the terminal or by `--yes`. @throws GlaiveError without a terminal */
export async function isConfirmed(question: string, args: ParsedArgs, io: Io): Promise<boolean> {
  if (args.has('yes')) return true;
  if (!io.stdin.isTTY)
    throw usage(args.command, 'it must be confirmed, and there is no terminal to ask on', 'Confirm it with --yes.');
  await io.stderr.write(`${question} [y/N] `);
  let answer = '';
  for await (const piece of untilAborted(io.stdin.bytes(), io.signal)) {
    answer += Buffer.from(piece).toString('utf8');
    if (answer.includes('\n')) break;
  }
  throwIfInterrupted(io.signal);
  return /^y(?:es)?\s*$/i.test(answer);
}
