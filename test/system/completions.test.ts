/** The completion scripts, in real shells without any configuration. */

import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { completionScript, type Shell } from '../../src/cli/args/completion-script.ts';
import { tempFolder, writeFiles } from '../support/temp-folder.ts';

const NO_CONFIGURATION = { bash: ['--norc', '--noprofile', '-c'], zsh: ['-f', '-c'], fish: ['-N', '-c'] } as const;

const isInstalled = (shell: Shell): boolean => spawnSync(shell, ['-c', ':']).status === 0;

/** What a shell prints and complains about after it has loaded its script. */
function inShell(shell: Shell, program: string): string[] {
  const cwd = tempFolder();
  writeFiles(cwd, { script: completionScript(shell) });
  const output = execFileSync(shell, [...NO_CONFIGURATION[shell], `source ./script; ${program}`, shell], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'], HOME: cwd, XDG_CONFIG_HOME: join(cwd, 'config') },
  });
  return output.split('\n').filter((line) => line !== '');
}

describe.runIf(isInstalled('bash'))('bash', () => {
  it.each([
    ['(glaive his)', 1, ['history']],
    ['(glaive hook ins)', 2, ['install']],
    ['(glaive scan --format js)', 3, ['json', 'jsonl']],
    ['(glaive scan --output sa)', 3, ['sarif=']],
    ['(glaive report -o sa)', 3, ['sarif=']],
  ])('completes %s', (words, at, expected) => {
    const print = 'printf "%s\\n" "${COMPREPLY[@]}"';
    expect(inShell('bash', `COMP_WORDS=${words}; COMP_CWORD=${at}; _glaive; ${print}`)).toEqual(expected);
  });
});

describe.runIf(isInstalled('zsh'))('zsh', () => {
  it('loads before or without compinit, and after it', () => {
    expect(inShell('zsh', 'print -r -- $_comps[glaive]')).toEqual(['_glaive']);
    expect(inShell('zsh', 'autoload -Uz compinit; compinit -D; source ./script; print $_comps[glaive]')).toEqual([
      '_glaive',
    ]);
  });

  it('completes in a terminal', () => {
    // A terminal of its own: the module zpty.
    const program = [
      'zmodload zsh/zpty || exit 0',
      'zpty -b shell zsh -f -i',
      'ask() { zpty -w shell "$1"; repeat 100 { sleep 0.05; zpty -rt shell part && seen+=$part; [[ $seen == *$2* ]] && { print found $2; return; } }; print missing $2 in ${(qqqq)seen}; }',
      "ask 'PS1=; unsetopt beep; source ./script; print re''ady' ready",
      "ask $'glaive his\\t' history",
    ].join('\n');
    for (const line of inShell('zsh', program)) expect(line).toMatch(/^found /);
  });
});

describe.runIf(isInstalled('fish'))('fish', () => {
  it.each([
    ['glaive his', ['history']],
    ['glaive hook ins', ['install']],
    ['glaive scan --output js', ['json=', 'jsonl=']],
  ])('completes %s', (line, expected) => {
    const offered = inShell('fish', `complete -C '${line}'`).map((each) => each.split('\t')[0]);
    expect(offered).toEqual(expected);
  });
});
