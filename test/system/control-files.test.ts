/** Files that steer glaive are regular files of bounded size; whatever else is in their place is an error that names it. */

import { lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ODD_KINDS } from '../support/odd-files.ts';
import { ruleFile } from '../support/rule-file.ts';
import { CLI, glaive } from '../support/run-cli.ts';
import { runProgram, startGlaive } from '../support/run-program.ts';
import { runs, some } from '../support/runs.ts';
import { tokenMint } from '../support/scan-report.ts';
import { tempFolder, tempRepository, writeFiles } from '../support/temp-folder.ts';

const token = tokenMint(411);

const PLACES: readonly { readonly file: string; readonly files?: Record<string, string> }[] = [
  { file: '.glaive.toml' },
  { file: '.glaiveignore' },
  { file: '.glaive-baseline' },
  { file: 'mine.toml', files: { '.glaive.toml': '[rules]\nfiles = ["mine.toml"]\n' } },
];

/** Everything in a folder, with what it is. */
function stateOf(folder: string): string[] {
  return readdirSync(folder).map((name) => {
    const stats = lstatSync(join(folder, name));
    return `${name} ${stats.mode} ${stats.isFile() && stats.size < 1e6 ? readFileSync(join(folder, name), 'utf8') : stats.size}`;
  });
}

describe('in the place of a control file', () => {
  const cases = PLACES.flatMap((place) => Object.keys(ODD_KINDS).map((kind) => ({ place, kind })));
  it.each(some(cases, 15))(
    '$kind at $place.file is an error that names it',
    async ({ place: { file, files = {} }, kind }) => {
      const root = tempRepository({ 'a.txt': 'one\n', ...files });
      const outside = tempFolder();
      await ODD_KINDS[kind]!(join(root, file), outside);
      const before = stateOf(outside);
      // Each command reads them its own way; one of the quick ones in turn.
      const commands = [['scan'], ['staged'], ['diff', 'HEAD..HEAD'], ['history'], ['baseline', '--yes']];
      const args = commands[(kind.length + file.length) % commands.length]!;
      const { code, stderr, stdout } = await glaive(
        [...args, '--time-limit', '60'].slice(0, args[0] === 'baseline' ? args.length : undefined),
        { cwd: root },
      );
      expect({ args, code, stdout }).toEqual({ args, code: 2, stdout: '' });
      expect(stderr).toContain(file);
      expect(stderr).not.toMatch(/internal error/);
      expect(stateOf(outside)).toEqual(before);
    },
  );

  it('a link of the repository to a file of its own is followed', async () => {
    const leak = token();
    const root = tempRepository({
      'ci/ignore': 'fixtures/\n',
      'ci/glaive.toml': '[scan]\nstrict = false\n',
      'fixtures/a.txt': `t = "${leak}"\n`,
    });
    symlinkSync('ci/ignore', join(root, '.glaiveignore'));
    symlinkSync('ci/glaive.toml', join(root, '.glaive.toml'));
    expect(await glaive(['scan'], { cwd: root })).toMatchObject({ code: 0 });
  });

  it('a configuration of the repository cannot name rule files elsewhere, one of the user can', async () => {
    const outside = tempFolder();
    writeFiles(outside, { 'own.toml': `[rules]\nfiles = ["/etc/passwd"]\n` });
    for (const path of ['/etc/passwd', '../rules.toml', 'a/../../x.toml']) {
      const root = tempRepository({ '.glaive.toml': `[rules]\nfiles = ["${path}"]\n` });
      const { code, stderr } = await glaive(['scan'], { cwd: root });
      expect(code).toBe(2);
      expect(stderr).toContain(`.glaive.toml:2: rules.files: ${path} is outside the repository`);
      const own = await glaive(['scan', '--config', join(outside, 'own.toml')], { cwd: root });
      expect(own.stderr).toMatch(/passwd:1:/);
    }
  });
});

