/**
 * A secret never leaves by glaive's own door. One token of every kind is planted in files, names, standard input and
 * arguments, and must turn up nowhere: no output, no error, no written file, no argument or variable of a process.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withFakeGit } from '../support/fake-git.ts';
import { contentOf, type Planted, plantAll, watch } from '../support/leak-watch.ts';
import { glaive, type Ran, type RunOptions } from '../support/run-cli.ts';
import { IS_LONG, some } from '../support/runs.ts';
import { parseReport } from '../support/scan-report.ts';
import { FORMATS as ALL_FORMATS } from '../../src/report/index.ts';
import { git, tempFolder, tempRepository, writeFiles } from '../support/temp-folder.ts';

const planted = plantAll(20261204);
const leaksIn = watch(planted);
const FORMATS = Object.keys(ALL_FORMATS);
/** Flags that make reports say more. */
const LOUD = ['--show-unlikely', '--show-suppressed', '--strict', '--debug'];
const ALL_FLAGS = [[], LOUD, ['--quiet']];

/** A place where everything that glaive and its children do leaves a trace. */
const observed = () => {
  const places = { TMPDIR: tempFolder(), HOME: tempFolder(), XDG_CACHE_HOME: tempFolder() };
  const log = join(tempFolder(), 'git.log');
  writeFileSync(log, '');
  const fake = withFakeGit(`{ printf '%s\\n' "$@"; cat "/proc/$$/environ"; echo; } >>'${log}'\nexec "$REAL_GIT" "$@"`);
  return {
    env: { ...places, ...fake },
    gitLog: () => readFileSync(log, 'latin1'),
    /** What was left in the places for temporary files and settings. */
    leftBehind: () => Object.values(places).map(contentOf).join(''),
  };
};

/** Runs glaive several times, a few at once; whatever it prints must be free of secrets. */
const runAll = async (lines: readonly (readonly string[])[], options: RunOptions): Promise<Ran[]> => {
  const { env, leftBehind, gitLog } = observed();
  const results: Ran[] = [];
  const leaks: object[] = [];
  const waiting = [...lines.entries()];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, args] = next;
      const ran = await glaive(args, { ...options, env: { ...env, ...options.env } });
      results[index] = ran;
      const kinds = leaksIn(ran.stdout + ran.stderr);
      // The tokens of a failing run are left out: this goes to a log, too.
      if (kinds.length > 0) leaks.push({ kinds, line: args.map((arg) => arg.slice(0, 12)).join(' ') });
    }
  };
  await Promise.all([work(), work(), work()]);
  expect(leaks).toEqual([]);
  expect(leaksIn(leftBehind())).toEqual([]);
  expect(leaksIn(gitLog())).toEqual([]);
  return results;
};

const codesOf = (results: readonly Ran[]): unknown[] => [...new Set(results.map(({ code }) => code))];

/** A name for a file with a secret in it; undefined where no file can be called so. */
const nameWith = ({ token, text, marked }: Planted): string | undefined => {
  const name = marked
    ? `a-${token}.txt`
    : text
        .trim()
        .split(/[\n/?&;]/)
        .find((part) => part.includes(token));
  return name === undefined || name.includes('/') || Buffer.byteLength(name) > 250 ? undefined : name;
};

/** Files with every secret: alone, many on a line, cut and grown, between NULs, and in names. */
const plantFiles = (root: string): void => {
  const clip = (text: string): string => text.replaceAll('\n', ' ');
  writeFiles(root, {
    'lines.txt': planted.map(({ text }) => `${text}\n`).join(''),
    'one-line.txt': planted.map(({ text }) => clip(text)).join(' '),
    'pairs.txt': planted.map(({ text }, index) => `${clip(text)} ${clip(planted.at(index - 1)!.text)}\n`).join(''),
    'grown.txt': planted.map(({ token, text }) => `${clip(text).replace(token, `${token}x`)} ${clip(text)}\n`).join(''),
    'binary.bin': planted.map(({ text }) => `\0\0${text}\0`).join(''),
    'crlf.txt': planted.map(({ text }) => `\x1b[1m${clip(text)}\x1b[0m\r\n`).join(''),
  });
  for (const [index, one] of planted.entries()) {
    const name = nameWith(one);
    if (name !== undefined) writeFiles(root, { [`names/${index}/${name}`]: `${one.text}\n` });
    if (name !== undefined && index % 5 === 0) writeFiles(root, { [`folders/${name}/in.txt`]: 'nothing\n' });
  }
};

describe('the watch itself', () => {
  it('has every kind, and sees eight bytes of it', () => {
    expect(planted.length).toBeGreaterThan(55);
    for (const { kind, token } of planted) {
      expect(leaksIn(`… ${token.slice(-9, -1)} …`).concat(/^\d+$/.test(token.slice(-9, -1)) ? kind : [])).toContain(
        kind,
      );
    }
    expect(planted.filter((one) => nameWith(one) !== undefined).length).toBeGreaterThan(50);
  });
});

