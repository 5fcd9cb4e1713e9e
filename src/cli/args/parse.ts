/** Arguments to a call: `node:util` splits them, the flag table says what they mean. */

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { suggest } from '../../lib/suggest.ts';
import { GlaiveError } from '../../model/errors.ts';
import { type Command, COMMANDS, type CommandName, flagsOf } from './command-table.ts';
import { type Flag, type FlagName, FLAGS } from './flags.ts';

/** What was typed, checked against the table: every flag is known to the command, every choice is one. */
export interface ParsedArgs {
  readonly command: CommandName;
  readonly args: readonly string[];
  /** Whether a switch was given. */
  has(flag: FlagName): boolean;
  /** The last value of a flag. */
  value(flag: FlagName): string | undefined;
  /** All values of a repeatable flag. */
  values(flag: FlagName): readonly string[];
}

/** @throws GlaiveError (`usage`) that names the argument and the way out */
export function parseCall(command: CommandName, argv: readonly string[]): ParsedArgs {
  const spec: Command = COMMANDS[command];
  const known = new Map<string, Flag>(flagsOf(spec));
  const tokens = argv.length === 0 ? [] : split(argv, known);
  const args: string[] = [];
  const given = new Map<string, string[]>();
  for (const token of tokens) {
    if (token.kind === 'positional') args.push(token.value);
    else if (token.kind === 'option') {
      const value = readOption(token, known, command);
      given.set(token.name, [...(given.get(token.name) ?? []), value]);
    }
  }
  if (args.length > spec.maxArgs) {
    throw usage(command, `too many arguments: ${spec.args === '' ? 'none expected' : `expected ${spec.args}`}`);
  }
  return {
    command,
    args,
    has: (flag) => given.has(flag),
    value: (flag) => given.get(flag)?.at(-1),
    values: (flag) => given.get(flag) ?? [],
  };
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
): string {
  const { rawName, value } = token;
  const flag = known.get(token.name);
  if (flag === undefined) {
    const near = suggest(rawName.replace(/^-+/, ''), known.keys());
    throw usage(command, `unknown flag ${shown(rawName)}${near === undefined ? '' : `; did you mean --${near}?`}`);
  }
  if (flag.value === undefined) {
    if (value !== undefined) throw usage(command, `${rawName} takes no value`);
    return '';
  }
  if (value === undefined || (token.inlineValue !== true && value.startsWith('-') && value !== '-')) {
    throw usage(command, `${rawName} needs a value: ${rawName} ${flag.value}`);
  }
  if (flag.choices !== undefined && !flag.choices.includes(value)) {
    const near = suggest(value, flag.choices);
    throw usage(
      command,
      `${rawName} cannot be ${JSON.stringify(shown(value))}${near === undefined ? '' : `; did you mean ${near}?`}`,
      `It is one of: ${flag.choices.join(', ')}.`,
    );
  }
  return value;
}

/** A usage error that points to the command's help. */
export function usage(command: CommandName, message: string, hint = ''): GlaiveError {
  return new GlaiveError('usage', `${command}: ${message}`, { hint: `${hint} See: glaive help ${command}`.trim() });
}

/**
 * A word as an error repeats it. Not all secrets have a mark by which they could be masked, but all are longer than
 * any command, flag or choice; a long word is shown only when it can be none: plain lower case, as flags are.
 */
export function shown(word: string): string {
  return word.length < SHORTEST_SECRET || /^[a-z-]+$/.test(word) ? word : `(${word.length} characters, not shown)`;
}

const SHORTEST_SECRET = 20;

/** Whether a word is a command of the table. */
export function isCommand(word: string): word is CommandName {
  return Object.hasOwn(COMMANDS, word);
}

/** The error for a word that is no command. */
export function unknownCommand(word: string, cwd: string): GlaiveError {
  if (Object.hasOwn(FLAGS, word.replace(/^--/, '').replace(/=.*$/s, ''))) {
    return new GlaiveError('usage', `unknown flag ${shown(word)}`, {
      hint: 'Flags stand after the command: glaive COMMAND FLAGS',
    });
  }
  const near = suggest(word, Object.keys(COMMANDS));
  const isPath = !word.startsWith('-') && existsSync(resolve(cwd, word));
  const hint =
    near !== undefined
      ? `Did you mean: glaive ${near}`
      : isPath
        ? 'To look at that path: glaive scan PATH'
        : word.length < SHORTEST_SECRET
          ? 'See: glaive help'
          : 'See: glaive help. To learn what a token is: glaive explain';
  const what = word.startsWith('-') ? 'unknown flag' : 'unknown command';
  return new GlaiveError('usage', `${what} ${isPath ? word : shown(word)}`, { hint });
}
