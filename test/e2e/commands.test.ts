/** The small commands, as their users type them: help, version, explain, rules, completions. */

import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readBuiltinRules } from '../../scripts/builtin-rules.ts';
import { COMMANDS } from '../../src/cli/args/command-table.ts';
import { FLAGS, flagsOf } from '../../src/cli/args/flags.ts';
import { jsonWebToken, KINDS, Random, routableToken } from '../support/mint.ts';
import { glaive } from '../support/run-cli.ts';
import { runProgram } from '../support/run-program.ts';
import { fingerprintOf } from '../support/scan-report.ts';
import { tempFolder, writeFiles } from '../support/temp-folder.ts';

const root = join(import.meta.dirname, '..', '..');
const random = new Random(20261205);
const names = Object.keys(COMMANDS) as (keyof typeof COMMANDS)[];

describe('version and help', () => {
  it.each(['--version', '-V', 'version'])('%s', async (flag) => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(await glaive([flag])).toEqual({ code: 0, stdout: `glaive ${version}\n`, stderr: '' });
  });

  it.each(['--help', '-h', 'help'])('%s lists every command', async (word) => {
    const { code, stdout, stderr } = await glaive([word]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const name of names) expect(stdout).toMatch(new RegExp(`^  ${name} +\\S.{10}`, 'm'));
    expect(stdout).toContain('Usage: glaive COMMAND');
    expect(stdout).toContain('Examples:');
  });

  it('no command at all: the same, on standard error, and no success', async () => {
    const { stdout } = await glaive(['help']);
    expect(await glaive([])).toEqual({ code: 2, stdout: '', stderr: stdout });
  });

  it.each(names)('help %s lists its flags, with examples', async (name) => {
    const { code, stdout, stderr } = await glaive(['help', name]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`Usage: glaive ${name} ${COMMANDS[name].args}`.trimEnd());
    const words = stdout.replace(/\s+/g, ' ');
    for (const [flag, { text }] of flagsOf(name)) {
      expect(stdout).toContain(`--${flag}`);
      expect(words).toContain(text);
    }
    for (const [line] of COMMANDS[name].examples) expect(stdout).toContain(line);
    // However it is asked for, and whatever else is on the line.
    const other = COMMANDS[name].maxArgs < 1 ? [] : ['x'];
    for (const args of [
      [name, '--help'],
      [name, ...other, '--quiet', '--help'],
    ])
      expect(await glaive(args)).toEqual({ code: 0, stdout, stderr: '' });
    const short = await glaive([name, '-h']);
    expect(await glaive([name, ...other, '--quiet', '-h'])).toEqual(short);
    expect(short.stdout).toContain(`glaive help ${name} lists all flags.`);
  });
});

