/** Help texts, made from the flag table. */

import { type Command, COMMANDS, type CommandName } from './command-table.ts';
import { type Flag, FLAGS, flagsOf } from './flags.ts';

export function generalHelp(): string {
  const names = Object.keys(COMMANDS) as CommandName[]; // the table's own keys
  const width = Math.max(...names.map((name) => name.length));
  return [
    'glaive finds leaked GitLab credentials, checks them offline by their checksum, and says what to do about them.',
    '',
    'Usage: glaive COMMAND [FLAGS] [ARGUMENTS]',
    '',
    'Commands:',
    ...names.map((name) => `  ${name.padEnd(width)}  ${COMMANDS[name].summary}`),
    '',
    'Examples:',
    ...exampleLines(COMMANDS.scan.examples),
    '',
    `Help for one command: glaive help COMMAND. Version: ${flagSynopsis('version', FLAGS.version)}.`,
    '',
  ].join('\n');
}

export function commandHelp(name: CommandName): string {
  const command: Command = COMMANDS[name];
  return [
    `${command.summary}.`,
    '',
    `Usage: glaive ${name} ${command.args}`.trimEnd(),
    '',
    ...command.details,
    '',
    'Flags:',
    ...flagLines(name),
    '',
    'Examples:',
    ...exampleLines(command.examples),
    '',
  ].join('\n');
}

function exampleLines(examples: Command['examples']): string[] {
  return examples.flatMap(([line, purpose]) => [`  ${line}`, `      ${purpose}`]);
}

function flagLines(command: CommandName): string[] {
  return flagsOf(command).flatMap(([name, flag]) => {
    const choices = flag.choices === undefined ? [] : [`      ${flag.choices.join(' | ')}`];
    return [`  ${flagSynopsis(name, flag)}`, `      ${flag.text}`, ...choices];
  });
}

/** `-o, --output [FORMAT=]FILE` */
export function flagSynopsis(name: string, flag: Flag): string {
  const short = flag.short === undefined ? '' : `-${flag.short}, `;
  return `${short}--${name}${flag.value === undefined ? '' : ` ${flag.value}`}`;
}
