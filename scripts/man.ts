/** Man pages, made from the tables of commands and flags: one for glaive, one for each command. */

import { type Command, COMMANDS, type CommandName } from '../src/cli/args/command-table.ts';
import { type Flag, type FlagName, FLAGS, flagsOf, GROUPS } from '../src/cli/args/flags.ts';
import { paragraphsOf } from '../src/cli/args/help.ts';
import { VERSION } from '../src/generated/package.ts';

/** The folder of the pages, relative to `dist/`. */
export const MAN_FOLDER = 'man';

const commands = (): [CommandName, Command][] => Object.entries(COMMANDS) as [CommandName, Command][]; // the table's own keys

/** Every page, by the name of its file. Deterministic: the pages bear the version, and no date. */
export function manPages(): ReadonlyMap<string, string> {
  const pages = commands().map(([name, command]) => [`glaive-${name}.1`, commandPage(name, command)] as const);
  return new Map([['glaive.1', generalPage()], ...pages]);
}

function generalPage(): string {
  const alone = (Object.entries(FLAGS) as [FlagName, Flag][]).filter(([, flag]) => flag.commands.length === 0); // the table's own keys
  return page('glaive', 'find leaked GitLab credentials', [
    '.SH SYNOPSIS',
    '.B glaive',
    '.I COMMAND',
    `[${italic('FLAGS')}] [${italic('ARGUMENTS')}]`,
    '.SH DESCRIPTION',
    line(
      'glaive finds leaked GitLab credentials, checks them offline by their checksum, and says what to do about them.',
    ),
    'Nothing is sent anywhere unless a flag asks for it, and no output contains a secret.',
    '.SH COMMANDS',
    ...commands().flatMap(([name, { summary }]) => ['.TP', `.BR ${escape(`glaive-${name}`)} (1)`, line(`${summary}.`)]),
    '.SH OPTIONS',
    ...alone.flatMap(([name, flag]) => flagEntry(name, flag)),
    '.SH EXIT STATUS',
    ...EXITS.flatMap(([code, meaning]) => ['.TP', bold(code), line(meaning)]),
    '.SH EXAMPLES',
    ...examples(COMMANDS.scan.examples),
  ]);
}

const EXITS = [
  ['0', 'Everything asked for was scanned, and nothing was found.'],
  ['1', 'There are findings.'],
  [
    '2',
    'Something could not be scanned, even if there are findings; or the command line or the configuration is wrong.',
  ],
  ['130', 'Interrupted.'],
] as const;

function commandPage(name: CommandName, { summary, args, examples: lines }: Command): string {
  const flags = flagsOf(name);
  const groups = Object.entries(GROUPS).flatMap(([group, title]) => {
    const own = flags.filter(([, flag]) => flag.group === group);
    return own.length === 0 ? [] : [`.SS ${title}`, ...own.flatMap(([flag, spec]) => flagEntry(flag, spec))];
  });
  const others = flags.length === 0 ? [] : ['.SH OPTIONS', ...groups];
  return page(`glaive-${name}`, summary[0]!.toLowerCase() + summary.slice(1), [
    '.SH SYNOPSIS',
    `.B glaive ${name}`,
    `[${italic('FLAGS')}]${args === '' ? '' : ` ${italic(args)}`}`,
    '.SH DESCRIPTION',
    ...paragraphsOf(name).flatMap((text, index) => [...(index === 0 ? [] : ['.PP']), line(text)]),
    ...others,
    '.SH EXAMPLES',
    ...examples(lines),
    '.SH SEE ALSO',
    '.BR glaive (1)',
  ]);
}

function page(name: string, purpose: string, body: readonly string[]): string {
  const head = [`.TH ${name.toUpperCase().replaceAll('-', '\\-')} 1 "" "glaive ${VERSION}" "User Commands"`];
  // Words are not broken, and lines not stretched: names of flags and files stay as they are.
  return `${[...head, '.nh', '.ad l', '.SH NAME', `${escape(name)} \\- ${escape(purpose)}`, ...body].join('\n')}\n`;
}

function flagEntry(name: string, { short, value, text, choices }: Flag): string[] {
  const names = [...(short === undefined ? [] : [`-${short}`]), `--${name}`].map(bold).join(', ');
  const one = choices === undefined ? [] : [line(`One of: ${choices.join(', ')}.`)];
  return ['.TP', `${names}${value === undefined ? '' : ` ${italic(value)}`}`, line(`${text}.`), ...one];
}

function examples(lines: Command['examples']): string[] {
  return lines.flatMap(([command, purpose], index) => [
    ...(index === 0 ? [] : ['.PP']),
    line(`${purpose}:`),
    '.PP',
    '.RS 4',
    '.nf',
    line(command),
    '.fi',
    '.RE',
  ]);
}

const bold = (text: string): string => `\\fB${escape(text)}\\fR`;
const italic = (text: string): string => `\\fI${escape(text)}\\fR`;

/** A line of text: one that begins like a request of troff gets a mark of no width before it. */
const line = (text: string): string => escape(text).replace(/^(?=[.'])/, '\\&');

const SPECIAL: Readonly<Record<string, string>> = {
  '\\': '\\e',
  '-': '\\-',
  "'": '\\(aq',
  '"': '\\(dq',
  '`': '\\(ga',
  '^': '\\(ha',
  '~': '\\(ti',
};

/** Text as troff shows it character by character: hyphens and quotes can be copied into a shell. */
function escape(text: string): string {
  return text.replace(/[\\\-'"`^~]|[^\n -~]/gu, (character) => {
    const code = character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
    return SPECIAL[character] ?? `\\[u${code}]`;
  });
}