describe('explain', () => {
  const make = (kind: string): string => KINDS[kind]!.make(random, '');
  const routable = (prefix: string, payload: Record<string, number>): string =>
    routableToken(random, { prefix, payload, version: 'v1' });
  const jwt = (sub: string, exp: number): string =>
    jsonWebToken(random, { iss: 'gitlab.example.com', sub, exp, o: '1', u: '16', p: '2s' });
  const altered = (token: string): string => token.slice(0, -1) + (token.endsWith('1') ? '2' : '1');

  const cases: readonly [what: string, token: string, says: readonly RegExp[]][] = [
    [
      'a personal access token',
      make('pat legacy'),
      [
        /^type +GitLab personal access token \(gitlab_personal_access_token; legacy, 20 characters\)$/m,
        /^confidence +certain: /m,
        /^checksum +this form has none$/m,
        /^severity +critical$/m,
        /^belongs to +a person, a service account, or .* \(the token does not say which\)$/m,
        /^to revoke +Call DELETE \/api\/v4\/personal_access_tokens\/self/m,
      ],
    ],
    [
      'a routable one names its owner',
      routable('glpat-', { o: 1, u: 42, c: 7 }),
      [
        /^type +GitLab personal access token.*gitlab_personal_access_token_routable_versioned/m,
        /^confidence +proven: checksum matches$/m,
        /^checksum +valid: /m,
        /^belongs to +user 42, organization 1, cell 7$/m,
      ],
    ],
    [
      'one with a prefix that is not configured',
      routable('corp_secret_', { o: 1, u: 42 }),
      [/^confidence +proven/m, /^belongs to +user 42, organization 1$/m],
    ],
    [
      'one with a wrong checksum',
      altered(routable('glpat-', { o: 1, u: 42 })),
      [/^confidence +unlikely: /m, /^checksum +invalid: altered, cut, or invented$/m],
    ],
    [
      'ids beyond 2^53',
      routableToken(random, { prefix: 'glpat-', payload: { u: 2n ** 63n }, version: 'v1' }),
      [/user 9223372036854775808/],
    ],
    [
      'a runner token',
      routable('glrt-t3_', { o: 1, t: 3, u: 7, p: 99 }),
      [/gitlab_runner_auth_token_routable/, /^belongs to +project runner, user 7, project 99, organization 1$/m],
    ],
    ['a deploy token of a group', routable('gldt-', { o: 1, g: 5 }), [/gitlab_deploy_token/, /group 5/]],
    [
      'a job token that still lives',
      `glcbt-${jwt('gid://gitlab/Ci::Build/123', 1_900_000_000)}`,
      [
        /^type +GitLab CI.*job token.*gitlab_ci_build_token/im,
        /^belongs to +job 123, user 42, project 100, organization 1, on gitlab\.example\.com$/m,
        /^expires +2030-03-17T17:46:40Z \(unknown \(not checked\)\)$/m,
      ],
    ],
    [
      'a job token that is over',
      `glcbt-${jwt('gid://gitlab/Ci::Build/123', 1_700_000_000)}`,
      [/^severity +low$/m, /^expires +2023-11-14T22:13:20Z \(inactive \(expired\)\)$/m],
    ],
    ['a trigger token', make('trigger'), [/gitlab_pipeline_trigger_token/, /^confidence +certain/m]],
    ['a feed token', make('feed'), [/gitlab_feed_token_v2/]],
    ['an agent token', make('agent'), [/gitlab_kubernetes_agent_token/]],
    ['with white space around it', `\n  ${make('scim')}\t\n`, [/gitlab_scim_oauth_token/]],
    ['within a text', `curl -H 'PRIVATE-TOKEN: ${make('pat legacy')}' https://x`, [/gitlab_personal_access_token/]],
  ];
  it.each(cases)('%s', async (_what, token, says) => {
    const { code, stdout, stderr } = await glaive(['explain', '-'], { input: token });
    for (const expected of says) expect(stdout).toMatch(expected);
    expect(stdout).toMatch(/^fingerprint +[0-9a-f]{64}$/m);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    // Given as an argument it says the same, and warns; without any it reads standard input.
    const asArgument = await glaive(['explain', token]);
    expect(asArgument).toMatchObject({ code: 0, stdout });
    expect(asArgument.stderr).toMatch(
      /shell history and in the process list\.\n {2}Next time pipe it in: glaive explain -\n/,
    );
    expect(await glaive(['explain', token, '--quiet'])).toEqual({ code: 0, stdout, stderr: '' });
    expect(await glaive(['explain'], { input: token })).toEqual({ code: 0, stdout, stderr: '' });
  });

  it('several at once', async () => {
    const input = `${make('feed')}\n${make('scim')}\n${make('deploy')}\n`;
    const { stdout } = await glaive(['explain', '-'], { input });
    expect(stdout.match(/^type +.*$/gm)).toHaveLength(3);
  });

  it('in JSON', async () => {
    const token = routable('glpat-', { o: 1, u: 42 });
    const { code, stdout } = await glaive(['explain', '-', '--format', 'json'], { input: token });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      tokens: [
        {
          ruleId: 'gitlab_personal_access_token_routable_versioned',
          confidence: 'proven',
          checksum: 'fits',
          severity: 'critical',
          tokenStatus: 'unknown',
          facts: { organization: '1', user: '42' },
          revoke: [expect.stringContaining('DELETE'), expect.anything(), expect.anything()],
          secretFingerprint: fingerprintOf(token),
        },
      ],
      nearMisses: [],
    });
  });

  it('text that touches the end of a token is reported', async () => {
    const { code, stdout } = await glaive(['explain', '-'], { input: `gldt-${random.friendlyToken(20)}x` });
    expect(code).toBe(0);
    expect(stdout).toMatch(/GitLab deploy token/);
    expect(stdout).toMatch(/likely: .*more characters follow directly/);
  });

  it.each([
    [
      'cut short',
      'glpat-',
      19,
      /It has the prefix of a GitLab personal access token, but not its shape \(.*20 characters/,
    ],
    ['one too few', 'gldt-', 19, /It has the prefix of a GitLab deploy token, but not its shape/],
    ['without any prefix', '', 20, /^Not a credential that glaive knows\.\n$/],
    ['nothing', '', 0, /^Not a credential that glaive knows\.\n$/],
  ])('no token: %s', async (_what, prefix, length, says) => {
    const input = prefix + random.friendlyToken(length);
    const text = await glaive(['explain', '-'], { input });
    expect(text).toMatchObject({ code: 0, stderr: '' });
    expect(text.stdout).toMatch(/^Not a credential that glaive knows\.\n/);
    expect(text.stdout).toMatch(says);
    const { tokens, nearMisses } = JSON.parse((await glaive(['explain', '-', '--format', 'json'], { input })).stdout);
    expect(tokens).toEqual([]);
    expect(nearMisses.length > 0).toBe(prefix !== '');
  });

  it('neither a token nor a file', async () => {
    const ran = await glaive(['explain', 'some text']);
    expect(ran).toMatchObject({ code: 0, stdout: 'Not a credential that glaive knows.\n' });
    expect(ran.stderr).toContain('glaive: no file has that name either\n');
    expect((await glaive(['explain', '-'], { input: 'x' })).stderr).toBe('');
  });

  it('a whole file is too much', async () => {
    const ran = await glaive(['explain', '-'], { input: 'x'.repeat(70_000) });
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toMatch(/explain: the input is longer than any token\n {2}To scan a text: glaive scan -\./);
  });
});

