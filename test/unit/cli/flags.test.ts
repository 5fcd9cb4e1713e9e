/** The table of flags: its rows fit together, and its values are read as they mean. */

import { describe, expect, it } from 'vitest';
import { COMMANDS, type CommandName } from '../../../src/cli/args/command-table.ts';
import { type Flag, type FlagName, FLAGS, flagsOf, needsOf } from '../../../src/cli/args/flags.ts';
import { argsFor, readArgs, switchesOf } from '../../../src/cli/args/parse.ts';

const names = Object.keys(COMMANDS) as CommandName[];
const rows = Object.entries(FLAGS) as [FlagName, Flag][];

describe('the table of flags', () => {
  it.each(names)('needs and conflicts of flags of %s are flags of the same command', (name) => {
    const taken = new Set<string>(flagsOf(name).map(([flag]) => flag));
    for (const [, flag] of flagsOf(name)) {
      const needs = needsOf(flag.needs, name);
      if (needs.length > 0) expect(needs.some((need) => taken.has(need))).toBe(true);
      for (const choice of Object.keys(flag.choiceNeeds ?? {})) expect(flag.choices).toContain(choice);
      for (const choice of Object.values(flag.choiceNeeds ?? {}))
        for (const need of needsOf(choice, name)) expect([...taken]).toContain(need);
      for (const conflict of flag.conflicts ?? []) expect(Object.keys(FLAGS)).toContain(conflict);
    }
  });

  it.each(rows)('--%s conflicts with flags that one of its commands takes', (_name, { commands, conflicts = [] }) => {
    for (const other of conflicts) {
      const theirs: readonly CommandName[] = FLAGS[other as FlagName].commands;
      expect(commands.some((command) => theirs.includes(command))).toBe(true);
    }
  });

  it('refuses flags that exclude each other, and flags without one that they need', () => {
    const refusals: [CommandName, string[], string][] = [
      [
        'scan',
        ['--show-unlikely', '--min-confidence', 'likely'],
        '--show-unlikely and --min-confidence cannot be used',
      ],
      ['history', ['--check', '--state', 'x'], '--check and --state cannot be used together'],
      ['history', ['--only-new'], '--only-new needs --state'],
      ['scan', ['--fail-on', 'active'], '--fail-on active needs --verify'],
      ['logs', ['--gitlab-url', 'https://x'], '--gitlab-url needs --project or --verify'],
      ['logs', ['--project', 'x', '--pipeline', '1', '--job', '2'], '--pipeline and --job cannot be used together'],
      ['init', ['--project', 'x'], '--project needs --vault'],
      ['hook', ['--server', 'x', '--hooks', 'pre-push'], '--server and --hooks cannot be used together'],
    ];
    for (const [command, argv, message] of refusals) expect(() => readArgs(command, argv)).toThrow(message);
    // Help is given whatever else is wrong with the flags.
    expect(readArgs('history', ['--only-new', '--help']).has('help')).toBe(true);
  });
});

describe('values', () => {
  it('are read once, and typed', () => {
    const args = readArgs('history', ['--max-blob', '10m', '--since', '2026-01-31', '--time-limit', '1.5']);
    expect(args.value('max-blob')).toBe(10 * 1024 * 1024);
    expect(args.value('since')?.date?.toISOString()).toBe('2026-01-31T00:00:00.000Z');
    expect(args.value('time-limit')).toBe(1.5);
    expect(readArgs('scan', ['--shard', '2/4']).value('shard')).toEqual({ index: 2, total: 4 });
    expect(readArgs('hook', ['--hooks', 'pre-push, commit-msg']).value('hooks')).toEqual(['pre-push', 'commit-msg']);
    expect(readArgs('scan', ['--threads', '2']).value('threads')).toBe(2);
    expect(readArgs('verify', ['--gitlab-url', 'https://a.example/']).values('gitlab-url')).toEqual([
      'https://a.example',
    ]);
    expect(readArgs('verify', ['--proxy', '']).value('proxy')).toBe('direct');
    expect(readArgs('verify', ['--token-from', 'vault:a/b@c']).value('token-from')).toMatchObject({ mount: 'c' });
    expect(readArgs('init', ['--hooks', 'none']).value('hooks')).toEqual([]);
    expect(readArgs('history', ['--refs', 'a', '--refs', 'b']).values('refs')).toEqual(['a', 'b']);
  });

  it.each([
    ['scan', '--time-limit', '0', '--time-limit must be a number of seconds, not "0"'],
    ['scan', '--shard', '5/4', '--shard must be a part like 2/4, not "5/4"'],
    ['scan', '--requests-per-hour', '0', '--requests-per-hour must be a number from 1 to 999999, not "0"'],
    ['history', '--max-blob', 'big', '--max-blob must be a size like 10m, not "big"'],
    ['accept', '--expires', '2027-13-01', '--expires must be a date like 2027-01-31, not "2027-13-01"'],
    ['logs', '--max', '-1', '--max'],
    ['scan', '--threads', '65', '--threads must be a number from 1 to 64, not "65"'],
    ['logs', '--since', 'main', '--since must be a date like 2026-01-31, not "main"'],
    ['verify', '--gitlab-url', 'http://gitlab.example.com', '--gitlab-url: only https:// is allowed'],
    ['verify', '--token-from', 'gitcredential', 'did you mean git-credential?'],
    ['logs', '--job', '007', '--job must be an id, not "007"'],
    ['hook', '--hooks', 'pre-comit', 'not "pre-comit"; did you mean pre-commit?'],
    ['report', '--merge-request', '', '--merge-request must be the number of a merge request, not ""'],
  ] as const)('%s %s %j is refused', (command, flag, value, message) => {
    expect(() => readArgs(command, [flag, value])).toThrow(message);
  });
});

describe('arguments that one command makes for another', () => {
  it('have the values they are made of', () => {
    const args = argsFor('diff', ['a..b'], { quiet: true, 'time-limit': 10, config: undefined });
    expect([args.command, args.positionals, args.has('quiet'), args.has('config')]).toEqual([
      'diff',
      ['a..b'],
      true,
      false,
    ]);
    expect(args.value('time-limit')).toBe(10);
    expect(switchesOf(args, ['quiet', 'debug'])).toEqual({ quiet: true });
  });
});
