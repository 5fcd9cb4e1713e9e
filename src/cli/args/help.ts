/** Help texts, made from the tables: a short one that fits on a screen, and a long one with every flag. */

import { unbroken, wrapText } from '../../lib/wrap.ts';
import { type Command, COMMANDS, type CommandName } from './command-table.ts';
import { type Flag, type FlagName, FLAGS, flagsOf, GROUPS } from './flags.ts';

/** The lines of a screen that the short help fills at most, 80 columns wide. */
export const SCREEN_LINES = 40;

/** The column of the texts in the short help. */
const TEXT_COLUMN = 26;

export function generalHelp(width: number): string {
  const names = Object.keys(COMMANDS) as CommandName[]; // the table's own keys
  const longest = Math.max(...names.map((name) => name.length));
  return toText([
    ...wrapText(
      'glaive finds leaked GitLab credentials, checks them offline by their checksum, and says what to do about them.',
      { width },
    ),
    '',
    'Usage: glaive COMMAND [FLAGS] [ARGUMENTS]',
    '',
    'Commands:',
    ...names.flatMap((name) =>
      wrapText(`${unbroken(name.padEnd(longest + 2))}${COMMANDS[name].summary}`, {
        width,
        indent: 2,
        hanging: longest + 4,
      }),
    ),
    '',
    'Examples:',
    ...exampleLines(COMMANDS.scan.examples, width),
    '',
    ...wrapText(
      `Help for one command: ${unbroken('glaive help COMMAND')}. Version: ${unbroken(flagSynopsis('version', FLAGS.version))}. In another folder: ${unbroken('glaive -C FOLDER COMMAND')}.`,
      { width },
    ),
  ]);
}

/** Everything about a command: its flags in groups. @param width the columns to wrap at */
export function commandHelp(name: CommandName, width: number): string {
  const flags = flagsOf(name);
  const groups = Object.entries(GROUPS).map(([group, title]) => {
    const own = flags.filter(([, flag]) => flag.group === group);
    return own.length === 0 ? [] : ['', `${title}:`, ...own.flatMap(([flag, spec]) => flagLines(flag, spec, width))];
  });
  return toText([
    ...heading(name, width),
    '',
    ...paragraphsOf(name).flatMap((paragraph) => wrapText(paragraph, { width })),
    ...groups.flat(),
    '',
    'Examples:',
    ...exampleLines(COMMANDS[name].examples, width),
  ]);
}

/** The help of a command on one screen, or as near to it as the width allows: the fullest of a few forms that fits. */
export function shortHelp(name: CommandName, width: number): string {
  const all = flagsOf(name).filter(([, { group }]) => group !== 'other');
  const usual = all.filter(([, { isUsual }]) => isUsual === true);
  const paragraphs = paragraphsOf(name);
  const { examples } = COMMANDS[name];
  const most = usual.map(([flag, spec]) => [flag, { ...spec, text: firstPart(spec.text) }] as const);
  const forms = [
    { flags: all, text: paragraphs, shown: examples },
    { flags: most, text: paragraphs, shown: examples },
    { flags: most, text: paragraphs, shown: examples.slice(0, 2) },
    { flags: most, text: paragraphs.slice(0, 1), shown: examples.slice(0, 2) },
  ].map(({ flags, text, shown }) => [
    ...heading(name, width),
    '',
    ...text.flatMap((paragraph) => wrapText(paragraph, { width })),
    ...(flags.length === 0 ? [] : ['', flags.length === all.length ? 'Flags:' : 'The most used flags:']),
    ...flags.flatMap(([flag, spec]) => flagRow(flag, spec, width)),
    '',
    'Examples:',
    ...exampleLines(shown, width),
    '',
    `glaive help ${name} lists all flags.`,
  ]);
  return toText(forms.find((lines) => lines.length <= SCREEN_LINES) ?? forms.at(-1)!);
}

/** A text up to its first full stop, semicolon or colon. */
export const firstPart = (text: string): string => text.split(/[.;:] /, 1)[0]!;

const toText = (lines: readonly string[]): string => `${lines.join('\n')}\n`;

function heading(name: CommandName, width: number): string[] {
  const { summary, args }: Command = COMMANDS[name];
  return [...wrapText(`${summary}.`, { width }), '', `Usage: glaive ${name} ${args}`.trimEnd()];
}

/** The details of a command: lines up to an empty one are a paragraph. */
export function paragraphsOf(name: CommandName): string[] {
  return COMMANDS[name].details
    .join('\n')
    .split('\n\n')
    .map((text) => text.replaceAll('\n', ' '));
}

function exampleLines(examples: Command['examples'], width: number): string[] {
  // A command is never broken: it is there to be copied.
  return examples.flatMap(([line, purpose]) => [`  ${line}`, ...wrapText(purpose, { width, indent: 6 })]);
}

/** A flag in the long help: its synopsis, and below it its text and choices. */
function flagLines(name: FlagName, flag: Flag, width: number): string[] {
  return [
    `  ${flagSynopsis(name, flag)}`,
    ...wrapText(flag.text, { width, indent: 6 }),
    ...(flag.choices === undefined ? [] : wrapText(flag.choices.join(' | '), { width, indent: 6 })),
  ];
}

/** A flag in the short help: text next to its synopsis. */
function flagRow(name: FlagName, flag: Flag, width: number): string[] {
  const synopsis = `  ${flagSynopsis(name, flag)}`;
  const isLong = synopsis.length > TEXT_COLUMN - 2;
  const lines = wrapText(isLong ? flag.text : unbroken(synopsis.padEnd(TEXT_COLUMN)).concat(flag.text), {
    width,
    indent: isLong ? TEXT_COLUMN : 0,
    hanging: TEXT_COLUMN,
  });
  return isLong ? [synopsis, ...lines] : lines;
}

/** `-o, --output [FORMAT=]FILE` */
export function flagSynopsis(name: string, flag: Flag): string {
  const short = flag.short === undefined ? '' : `-${flag.short}, `;
  return `${short}--${name}${flag.value === undefined ? '' : ` ${flag.value}`}`;
}
