/** Reads the arguments of a command: `node:util` splits them, and the table of flags gives their meaning. */

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { suggest } from '../../lib/suggest.ts';
import { SHORTEST_SECRET, showWord } from '../../lib/show-word.ts';
import { GlaiveError } from '../../model/errors.ts';
import { type Command, COMMANDS, type CommandName } from './command-table.ts';
import {
  type Flag,
  type FlagName,
  FLAGS,
  flagsOf,
  type ListFlag,
  needsOf,
  type ValueFlag,
  type ValueOf,
} from './flags.ts';
import { BadValue } from './values.ts';

/** The arguments of a command, checked against the tables: its flags are known, and their values are typed. */
export interface ParsedArgs {
  readonly command: CommandName;
  /** What is not a flag: paths, a range, the word of a subcommand. */
  readonly positionals: readonly string[];
  /** Whether a flag was given. */
  has(flag: FlagName): boolean;
  /** The last value of a flag. */
  value<Name extends ValueFlag>(flag: Name): ValueOf<Name> | undefined;
  /** All values of a repeatable flag. */
  values<Name extends ListFlag>(flag: Name): readonly ValueOf<Name>[];
}

/** Values by flag; a switch that is on is `true`. */
export type FlagValues = { readonly [Name in FlagName]?: (Name extends ValueFlag ? ValueOf<Name> : true) | undefined };

/** Arguments for a command that another one calls: typed values, and no text to parse. */
export function argsFor(command: CommandName, positionals: readonly string[], flags: FlagValues): ParsedArgs {
  const given = Object.entries(flags).filter(([, value]) => value !== undefined);
  return toParsedArgs(command, positionals, new Map(given.map(([name, value]) => [name, [value]])));
}

/** The switches among `flags` that were given, for {@link argsFor}. */
export function switchesOf<Name extends Exclude<FlagName, ValueFlag>>(
  args: ParsedArgs,
  flags: readonly Name[],
): { readonly [Key in Name]?: true } {
  const given = flags.filter((flag) => args.has(flag)).map((flag) => [flag, true]);
  return Object.fromEntries(given) as { [Key in Name]?: true }; // made of those names
}

function toParsedArgs(
  command: CommandName,
  positionals: readonly string[],
  given: ReadonlyMap<string, readonly unknown[]>,
): ParsedArgs {
  // The parsers of the table made the values, so they have the types of the table.
  const valuesOf = <Name extends ValueFlag>(flag: Name) => (given.get(flag) ?? []) as readonly ValueOf<Name>[];
  return {
    command,
    positionals,
    has: (flag) => given.has(flag),
    value: (flag) => valuesOf(flag).at(-1),
    values: valuesOf,
  };
}

/** @throws GlaiveError (`usage`) that names the argument and the way out */
export function readArgs(command: CommandName, argv: readonly string[]): ParsedArgs {
  const spec: Command = COMMANDS[command];
  const known = new Map<string, Flag>(flagsOf(command));
  const tokens = argv.length === 0 ? [] : split(argv, known);
  const positionals: string[] = [];
  const given = new Map<string, unknown[]>();
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    else if (token.kind === 'option') {
      const value = readOption(token, known, command);
      given.set(token.name, [...(given.get(token.name) ?? []), value]);
    }
  }
  if (positionals.length > spec.maxArgs) {
    throw usage(command, `too many arguments: ${spec.args === '' ? 'none expected' : `expected ${spec.args}`}`);
  }
  if (!given.has('help')) checkTogether(command, known, given);
  return toParsedArgs(command, positionals, given);
}

/** @throws GlaiveError for a flag without one that it needs, and for flags that exclude each other */
function checkTogether(
  command: CommandName,
  known: ReadonlyMap<string, Flag>,
  given: ReadonlyMap<string, readonly unknown[]>,
): void {
  const check = (what: string, needs: readonly string[]): void => {
    if (needs.length > 0 && !needs.some((need) => given.has(need)))
      throw usage(command, `--${what} needs ${needs.map((need) => `--${need}`).join(' or ')}`);
  };
  for (const [name, flag] of known) {
    const value = given.get(name)?.at(-1);
    if (value === undefined) continue;
    const other = flag.conflicts?.find((conflict) => given.has(conflict));
    if (other !== undefined) throw usage(command, `--${name} and --${other} cannot be used together`);
    check(name, needsOf(flag.needs, command));
    for (const [choice, needs] of Object.entries(flag.choiceNeeds ?? {}))
      if (value === choice) check(`${name} ${choice}`, needsOf(needs, command));
  }
}

