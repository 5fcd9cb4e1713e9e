/** Shell completions, made from the flag table: commands, flags, and the values of flags that are choices. */

import { type Command, COMMANDS, type CommandName } from './command-table.ts';
import { FORMATS } from '../../report/index.ts';
import { type Flag, flagsOf } from './flags.ts';
import { firstPart } from './help.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;

export type Shell = (typeof SHELLS)[number];

/** A script to source in the shell. */
export function completionScript(shell: Shell): string {
  return { bash, zsh, fish }[shell]();
}

const commands = (): [CommandName, Command][] => Object.entries(COMMANDS) as [CommandName, Command][]; // the table's own keys

/** `json=` and the like, where a flag takes `FORMAT=FILE`. */
function prefixesOf({ value }: Flag): string[] {
  return value?.startsWith('[FORMAT=]') === true ? Object.keys(FORMATS).map((name) => `${name}=`) : [];
}

function bash(): string {
  const names = commands().map(([name]) => name);
  const cases = commands().map(([name, command]) => {
    const flags = flagsOf(name).map(([flag]) => `--${flag}`);
    const first = name === 'help' ? names : (command.words ?? []);
    return `    ${name}) flags='${flags.join(' ')}' first='${first.join(' ')}' ;;`;
  });
  const choices = commands().flatMap(([name]) =>
    flagsOf(name).flatMap(([flag, spec]) => {
      const prefixes = prefixesOf(spec);
      if (prefixes.length > 0) {
        const patterns = [`--${flag}`, ...(spec.short === undefined ? [] : [`-${spec.short}`])];
        const words = patterns.map((pattern) => `'${name} ${pattern}'`).join('|');
        return [`    ${words}) words='${prefixes.join(' ')}'; compopt -o nospace 2>/dev/null ;;`];
      }
      return spec.choices === undefined ? [] : [`    '${name} --${flag}') words='${spec.choices.join(' ')}' ;;`];
    }),
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
    const flags = flagsOf(name).map(([flag, spec]) => {
      const { text, value, choices, repeatable } = spec;
      const files = prefixesOf(spec).length > 0 ? '_glaive_report' : '_files';
      const action =
        value === undefined
          ? ''
          : `:${value.replace(/[[\]]/g, '')}:${choices === undefined ? files : `(${choices.join(' ')})`}`;
      return `'${repeatable === true ? '*' : ''}--${flag}[${quote(firstPart(text))}]${action}'`;
    });
    const rest =
      command.words === undefined ? `'*:file:_files'` : `'1:word:(${command.words.join(' ')})' '*:file:_files'`;
    return `    ${name}) _arguments ${[...flags, rest].join(' ')} ;;`;
  });
  return [
    '#compdef glaive',
    '# zsh completion for glaive; to use it: source <(glaive completions zsh)',
    '_glaive_report() {',
    "  if compset -P '*='; then _files; return; fi",
    `  _alternative 'formats:format:compadd -S "=" -q - ${Object.keys(FORMATS).join(' ')}' 'files:file:_files'`,
    '}',
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
    // As a file in $fpath it is the body of the function; sourced, it may be before compinit, or without.
    'if [[ $funcstack[1] == _glaive ]]; then',
    '  _glaive "$@"',
    'else',
    '  (( $+functions[compdef] )) || { autoload -Uz compinit && compinit -D -i; }',
    '  compdef _glaive glaive',
    'fi',
    '',
  ].join('\n');
}

function fish(): string {
  const quote = (text: string): string => `'${text.replace(/['\\]/g, '\\$&')}'`;
  const lines = ['# fish completion for glaive', 'complete -c glaive -f'];
  for (const [name, command] of commands()) {
    lines.push(`complete -c glaive -n __fish_use_subcommand -a ${name} -d ${quote(command.summary)}`);
    const when = `-n '__fish_seen_subcommand_from ${name}'`;
    for (const [flag, spec] of flagsOf(name)) {
      const { text, value, choices, short } = spec;
      const prefixes = prefixesOf(spec);
      const offered = prefixes.length === 0 ? '' : ` -a ${quote(prefixes.join(' '))}`;
      const takes =
        value === undefined ? '' : choices === undefined ? ` -r -F${offered}` : ` -x -a ${quote(choices.join(' '))}`;
      lines.push(
        `complete -c glaive ${when} -l ${flag}${short === undefined ? '' : ` -s ${short}`}${takes} -d ${quote(firstPart(text))}`,
      );
    }
    if (command.words === undefined) lines.push(`complete -c glaive ${when} -F`);
    else lines.push(`complete -c glaive ${when} -a ${quote(command.words.join(' '))}`);
  }
  return `${lines.join('\n')}\n`;
}