describe('what the user names', () => {
  it('may be a pipe, and is read once', async () => {
    const root = tempRepository({ 'a.txt': `t = "${token()}"\n`, 'b.txt': `t = "${token()}"\n` });
    const run = (script: string) => runProgram('bash', ['-c', script, 'bash', process.execPath, CLI], { cwd: root });
    expect(await run('"$1" "$2" scan --config <(printf "[scan]\\nexclude = [\\"*.txt\\"]\\n")')).toMatchObject({
      code: 0,
    });
    const made = await run(
      '"$1" "$2" report <("$1" "$2" scan --format json) <("$1" "$2" scan a.txt --format json) --format csv',
    );
    expect(made).toMatchObject({ code: 0, stderr: '' });
    expect(made.stdout.split('\r\n')).toHaveLength(4);
    expect(await run('"$1" "$2" report <(true)')).toMatchObject({ code: 2 });
    expect(await run('"$1" "$2" scan --config /dev/null --baseline /dev/null')).toMatchObject({ code: 1 });
  });

  it.each([
    ['report', 'FIFO'],
    ['scan', '--config', 'FIFO'],
    ['scan', '--baseline', 'FIFO'],
    ['message', 'FIFO'],
    ['rules', 'test', 'FIFO'],
    ['verify', '--gitlab-url=https://gitlab.invalid', 'FIFO'],
  ])('a FIFO without a writer can be ended: %s %s', async (...args) => {
    const folder = tempFolder();
    await ODD_KINDS['a FIFO']!(join(folder, 'FIFO'), folder);
    const running = startGlaive([...args], { cwd: folder });
    await new Promise((resolve) => setTimeout(resolve, 700));
    running.child.kill('SIGINT');
    expect((await running.ended).code).toBe(130);
    if (args[0] === 'scan') {
      const { code, stderr } = await glaive([...args, '--time-limit', '0.5'], { cwd: folder });
      expect({ code, stderr }).toMatchObject({ code: 2 });
      expect(stderr).toContain('the time limit of 0.5 s was reached');
    }
  });

  it.each([
    ['report', 'DEVICE'],
    ['verify', '--gitlab-url=https://gitlab.invalid', 'DEVICE'],
    ['baseline', 'import', 'DEVICE'],
    ['scan', '--config', 'DEVICE'],
    ['scan', '--baseline', 'DEVICE'],
    ['message', 'DEVICE'],
    ['rules', 'test', 'DEVICE'],
    ['history', '--state', 'DEVICE'],
  ])('a device is refused: %s %s', async (...args) => {
    const root = tempRepository({ 'a.txt': 'one\n' });
    symlinkSync('/dev/zero', join(root, 'DEVICE'));
    const { code, stderr } = await glaive([...args], { cwd: root });
    expect(code).toBe(2);
    expect(stderr).toContain('it is a device, not a file');
  });
});

