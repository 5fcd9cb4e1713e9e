/** The first argument of commands such as `hook` and `rules`: one of a few words. */

import { suggest } from '../../lib/suggest.ts';
import { showWord } from '../../lib/show-word.ts';
import { COMMANDS } from './command-table.ts';
import { type ParsedArgs, usage } from './parse.ts';

type Words = {
  [Name in keyof typeof COMMANDS]: (typeof COMMANDS)[Name] extends { words: readonly string[] } ? Name : never;
};
/** Commands whose first argument is a word of the table. */
type WithWords = Exclude<Words[keyof Words], 'baseline'>;
type Word<Name extends WithWords> = (typeof COMMANDS)[Name]['words'][number];

/** The word and the arguments after it. @throws GlaiveError for another word, or none */
export function subcommandOf<Name extends WithWords>(
  { positionals: [first, ...rest] }: ParsedArgs,
  command: Name,
): [Word<Name>, readonly string[]] {
  const words: readonly Word<Name>[] = COMMANDS[command].words;
  const word = words.find((known) => known === first);
  if (word !== undefined) return [word, rest];
  const list = `(${words.join(', ')})`;
  if (first === undefined) throw usage(command, `a subcommand is missing ${list}`);
  const near = suggest(first, words);
  const meant = near === undefined ? '' : `. Did you mean ${near}?`;
  throw usage(command, `unknown subcommand ${JSON.stringify(showWord(first))} ${list}${meant}`);
}