describe('rules', () => {
  const builtin = readBuiltinRules(root);

  it('list', async () => {
    const { code, stdout, stderr } = await glaive(['rules', 'list']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = stdout.trimEnd().split('\n');
    expect(lines.map((line) => line.split(/ {2,}/)[0])).toEqual(builtin.map(({ id }) => id).toSorted());
    for (const line of lines) expect(line).toMatch(/^\S+ +(?:critical|high|medium|low|info) +[A-Z]/);
  });

  it('list in JSON', async () => {
    const { code, stdout } = await glaive(['rules', 'list', '--format', 'json']);
    expect(code).toBe(0);
    const listed: { id: string; severity: string; forms: string[]; revoke: string[] }[] = JSON.parse(stdout);
    expect(listed.map(({ id }) => id)).toEqual(builtin.map(({ id }) => id).toSorted());
    for (const { severity, forms, revoke } of listed) {
      expect(severity).toMatch(/^(?:critical|high|medium|low|info)$/);
      expect(forms.length).toBeGreaterThan(0);
      expect(revoke.length).toBeGreaterThan(0);
    }
  });

  it('test proves the built-in rules', async () => {
    const { code, stdout, stderr } = await glaive(['rules', 'test']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`^${builtin.length} rules, (\\d+) examples: \\1 passed, 0 failed\\n$`));
  });

  const good = `family = "mine"

[[rule]]
id = "my_rule"
name = "My rule"
description = "A token of our own."
impact = "Opens the door."
owner = "a user"
lifetime = "for ever"
risk = "write"
revoke = ["Change the lock."]
references = ["https://example.com/"]

[[rule.form]]
name = "only"
keywords = ["mytok_"]
pattern = '''mytok_[0-9a-f]{16}(?![0-9a-f])'''
examples = ['token: «mytok_{hex:16}»']
counterexamples = ['mytok_{hex:15}']
`;
  const cases: readonly [what: string, text: string, code: number, stdout: RegExp, stderr: RegExp][] = [
    ['a good file', good, 0, /^1 rules?, 2 examples: 2 passed, 0 failed\n$/, /^$/],
    ['broken TOML', good.replace('name = "My rule"', 'name = "My rule'), 2, /^$/, /^glaive: mine\.toml:5:\d+: /],
    ['no TOML at all', '{"family": "x"}\n', 2, /^$/, /^glaive: mine\.toml:1:\d+: /],
    ['an empty file', '', 2, /^$/, /^glaive: mine\.toml: family: /],
    ['a wrong key', good.replace('impact =', 'inpact ='), 2, /^$/, /^glaive: mine\.toml(?::\d+)?: .*i[mn]pact/],
    ['a wrong value', good.replace('"write"', '"huge"'), 2, /^$/, /^glaive: mine\.toml(?::\d+)?: rule\.0\.risk: /],
    [
      'an invalid pattern',
      good.replace('[0-9a-f]{16}(', '[0-9a-f{16}('),
      2,
      /^$/,
      /rule my_rule: form "only": pattern: /,
    ],
    ['two rules of one name', good + good.replace(/^family.*\n/, ''), 2, /^$/, /my_rule/],
    [
      'an example that is not found',
      good.replace('«mytok_{hex:16}»', '«mytok_{hex:17}»'),
      2,
      /^my_rule, form "only": the secret was not found\n {2}token: «mytok_\{hex:17\}»\n.* 1 passed, 1 failed\n$/,
      /^glaive: 1 of 2 examples failed\n {2}Fix the rule, or the example\.\n$/,
    ],
    [
      'an example that is found in part',
      good.replace('(?![0-9a-f])', '').replace('«mytok_{hex:16}»', '«mytok_{hex:17}»'),
      2,
      /^my_rule, form "only": the secret is bytes 7-30, found were 7-29\n/,
      /1 of 2 examples failed/,
    ],
    [
      'a pattern that backtracks badly',
      good.replace('(?![0-9a-f])', '(?![0-9a-f])(?: (?:a+)+b)?'),
      2,
      /my_rule, form "only": the pattern backtracks \(exponential\), as on /,
      /1 pattern could take very long on some texts/,
    ],
    [
      'a counterexample that is found',
      good.replace('{hex:15}', '{hex:16}'),
      2,
      /^my_rule, form "only": the counterexample was found, by my_rule\n {2}mytok_\{hex:16\}\n/,
      /1 of 2 examples failed/,
    ],
  ];
  it.each(cases)('test FILE: %s', async (_what, text, code, stdout, stderr) => {
    const folder = tempFolder();
    writeFiles(folder, { 'mine.toml': text });
    const ran = await glaive(['rules', 'test', 'mine.toml'], { cwd: folder });
    expect(ran.stderr).toMatch(stderr);
    expect(ran.stdout).toMatch(stdout);
    expect(ran.code).toBe(code);
    expect(ran.stderr).not.toMatch(/\n\s+at |internal error/);
  });

  it.each([
    ['missing.toml', /cannot read the rule file missing\.toml: no such file\n {2}Check the spelling/],
    ['.', /cannot read the rule file \.: it is a folder\n/],
  ])('test FILE: %s cannot be read', async (file, says) => {
    const ran = await glaive(['rules', 'test', file], { cwd: tempFolder() });
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toMatch(says);
  });
});