describe('scan', () => {
  it.each(['in git', 'outside git'])('every format, everything planted, %s', { timeout: 60_000 }, async (where) => {
    const root = where === 'in git' ? tempRepository() : tempFolder();
    const formats = where === 'in git' ? FORMATS : some(FORMATS, 2);
    plantFiles(root);
    if (where === 'in git') git(root, 'add', '--all');
    const results = await runAll(
      [['scan', '--format', 'json'], ...formats.map((format) => ['scan', '--format', format, ...LOUD])],
      { cwd: root },
    );
    const { findings } = parseReport(results[0]!);
    // All of it was found, so all of it had to be masked.
    const rules = new Set(findings.filter(({ artifact }) => artifact.uri === 'lines.txt').map(({ ruleId }) => ruleId));
    expect(rules.size).toBeGreaterThan(20);
    expect(findings.filter(({ artifact }) => artifact.kind === 'file-name').length).toBeGreaterThan(50);
  });

  it('every format, standard input', async () => {
    const input = planted.map(({ text }) => `${text}\n`).join('');
    const lines = FORMATS.map((format) => ['scan', '-', '--show-unlikely', '--format', format]);
    expect(codesOf(await runAll(lines, { input }))).toEqual([1]);
  });

  it('names with secrets that cannot be scanned', async () => {
    const names = planted.flatMap((one) => nameWith(one) ?? []);
    const lines = FORMATS.map((format) => ['scan', ...names.map((name) => `./${name}`), '--format', format]);
    expect(codesOf(await runAll(lines, { cwd: tempFolder() }))).toEqual([2]);
    // Git itself speaks of them, in an error of its own.
    const root = tempFolder();
    for (const name of names.slice(0, 5)) writeFiles(root, { [`${name}/.git/HEAD`]: 'rubbish', [`${name}/a`]: 'x' });
    const byName = await runAll(
      names.slice(0, 5).map((name) => ['scan', name]),
      { cwd: root },
    );
    const within = await runAll([['scan'], ['scan', 'a', 'b']], { cwd: join(root, names[0]!) });
    expect(codesOf([...byName, ...within])).toEqual([2]);
  });

  it('a folder of that name inside a repository is not passed to git', async () => {
    const root = tempRepository();
    const names = planted.flatMap((one) => nameWith(one) ?? []).slice(0, 8);
    for (const name of names) writeFiles(root, { [`${name}/a`]: 'x' });
    expect(codesOf(await runAll([['scan', ...names]], { cwd: root }))).toEqual([1]);
  });
});

/** Every format into a file of its own, from one run. */
const intoFiles = (folder: string): string[] =>
  FORMATS.flatMap((format) => ['--output', `${format}=${join(folder, format)}`]);

describe('every format, into files', () => {
  it('of every layer, whatever the flags', { timeout: 120_000 }, async () => {
    const root = tempRepository({ 'nothing.txt': 'nothing\n' });
    plantFiles(root);
    git(root, 'add', '--all');
    const log = join(tempFolder(), 'job.log');
    const lines = planted.map(({ text }) => `2026-08-22T00:00:02.000001Z 01O ${text.replaceAll('\n', ' ')}\n`);
    writeFileSync(log, lines.join(''));
    const [one, two] = planted.filter(({ marked }) => marked);
    const look = async (
      args: readonly string[],
      flagSets: readonly (readonly string[])[] = IS_LONG ? ALL_FLAGS : [LOUD],
    ) => {
      for (const flags of flagSets) {
        const outputs = tempFolder();
        const [ran] = await runAll([[...args, ...flags, ...intoFiles(outputs)]], { cwd: root });
        expect(ran!.code).toBeOneOf([1, 2]);
        expect(leaksIn(contentOf(outputs))).toEqual([]);
        expect(contentOf(outputs).length).toBeGreaterThan(100_000);
      }
    };
    await look(['scan'], ALL_FLAGS);
    await look(['staged']);
    await look(['logs', log]);
    git(root, 'commit', '-qm', `all of it\n\n${one!.token} ${two!.token}`);
    await look(['diff', 'HEAD~..HEAD'], some([['--new-suppressions', 'fail'], LOUD], 1));
    git(root, 'tag', `v-${one!.token}`);
    await look(['history']);
  });

  it('of what is accepted, and of what a report is made of', { timeout: 60_000 }, async () => {
    const root = tempFolder();
    plantFiles(root);
    const [kept, converted, accepted] = [tempFolder(), tempFolder(), tempFolder()];
    const inputs = ['json', 'jsonl', 'sarif'].map((format) => join(kept, format));
    await runAll([['scan', ...intoFiles(kept)]], { cwd: root });
    await runAll([['report', ...inputs, ...intoFiles(converted)]], { cwd: root });
    await runAll([['baseline', '--yes', '--reason', `holds ${planted[0]!.token}`]], { cwd: root });
    await runAll([['scan', ...LOUD, ...intoFiles(accepted)]], { cwd: root });
    for (const folder of [converted, accepted]) expect(contentOf(folder).length).toBeGreaterThan(100_000);
    expect(leaksIn([kept, converted, accepted].map(contentOf).join(''))).toEqual([]);
    expect(leaksIn(readFileSync(join(root, '.glaive-baseline'), 'latin1'))).toEqual([]);
  });
});

