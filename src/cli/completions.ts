/** Shell completions, made from the flag table: commands, flags, and the values of flags that are choices. */

import { type Command, COMMANDS, type Flag, type FlagName, FLAGS } from './flags.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;

export type Shell = (typeof SHELLS)[number];

/** A script to source in the shell. */
export function completionScript(shell: Shell): string {
  return { bash, zsh, fish }[shell]();
}

const commands = (): [string, Command][] => Object.entries(COMMANDS);

const flagsOf = (command: Command): [FlagName, Flag][] => command.flags.map((name) => [name, FLAGS[name]]);

function bash(): string {
  const cases = commands().map(([name, command]) => {
    const words = [...command.flags.map((flag) => `--${flag}`), ...(command.words ?? [])];
    return `    ${name}) words='${words.join(' ')}' ;;`;
  });
  const choices = (Object.entries(FLAGS) as [string, Flag][])
    .filter(([, flag]) => flag.choices !== undefined)
    .map(
      ([name, flag]) =>
        `    --${name}) COMPREPLY=($(compgen -W '${flag.choices!.join(' ')}' -- "$current")); return ;;`,
    );
  return [
    '# bash completion for glaive; to use it: source <(glaive completions bash)',
    '_glaive() {',
    '  local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}" words=""',
    '  case "$previous" in',
    ...choices,
    '  esac',
    '  if [ "$COMP_CWORD" -eq 1 ]; then',
    `    COMPREPLY=($(compgen -W '${commands()
      .map(([name]) => name)
      .join(' ')}' -- "$current"))`,
    '    return',
    '  fi',
    '  case "${COMP_WORDS[1]}" in',
    ...cases,
    `    help) words='${commands()
      .map(([name]) => name)
      .join(' ')}' ;;`,
    '  esac',
    '  COMPREPLY=($(compgen -W "$words" -- "$current") $(compgen -f -- "$current"))',
    '}',
    'complete -o filenames -F _glaive glaive',
    '',
  ].join('\n');
}

function zsh(): string {
  const quote = (text: string): string => text.replace(/'/g, `'\\''`).replace(/[[\]:]/g, '\\$&');
  const cases = commands().map(([name, command]) => {
    const flags = flagsOf(command).map(([flag, { text, value, choices, repeatable }]) => {
      const action =
        value === undefined
          ? ''
          : `:${value.replace(/[[\]]/g, '')}:${choices === undefined ? '_files' : `(${choices.join(' ')})`}`;
      return `'${repeatable === true ? '*' : ''}--${flag}[${quote(text)}]${action}'`;
    });
    const rest =
      command.words === undefined ? `'*:file:_files'` : `'1:word:(${command.words.join(' ')})' '*:file:_files'`;
    return `    ${name}) _arguments ${[...flags, rest].join(' ')} ;;`;
  });
  return [
    '#compdef glaive',
    '# zsh completion for glaive; to use it: source <(glaive completions zsh)',
    '_glaive() {',
    '  if (( CURRENT == 2 )); then',
    '    local -a known',
    `    known=(${commands()
      .map(([name, command]) => `'${name}:${quote(command.summary)}'`)
      .join(' ')})`,
    "    _describe 'command' known",
    '    return',
    '  fi',
    '  local command=$words[2]',
    '  shift words; (( CURRENT-- ))',
    '  case $command in',
    ...cases,
    '  esac',
    '}',
    'compdef _glaive glaive',
    '',
  ].join('\n');
}

function fish(): string {
  const quote = (text: string): string => `'${text.replace(/['\\]/g, '\\$&')}'`;
  const lines = ['# fish completion for glaive', 'complete -c glaive -f'];
  for (const [name, command] of commands()) {
    lines.push(`complete -c glaive -n __fish_use_subcommand -a ${name} -d ${quote(command.summary)}`);
    const when = `-n '__fish_seen_subcommand_from ${name}'`;
    for (const [flag, { text, value, choices, short }] of flagsOf(command)) {
      const takes = value === undefined ? '' : choices === undefined ? ' -r -F' : ` -x -a ${quote(choices.join(' '))}`;
      lines.push(
        `complete -c glaive ${when} -l ${flag}${short === undefined ? '' : ` -s ${short}`}${takes} -d ${quote(text)}`,
      );
    }
    if (command.words === undefined) lines.push(`complete -c glaive ${when} -F`);
    else lines.push(`complete -c glaive ${when} -a ${quote(command.words.join(' '))}`);
  }
  return `${lines.join('\n')}\n`;
}