describe('completions', () => {
  const scriptOf = async (shell: string): Promise<string> => {
    const { code, stdout, stderr } = await glaive(['completions', shell]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return stdout;
  };
  const has = (shell: string): boolean => spawnSync(shell, ['-c', 'exit 0']).status === 0;

  it.each(['bash', 'zsh', 'fish'])('%s: every command, every flag, every choice', async (shell) => {
    const script = await scriptOf(shell);
    for (const name of names) expect(script).toContain(name);
    for (const [name, flag] of Object.entries(FLAGS)) {
      if (name === 'version') continue; // comes before any command
      expect(script).toContain(shell === 'fish' ? `-l ${name}` : `--${name}`);
      if ('choices' in flag) expect(script).toContain(flag.choices.join(' '));
    }
  });

  it.skipIf(!has('bash')).each(['bash', 'zsh', 'fish'])('%s accepts its own script', async (shell) => {
    if (!has(shell)) return;
    const file = join(tempFolder(), 'script');
    writeFileSync(file, await scriptOf(shell));
    expect(await runProgram(shell, ['-n', file])).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  const formats = FLAGS.format.choices.join(' ');
  const cases: readonly [typed: readonly string[], offered: string][] = [
    [['sc'], 'scan'],
    [['ex'], 'explain'],
    [[''], `${names.join(' ')} --help --version`],
    [['zzz'], ''],
    [['help', 'sc'], 'scan'],
    [['help', ''], names.join(' ')],
    [['scan', '--for'], '--format'],
    [['scan', '--format', ''], formats],
    [['scan', '--format', 'js'], 'json jsonl'],
    [['scan', '--format', '='], formats],
    [['scan', '--format', '=', 'sa'], 'sarif'],
    [['scan', 'src', '--fail-on', ''], 'likely certain active'],
    [
      ['scan', '-'],
      flagsOf('scan')
        .map(([flag]) => `--${flag}`)
        .join(' '),
    ],
    [['scan', 'src', '--no'], '--no-color'],
    [['explain', '--str'], ''],
    [['rules', ''], 'list test'],
    [['rules', 'te'], 'test'],
    [['completions', 'z'], 'zsh'],
    // Nothing offered: bash completes file names, with quotes where they need them.
    [['scan', ''], ''],
    [['scan', 'my'], ''],
    [['scan', '--output', 'my'], ''],
    [['rules', 'test', 'my'], ''],
  ];
  it.skipIf(!has('bash')).each(cases)('bash: glaive %j', async (typed, offered) => {
    const folder = tempFolder();
    writeFiles(folder, { 'completions.bash': await scriptOf('bash'), 'my file.txt': '', '*': '' });
    const program =
      'source ./completions.bash; COMP_WORDS=(glaive "$@"); COMP_CWORD=$#; _glaive; printf "%s\\n" "${COMPREPLY[@]}"';
    const ran = await runProgram('bash', ['--norc', '-c', program, 'bash', ...typed], { cwd: folder });
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout.trimEnd().split('\n').join(' ')).toBe(offered);
  });

  it.skipIf(!has('bash'))('bash asks for them, and falls back to file names', async () => {
    const program = `${await scriptOf('bash')}\ncomplete -p glaive`;
    const { stdout } = await runProgram('bash', ['--norc', '-c', program]);
    expect(stdout).toBe('complete -o default -F _glaive glaive\n');
  });
});