describe('explain', () => {
  it('a token at a time, as an argument', async () => {
    const lines = planted.map(({ token }) => ['explain', '--', token]);
    expect(codesOf(await runAll(lines, {}))).toEqual([0]);
  });

  it('a text with many of them', async () => {
    const input = planted.map(({ text }) => text).join('\n');
    const lines = [['explain', '-'], ['explain', '-', '--format', 'json'], ['explain']];
    expect(codesOf(await runAll(lines, { input }))).toEqual([0]);
  });

  it('what is nearly a token', async () => {
    for (const cut of [(token: string) => token.slice(0, -1), (token: string) => `${token}x`]) {
      const input = planted.map(({ token }) => cut(token)).join('\n');
      expect(codesOf(await runAll([['explain', '-']], { input }))).toEqual([0]);
    }
  });
});

describe('a token in the wrong place', () => {
  /** Where a word is not shown at all when it may be a secret, whatever it looks like. */
  const anyToken: readonly ((token: string) => readonly string[])[] = [
    (token) => [token],
    (token) => [token, '--debug'],
    (token) => ['help', token],
    (token) => ['scan', '--format', token],
    (token) => ['scan', `--min-confidence=${token}`],
    (token) => ['scan', `--time-limit=${token}`],
    (token) => ['scan', `--${token}`],
    (token) => ['scan', `--quiet=${token}`],
    (token) => ['rules', token],
    (token) => ['rules', 'list', token],
    (token) => ['completions', token],
    (token) => ['explain', '--', token, token],
    (token) => ['explain', '--format', token],
    (token) => [`--token=${token}`],
  ];
  /** Where a path is meant: a path must be named, and a token without any mark looks like one. */
  const markedToken: readonly ((token: string) => readonly string[])[] = [
    (token) => ['scan', '--', token],
    (token) => ['scan', '--output', `/missing/${token}`, 'x'],
    (token) => ['scan', '--output', `sarif=/missing/${token}`, 'x', '--debug'],
    (token) => ['scan', `--output=a`, `--output=${token}`, `--output=${token}`],
    (token) => ['rules', 'test', '--', token],
  ];

  it('is not repeated', { timeout: 90_000 }, async () => {
    const lines = planted.flatMap(({ token, marked }, index) => [
      // Each kind as a command, and in a few other places; between them the kinds go through all.
      [token],
      ...Array.from({ length: 3 }, (_, turn) => anyToken[(index * 3 + turn) % anyToken.length]!(token)),
      ...(marked ? [0, 1].map((turn) => markedToken[(index * 2 + turn) % markedToken.length]!(token)) : []),
    ]);
    const results = await runAll(lines, { cwd: tempFolder() });
    expect(codesOf(results)).toEqual([2]);
    expect(results.length).toBeGreaterThan(300);
    for (const { stderr } of results) expect(stderr).toMatch(/^glaive: /);
  });
});

describe('rules test', () => {
  const ruleFile = (example: string, counterexample: string): string => `
family = "custom"
[[rule]]
id = "a_rule"
name = "A rule"
description = "d"
impact = "i"
owner = "o"
lifetime = "l"
risk = "write"
revoke = ["r"]
references = ["https://example.com/"]
[[rule.form]]
name = "form"
keywords = ["word_"]
pattern = '''word_[a-z]{8}'''
examples = ['''${example}''']
counterexamples = ['''${counterexample}''']
`;

  it('an example that holds a token', async () => {
    const folder = tempFolder();
    const all = planted.map(({ text }) => text.replaceAll('\n', ' ')).join(' ');
    writeFiles(folder, {
      'example.toml': ruleFile(`«${all}»`, 'none'),
      'counterexample.toml': ruleFile('«word_zkqwvjhr»', `${all} word_zkqwvjhr`),
      'unmarked.toml': ruleFile(all, 'none'),
      'broken.toml': `family = "custom"\nx = "${all}"\n${all}`,
      'key.toml': `family = "${planted[0]!.token}"\n"${planted[1]!.token}" = "${planted[2]!.token}"\n`,
      'id.toml': ruleFile('«word_zkqwvjhr»', 'none').replace('a_rule', planted[0]!.token),
      'pattern.toml': ruleFile('«word_zkqwvjhr»', 'none').replace('word_[a-z]{8}', `(${planted[0]!.token}`),
      'name.toml': ruleFile('«word_no»', 'none').replace('"form"', `"${planted[0]!.token}"`),
    });
    const lines = ['example', 'counterexample', 'unmarked', 'broken', 'key', 'id', 'pattern', 'name'].map((name) => [
      'rules',
      'test',
      `${name}.toml`,
    ]);
    const results = await runAll(lines, { cwd: folder });
    expect(results[0]!.stdout).toContain('the secret was not found');
    expect(results[1]!.stdout).toContain('the counterexample was found');
  });
});