function split(argv: readonly string[], known: ReadonlyMap<string, Flag>) {
  const { tokens } = parseArgs({
    args: [...argv],
    options: Object.fromEntries(
      [...known].map(([name, flag]) => [
        name,
        {
          type: flag.value === undefined ? ('boolean' as const) : ('string' as const),
          ...(flag.short && { short: flag.short }),
        },
      ]),
    ),
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  return tokens;
}

function readOption(
  token: {
    readonly name: string;
    readonly rawName: string;
    readonly value?: string | undefined;
    readonly inlineValue?: boolean | undefined;
  },
  known: ReadonlyMap<string, Flag>,
  command: CommandName,
): unknown {
  const { rawName, value } = token;
  const flag = known.get(token.name);
  if (flag === undefined) {
    const near = suggest(rawName.replace(/^-+/, ''), known.keys());
    throw usage(command, `unknown flag ${showWord(rawName)}${near === undefined ? '' : `; did you mean --${near}?`}`);
  }
  if (flag.value === undefined) {
    if (value !== undefined) throw usage(command, `${rawName} takes no value`);
    return true;
  }
  if (value === undefined || (token.inlineValue !== true && value.startsWith('-') && value !== '-')) {
    throw usage(command, `${rawName} needs a value: ${rawName} ${flag.value}`);
  }
  if (flag.choices !== undefined && !flag.choices.includes(value)) {
    const near = suggest(value, flag.choices);
    throw usage(
      command,
      `${rawName} cannot be ${JSON.stringify(showWord(value))}${near === undefined ? '' : `; did you mean ${near}?`}`,
      `It is one of: ${flag.choices.join(', ')}.`,
    );
  }
  const read = flag.parse?.(value) ?? value;
  if (!(read instanceof BadValue)) return read;
  const meant = read.near === undefined ? '' : `; did you mean ${read.near}?`;
  throw usage(
    command,
    `${rawName} must be ${read.expected}, not ${JSON.stringify(showWord(value))}${meant}`,
    read.hint,
  );
}

/** A usage error that points to the command's help. */
export function usage(command: CommandName, message: string, hint = ''): GlaiveError {
  const end = /(?:^|[.?!])$/.test(hint) ? '' : '.';
  return new GlaiveError('usage', `${command}: ${message}`, {
    hint: `${hint}${end} See: glaive help ${command}`.trim(),
  });
}

/** Whether a word is a command of the table. */
export function isCommand(word: string): word is CommandName {
  return Object.hasOwn(COMMANDS, word);
}

/** Commands of gitleaks and trufflehog, with glaive's for the same. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  detect: 'glaive history scans what the repository has ever held, glaive scan its files.',
  protect: 'glaive staged scans what the next commit adds.',
  dir: 'glaive scan PATH scans files and folders.',
  directory: 'glaive scan PATH scans files and folders.',
  filesystem: 'glaive scan PATH scans files and folders.',
  git: 'glaive history PATH scans what a repository has ever held.',
  stdin: 'glaive scan - scans standard input.',
};

/** The error for a word that is not a command. */
export function unknownCommand(word: string, cwd: string): GlaiveError {
  const [, flag = ''] = /^--([^=]*)/.exec(word) ?? [];
  if (Object.hasOwn(FLAGS, flag)) {
    return new GlaiveError('usage', `--${flag} is before the command`, {
      hint: 'Flags come after the command: glaive COMMAND FLAGS',
    });
  }
  if (Object.hasOwn(ELSEWHERE, word))
    return new GlaiveError('usage', `unknown command ${word}`, { hint: ELSEWHERE[word]! }); // checked
  const near = suggest(word, Object.keys(COMMANDS));
  const isPath = !word.startsWith('-') && existsSync(resolve(cwd, word));
  const hint =
    near !== undefined
      ? `Did you mean: glaive ${near}`
      : isPath
        ? 'To scan that path: glaive scan PATH'
        : word.length < SHORTEST_SECRET
          ? 'See: glaive help'
          : 'See: glaive help. To learn what a token is: glaive explain';
  const what = word.startsWith('-') ? 'unknown flag' : 'unknown command';
  return new GlaiveError('usage', `${what} ${isPath ? word : showWord(word)}`, { hint });
}