/** Lists that a stranger has made long; each is refused, in bounded time and memory, with the place and the way out. */
describe('a list that is too long', () => {
  const many = (count: number, make: (index: number) => string): string =>
    Array.from({ length: count }, (_, index) => make(index)).join('');
  const prefixes = (count: number): string => `[gitlab]\nprefixes = [${many(count, (index) => `"p${index}-",`)}]\n`;
  const named = '[rules]\nfiles = ["mine.toml"]\n';
  const nested = (depth: number): string =>
    ruleFile({ pattern: `acme_key_(?<body>${'(a?'.repeat(depth)}${')'.repeat(depth)})!` });
  const rules = (count: number): string =>
    ruleFile(...Array.from({ length: count }, (_, index) => ({ id: `acme_${index}` })));

  const cases: readonly (readonly [what: string, files: Record<string, string>, message: RegExp])[] = [
    [
      'megabytes of patterns',
      { '.glaiveignore': many(6500, (index) => `${index}${'*?'.repeat(450)}\n`) },
      /\.glaiveignore:\d+: the patterns may have at most 262144 characters/,
    ],
    ['many patterns', { '.glaiveignore': many(10_001, () => 'a\n') }, /\.glaiveignore:10001: at most 10000 patterns/],
    ['a long line', { '.glaiveignore': `# one\n\n${'a'.repeat(40_000)}\n` }, /\.glaiveignore:3: .*1000 characters/],
    ['a long line of jokers', { '.glaiveignore': '*?'.repeat(100_000) }, /\.glaiveignore:1: .*1000 characters/],
    [
      'a long pattern in exclude',
      { '.glaive.toml': `[scan]\nexclude = ["a",\n"${'*?'.repeat(100_000)}"]\n` },
      /\.glaive\.toml:\d: scan\.exclude\.1: .*1000 characters/,
    ],
    [
      'a long pattern in allow',
      { '.glaive.toml': `[[allow]]\nreason = "x"\npath = "${'*?'.repeat(100_000)}"\n` },
      /\.glaive\.toml:3: allow\.0\.path: .*1000 characters/,
    ],
    ['prefixes', { '.glaive.toml': prefixes(20_000) }, /\.glaive\.toml:2: gitlab\.prefixes: .*at most 200/],
    ['one prefix too many', { '.glaive.toml': prefixes(201) }, /\.glaive\.toml:2: gitlab\.prefixes: .*at most 200/],
    [
      'allow entries',
      { '.glaive.toml': many(10_001, () => '[[allow]]\nrule = "x"\nreason = "y"\n') },
      /\.glaive\.toml:1: allow: .*at most 10000/,
    ],
    [
      'rule files',
      { '.glaive.toml': `[rules]\nfiles = [${'"mine.toml",'.repeat(101)}]\n` },
      /\.glaive\.toml:2: rules\.files: .*at most 100/,
    ],
    [
      'disabled rules',
      { '.glaive.toml': `[rules]\ndisable = [${'"gitlab",'.repeat(1001)}]\n` },
      /\.glaive\.toml:2: rules\.disable: .*at most 1000/,
    ],
    [
      'a pattern',
      { '.glaive.toml': named, 'mine.toml': nested(3000) },
      /mine\.toml:\d+: rule\.0\.form\.0\.pattern: .*4096/,
    ],
    [
      'brackets of a pattern',
      { '.glaive.toml': named, 'mine.toml': nested(600) },
      /mine\.toml: rule acme_key: form "as it is": pattern: groups are nested deeper than 50/,
    ],
    [
      'rules of a file',
      { '.glaive.toml': named, 'mine.toml': rules(5001) },
      /mine\.toml:\d+: rule: must be at most 5000/,
    ],
  ];
  it.each(some(cases, 4))('%s', async (_, files, message) => {
    const root = tempRepository({ 'a.txt': 'one\n', ...files });
    const { code, stdout, stderr } = await glaive(['scan'], { cwd: root });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/internal error/);
    expect(stderr.length).toBeLessThan(2000);
  });

  it('long comments and lists of an ordinary length are taken', async () => {
    const root = tempRepository({
      'a.txt': 'one\n',
      '.glaiveignore': `# ${'long '.repeat(1000)}\n${many(5000, (index) => `build/part-${index}/*.log\n`)}`,
      '.glaive.toml':
        prefixes(200) + many(runs({ fast: 1000, long: 10_000 }), () => '[[allow]]\nrule = "x"\nreason = "y"\n'),
    });
    expect(await glaive(['scan'], { cwd: root })).toMatchObject({ code: 0 });
  });
});

describe('text as PowerShell writes it', () => {
  it.each(['utf16le', 'utf16be', 'utf8 with a mark'])('%s is read', async (encoding) => {
    const encode = (text: string): Buffer => {
      if (encoding.startsWith('utf8')) return Buffer.from(`\ufeff${text}`);
      const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
      return encoding === 'utf16le' ? bytes : bytes.swap16();
    };
    const leak = token();
    const root = tempRepository({ 'a.txt': `t = "${leak}"\n`, 'b/c.txt': `t = "${token()}"\n` });
    const { stdout } = await glaive(['scan', 'a.txt', '--format', 'json'], { cwd: root });
    const [finding] = (JSON.parse(stdout) as { findings: { secretFingerprint: string }[] }).findings;
    writeFileSync(join(root, '.glaiveignore'), encode('b/\r\n'));
    writeFileSync(join(root, '.glaive.toml'), encode('[scan]\r\nstrict = false\r\n'));
    expect(await glaive(['scan'], { cwd: root })).toMatchObject({ code: 1 });
    writeFileSync(join(root, '.glaive-baseline'), encode(`${finding!.secretFingerprint}\r\n`));
    expect(await glaive(['scan'], { cwd: root })).toMatchObject({ code: 0 });
    writeFileSync(join(root, 'report.json'), encode(stdout));
    expect((await glaive(['report', 'report.json', '--format', 'csv'], { cwd: root })).stdout).toContain('a.txt');
  });
});

it('locators of a report lead to files only', async () => {
  const root = tempRepository({ 'a.txt': `t = "${token()}"\n` });
  const { stdout } = await glaive(['scan', '--format', 'json'], { cwd: root });
  mkdirSync(join(root, 'odd'));
  for (const [index, kind] of Object.keys(ODD_KINDS).entries()) {
    if (kind.includes('3 GB') || kind.includes('UTF-32')) continue;
    const path = join(root, 'odd', String(index));
    await ODD_KINDS[kind]!(path, tempFolder());
    writeFileSync(join(root, 'report.json'), stdout.replaceAll('"a.txt"', JSON.stringify(`odd/${index}`)));
    const { code, stderr } = await glaive(['verify', '--gitlab-url=https://gitlab.invalid', 'report.json'], {
      cwd: root,
    });
    expect({ kind, code }).toEqual({ kind, code: 2 });
    expect(stderr).not.toMatch(/internal error/);
    // The folder does not hold a secret any more, and the report says so.
    if (!kind.includes('outside') && !kind.includes('folder')) expect(stderr).toContain(`odd/${basename(path)}`);
  }
});
