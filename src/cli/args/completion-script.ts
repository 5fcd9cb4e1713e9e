/** Shell completions, made from the flag table: commands, flags, and the values of flags that are choices. */

import { type Command, COMMANDS, type CommandName } from './command-table.ts';
import { flagsOf } from './flags.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;

export type Shell = (typeof SHELLS)[number];

/** A script to source in the shell. */
export function completionScript(shell: Shell): string {
  return { bash, zsh, fish }[shell]();
}

const commands = (): [CommandName, Command][] => Object.entries(COMMANDS) as [CommandName, Command][]; // the table's own keys

function bash(): string {
  const names = commands().map(([name]) => name);
  const cases = commands().map(([name, command]) => {
    const flags = flagsOf(name).map(([flag]) => `--${flag}`);
    const first = name === 'help' ? names : (command.words ?? []);
    return `    ${name}) flags='${flags.join(' ')}' first='${first.join(' ')}' ;;`;
  });
  const choices = commands().flatMap(([name]) =>
    flagsOf(name).flatMap(([flag, { choices: words }]) =>
      words === undefined ? [] : [`    '${name} --${flag}') words='${words.join(' ')}' ;;`],
    ),
  );
  return [
    '# bash completion for glaive; to use it: source <(glaive completions bash)',
    '_glaive() {',
    '  local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}" words="" flags="" first=""',
    // Readline makes the = of --flag=value a separate word.
    '  if [ "$current" = "=" ]; then current=""',
    '  elif [ "$previous" = "=" ]; then previous="${COMP_WORDS[COMP_CWORD-2]}"',
    '  fi',
    '  case "${COMP_WORDS[1]}" in',
    ...cases,
    '  esac',
    '  case "${COMP_WORDS[1]} $previous" in',
    ...choices,
    '  esac',
    '  if [ -n "$words" ]; then :',
    `  elif [ "$COMP_CWORD" -eq 1 ]; then words='${names.join(' ')} --help --version'`,
    '  elif [[ "$current" == -* ]]; then words="$flags"',
    '  elif [ "$COMP_CWORD" -eq 2 ]; then words="$first"',
    '  fi',
    // Without an offer, bash completes file names, and quotes them.
    '  COMPREPLY=()',
    '  if [ -n "$words" ]; then COMPREPLY=($(compgen -W "$words" -- "$current")); fi',
    '}',
    'complete -o default -F _glaive glaive',
    '',
  ].join('\n');
}

function zsh(): string {
  const quote = (text: string): string => text.replace(/'/g, `'\\''`).replace(/[[\]:]/g, '\\$&');
  const cases = commands().map(([name, command]) => {
    const flags = flagsOf(name).map(([flag, { text, value, choices, repeatable }]) => {
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
    for (const [flag, { text, value, choices, short }] of flagsOf(name)) {
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
