/**
 * Inputs that cannot be scanned are reported: exit 2, the input's name and a way out on stderr, a gap in the report, and
 * everything else is still scanned. Nothing hangs, and no stack trace is shown.
 */

import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { withFakeGit } from '../support/fake-git.ts';
import { CLI, glaive, type Ran } from '../support/run-cli.ts';
import { runProgram, startGlaive, until } from '../support/run-program.ts';
import { parseReport, placesOf, scanJson, tokenMint } from '../support/scan-report.ts';
import { git, tempFolder, tempRepository, writeFiles } from '../support/temp-folder.ts';
import { glaiveUnprivileged, handOver, whyNotUnprivileged } from '../support/unprivileged.ts';

const token = tokenMint(20261202);
const leak = (): string => `token = "${token()}"\n`;

/** A folder with one file in it that holds a leak. */
const leakyFolder = (): string => {
  const folder = tempFolder();
  writeFiles(folder, { 'good.txt': leak() });
  return folder;
};

const makeFifo = (path: string): void => void execFileSync('mkfifo', [path]);

const listenOn = (path: string): Promise<void> =>
  new Promise((resolve) => {
    const server = createServer().listen(path, resolve);
    onTestFinished(() => void server.close());
  });

/** No stack trace, no bug report, and nothing that would move a cursor. */
const expectCalm = ({ stderr }: Ran): void => {
  expect(stderr).not.toMatch(/\n\s+at /);
  expect(stderr).not.toContain('internal error');
  // oxlint-disable-next-line no-control-regex -- these are what must not be there
  expect(stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f]/);
};

describe('a path that cannot be scanned', () => {
  const cases: readonly [what: string, path: string, make: (path: string) => unknown, kind: string, says: RegExp][] = [
    ['nothing', 'missing.txt', () => {}, 'missing', /no such file or folder/],
    ['below a file', 'good.txt/below', () => {}, 'missing', /no such file or folder/],
    ['a name that is too long', 'x'.repeat(300), () => {}, 'unreadable', /ENAMETOOLONG|too long/],
    ['a broken link', 'broken', (path) => symlinkSync('nowhere', path), 'missing', /broken symbolic link/],
    ['a link to itself', 'loop', (path) => symlinkSync('loop', path), 'unreadable', /loop of symbolic links/],
    ['a FIFO', 'fifo', makeFifo, 'special-file', /FIFO/],
    ['a link to a FIFO', 'link', (path) => (makeFifo(`${path}2`), symlinkSync('link2', path)), 'special-file', /FIFO/],
    ['a socket', 'socket', listenOn, 'special-file', /socket/],
    ['an empty device', '/dev/null', () => {}, 'special-file', /device/],
    ['an endless device', '/dev/zero', () => {}, 'special-file', /device/],
  ];
  it.each(cases)('%s', async (_what, path, make, kind, says) => {
    const folder = leakyFolder();
    await make(join(folder, path));
    const ran = await scanJson([path, 'good.txt'], { cwd: folder });
    expect(ran.code).toBe(2);
    expect(ran.report.gaps).toMatchObject([{ kind, uri: path, message: expect.stringMatching(says) }]);
    expect(ran.report.scan.complete).toBe(false);
    expect(ran.report.counts.gaps).toBe(1);
    expect(placesOf(ran.report)).toEqual(['good.txt']);
    const [said, wayOut] = ran.stderr.split('\n');
    expect(said).toMatch(says);
    expect(said).toContain(path);
    expect(wayOut).toMatch(/^ {2}[A-Z].*\.$/);
    expectCalm(ran);
    const text = await glaive(['scan', path], { cwd: folder });
    expect(text.stdout).toMatch(/^INCOMPLETE: 1 item could not be scanned; /m);
    expect(text.code).toBe(2);
  });

  it('is reported even with --quiet, and even with --exit-zero', async () => {
    const ran = await glaive(['scan', 'missing.txt', '--quiet', '--exit-zero'], { cwd: tempFolder() });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain('missing.txt: no such file or folder');
    expect(ran.stdout).toBe('INCOMPLETE: 1 item could not be scanned; nothing was scanned\n');
  });

  it('that is empty is reported, and not taken for the current folder', async () => {
    const ran = await scanJson(['', 'good.txt'], { cwd: leakyFolder() });
    expect(ran.report.gaps).toMatchObject([{ kind: 'missing', message: 'a PATH is empty' }]);
    expect(ran.report.counts.artifacts).toBe(1);
    expect(ran.code).toBe(2);
  });

  it('with control characters in its name is named safely', async () => {
    const ran = await glaive(['scan', 'a\x1b[31m\x07\r\nb'], { cwd: tempFolder() });
    expect(ran.code).toBe(2);
    expectCalm(ran);
  });
});

describe('special files in a folder', () => {
  it('are skipped and counted', async () => {
    const folder = leakyFolder();
    makeFifo(join(folder, 'fifo'));
    await listenOn(join(folder, 'socket'));
    const { code, stderr, report } = await scanJson(['.'], { cwd: folder });
    expect(report.counts).toMatchObject({ artifacts: 1, findings: 1, skips: { special: 2 } });
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    const strict = await scanJson(['.', '--strict'], { cwd: folder });
    expect(strict.code).toBe(2);
    expect(strict.report.gaps).toMatchObject([
      { kind: 'skipped', message: expect.stringContaining('2 special files') },
    ]);
  });

  it('in the place of tracked ones are skipped and counted', async () => {
    const root = tempRepository({ 'good.txt': leak(), fifo: leak(), socket: leak(), folder: leak() });
    for (const name of ['fifo', 'socket', 'folder']) rmSync(join(root, name));
    makeFifo(join(root, 'fifo'));
    await listenOn(join(root, 'socket'));
    writeFiles(root, { 'folder/in.txt': leak() });
    const { code, stderr, report } = await scanJson([], { cwd: root });
    expect(placesOf(report)).toEqual(['folder/in.txt', 'good.txt']);
    expect(report.counts.skips).toEqual({ absent: 1, special: 2 });
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
  });
});

const blocked = whyNotUnprivileged();
describe(`without permission${blocked === undefined ? '' : ` (skipped: ${blocked})`}`, () => {
  const scanAs = async (args: readonly string[], cwd: string) => {
    const ran = await glaiveUnprivileged(['scan', '--format', 'json', ...args], { cwd });
    return { ...ran, report: parseReport(ran) };
  };

  it.skipIf(blocked)('a file', async () => {
    const folder = leakyFolder();
    writeFiles(folder, { 'locked.txt': leak() });
    handOver(folder);
    chmodSync(join(folder, 'locked.txt'), 0);
    for (const args of [['.'], ['locked.txt', 'good.txt']]) {
      const ran = await scanAs(args, folder);
      expect(ran.code).toBe(2);
      expect(placesOf(ran.report)).toEqual(['good.txt']);
      expect(ran.report.gaps).toMatchObject([{ kind: 'unreadable', uri: 'locked.txt' }]);
      expect(ran.stderr).toMatch(/locked\.txt: .*permission denied\n {2}Run as a user who may read it/);
      expectCalm(ran);
    }
  });

  it.skipIf(blocked).each(['outside git', 'in git'])('a folder, %s', async (where) => {
    const folder = leakyFolder();
    writeFiles(folder, { 'locked/in.txt': leak(), 'sub/locked/deep/in.txt': leak(), 'sub/fine.txt': leak() });
    if (where === 'in git') git(folder, 'init', '--quiet');
    handOver(folder);
    for (const path of ['locked', 'sub/locked']) chmodSync(join(folder, path), 0);
    onTestFinished(() => ['locked', 'sub/locked'].forEach((path) => chmodSync(join(folder, path), 0o700)));
    const ran = await scanAs([], folder);
    expect(ran.code).toBe(2);
    expect(placesOf(ran.report)).toEqual(['good.txt', 'sub/fine.txt']);
    expect(ran.report.gaps).toMatchObject([
      { kind: 'listing', uri: 'locked' },
      { kind: 'listing', uri: 'sub/locked' },
    ]);
    expect(ran.stderr).toMatch(/sub\/locked: cannot list the folder: permission denied\n {2}Run as/);
    expectCalm(ran);
    const below = await scanAs([], join(folder, 'sub'));
    expect(below.report.gaps.map(({ uri }) => uri)).toEqual([where === 'in git' ? 'sub/locked' : 'locked']);
    const named = await scanAs(['locked'], folder);
    expect(named.code).toBe(2);
    expect(named.report.gaps.map(({ uri }) => uri)).toContain('locked');
    const inside = await scanAs(['locked/in.txt'], folder);
    expect(inside.report.gaps).toMatchObject([{ kind: 'unreadable', uri: 'locked/in.txt' }]);
  });

  it.skipIf(blocked)('very many folders, in git', async () => {
    const root = leakyFolder();
    git(root, 'init', '--quiet');
    const locked = Array.from({ length: 300 }, (_, index) => `folder-${index}`);
    for (const name of locked) mkdirSync(join(root, name));
    handOver(root);
    for (const name of locked) chmodSync(join(root, name), 0);
    const ran = await scanAs([], root);
    expect(ran.code).toBe(2);
    expect(ran.report.gaps.map(({ uri }) => uri)).toEqual(locked.toSorted());
  });

  it.skipIf(blocked)('a folder of tracked files, and a submodule', async () => {
    const inner = tempRepository({ 'in.txt': leak() });
    const root = tempRepository({ 'good.txt': leak(), 'locked/in.txt': leak() });
    git(root, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner, 'module');
    handOver(root);
    for (const path of ['locked', 'module']) chmodSync(join(root, path), 0);
    onTestFinished(() => ['locked', 'module'].forEach((path) => chmodSync(join(root, path), 0o700)));
    const ran = await scanAs([], root);
    expect(ran.code).toBe(2);
    expect(placesOf(ran.report)).toEqual(['good.txt']);
    expect(new Set(ran.report.gaps.map(({ uri }) => uri))).toEqual(new Set(['locked', 'locked/in.txt', 'module']));
    expectCalm(ran);
  });

  it.skipIf(blocked)('an index', async () => {
    const root = tempRepository({ 'good.txt': leak(), '.gitignore': 'ignored.txt\n' });
    writeFiles(root, { 'ignored.txt': leak() });
    handOver(root);
    chmodSync(join(root, '.git', 'index'), 0);
    const ran = await scanAs([], root);
    expect(ran.code).toBe(2);
    expect(placesOf(ran.report)).toEqual(['good.txt', 'ignored.txt']);
    expect(ran.report.gaps).toMatchObject([{ kind: 'git' }]);
    expectCalm(ran);
  });

  it.skipIf(blocked)('a place for the report', async () => {
    const folder = leakyFolder();
    mkdirSync(join(folder, 'locked'), { mode: 0o555 });
    handOver(folder);
    const ran = await glaiveUnprivileged(['scan', 'good.txt', '--output', 'locked/report.txt'], { cwd: folder });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(/cannot write the report to locked\/report\.txt: permission denied/);
    expectCalm(ran);
  });

  it.skipIf(blocked)('a repository of another user', async () => {
    const root = tempRepository({ 'good.txt': leak(), '.gitignore': 'ignored.txt\n', 'sub/in.txt': leak() });
    writeFiles(root, { 'ignored.txt': leak() });
    handOver(root);
    // The tests' own user is not the owner now, if it is root; otherwise there is no other user.
    if (process.getuid?.() !== 0) return;
    const whole = await scanJson([], { cwd: root });
    expect(placesOf(whole.report)).toEqual(['good.txt', 'ignored.txt', 'sub/in.txt']);
    expect(whole.code).toBe(2);
    expect(whole.stderr).toMatch(/dubious ownership.*\n {2}Tell git that you trust it: git config .*safe\.directory/);
    expectCalm(whole);
    const below = await scanJson([], { cwd: join(root, 'sub') });
    expect(placesOf(below.report)).toEqual(['sub/in.txt']);
    expect(below.code).toBe(2);
    expectCalm(below);
  });
});

describe('unusual content', () => {
  it('nothing at all', async () => {
    const folder = tempFolder();
    mkdirSync(join(folder, 'empty'));
    writeFiles(folder, { 'empty.txt': '' });
    const { code, report } = await scanJson(['empty', 'empty.txt'], { cwd: folder });
    expect(report.counts).toMatchObject({ artifacts: 1, bytes: 0, findings: 0, gaps: 0 });
    expect(code).toBe(0);
  });

  it('bytes that are not UTF-8, and NULs', async () => {
    const folder = tempFolder();
    const rubbish = Buffer.from([0xff, 0xfe, 0x00, 0xc3, 0x28, 0xf0, 0x9f, 0x98, 0x00, 0x80]);
    writeFiles(folder, {
      latin: Buffer.concat([Buffer.from('caf\xe9\n\xfcber = "', 'latin1'), Buffer.from(token()), Buffer.from('"\n')]),
      binary: Buffer.concat([rubbish, Buffer.from(token()), rubbish, Buffer.from('\0\n')]),
    });
    const { code, report } = await scanJson([], { cwd: folder });
    expect(report.findings.map(({ artifact, regions }) => [artifact.uri, regions[0]])).toMatchObject([
      // Columns count what a decoder makes of the bytes: FF FE 00 C3 28 F09F98 00 80 are 8 characters.
      ['binary', { startLine: 1, startColumn: 9, byteOffset: 10 }],
      ['latin', { startLine: 2, startColumn: 9, byteOffset: 13 }],
    ]);
    expect(code).toBe(1);
  });

  it.skipIf(!existsSync('/proc/net/unix'))('a file that gives only a little at a time', async () => {
    // The kernel lists sockets there by name, a page at a time.
    const folder = tempFolder();
    const names = Array.from({ length: 80 }, token);
    for (const name of names) await listenOn(join(folder, name));
    const { report } = await scanJson(['/proc/net/unix']);
    expect(report.findings.length).toBeGreaterThanOrEqual(names.length);
  });
});

describe('standard input that cannot be read', () => {
  it('a folder', async () => {
    const folder = leakyFolder();
    const ran = await runProgram('sh', ['-c', 'exec "$@" <.', 'sh', process.execPath, CLI, 'scan', '-', 'good.txt'], {
      cwd: folder,
    });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(/stdin: cannot read it: .*\n {2}[A-Z]/);
    expect(ran.stdout).toContain('1 finding');
    expectCalm(ran);
  });

  it('nothing is there', async () => {
    const ran = await runProgram('sh', ['-c', 'exec "$@" <&-', 'sh', process.execPath, CLI, 'scan', '-']);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('git', () => {
  /** A repository with a tracked and an ignored leak. */
  const repository = (): string => {
    const root = tempRepository({ '.gitignore': 'ignored.txt\n', 'good.txt': leak(), 'sub/in.txt': leak() });
    writeFiles(root, { 'ignored.txt': leak() });
    return root;
  };
  const emptyFolder = (): Record<string, string> => ({ PATH: tempFolder() });
  const unstartable = (): Record<string, string> => {
    const folder = tempFolder();
    mkdirSync(join(folder, 'git'));
    return { PATH: folder };
  };
  const old = (): Record<string, string> =>
    withFakeGit('case "$*" in *version*) echo "git version 2.10.0";; *) exec "$REAL_GIT" "$@";; esac');

  const cases: readonly [
    what: string,
    env: () => Record<string, string>,
    harm: (root: string) => void,
    says: RegExp,
  ][] = [
    ['is not there', emptyFolder, () => {}, /git was not found.*\n {2}Install git 2\.25 or newer/],
    ['does not start', unstartable, () => {}, /git was not found, or does not start\n {2}Install git/],
    ['is too old', old, () => {}, /git 2\.10\.0 is too old\n {2}Install git 2\.25 or newer/],
    [
      'says something that is no version',
      () => withFakeGit('echo hello; exit 3'),
      () => {},
      /git .*\n {2}Install git 2\.25/,
    ],
    [
      'finds its index broken',
      () => ({}),
      (root) => writeFileSync(join(root, '.git', 'index'), 'DIRC rubbish'),
      /git could not list the files: .*index.*\n {2}Check the repository for damage: git fsck/,
    ],
    [
      'finds an empty .git',
      () => ({}),
      (root) => {
        rmSync(join(root, '.git'), { recursive: true });
        mkdirSync(join(root, '.git'));
      },
      /git could not list the files: .*not a git repository.*\n {2}Check the repository for damage: git fsck/,
    ],
    [
      'finds a .git that leads nowhere',
      () => ({}),
      (root) => {
        rmSync(join(root, '.git'), { recursive: true });
        writeFileSync(join(root, '.git'), 'gitdir: /nowhere/at/all\n');
      },
      /git could not list the files: .*not a git repository.*\n {2}Check the repository for damage: git fsck/,
    ],
    [
      'finds a format that it does not know',
      () => ({}),
      (root) => git(root, 'config', 'core.repositoryFormatVersion', '99'),
      /git could not list the files: .*\n {2}Check the repository for damage: git fsck/,
    ],
  ];
  it.each(cases)('%s: every file is scanned instead, and that is reported', async (_what, env, harm, says) => {
    const root = repository();
    harm(root);
    const options = { cwd: root, env: env() };
    const ran = await scanJson([], options);
    expect(ran.code).toBe(2);
    expect(placesOf(ran.report)).toEqual(['good.txt', 'ignored.txt', 'sub/in.txt']);
    expect(ran.report.gaps).toMatchObject([{ kind: 'git' }]);
    expect(ran.stderr).toMatch(says);
    expect(ran.report.counts.skips).not.toHaveProperty('ignored');
    expectCalm(ran);
    const below = await scanJson([], { ...options, cwd: join(root, 'sub') });
    expect(placesOf(below.report)).toEqual(['sub/in.txt']);
    expect(below.code).toBe(2);
    expectCalm(below);
  });

  it('fails half-way: what it did not list is a gap', async () => {
    const root = repository();
    writeFiles(root, { 'untracked.txt': leak() });
    const env = withFakeGit(
      'case "$*" in *--others*) echo "fatal: no more" >&2; exit 128;; esac; exec "$REAL_GIT" "$@"',
    );
    const ran = await scanJson([], { cwd: root, env });
    expect(ran.code).toBe(2);
    expect(placesOf(ran.report)).toEqual(['good.txt', 'sub/in.txt']);
    expect(ran.stderr).toMatch(/git could not list the files: fatal: no more\n.*not scanned/);
  });

  it('is ended by a signal: what it did not list is a gap', async () => {
    const root = repository();
    const env = withFakeGit('case "$*" in *--others*) kill -9 $$;; esac; exec "$REAL_GIT" "$@"');
    const ran = await scanJson([], { cwd: root, env });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain('git was ended by SIGKILL');
  });
});

describe('a command line that makes no sense', () => {
  const cases: [args: readonly string[], says: RegExp][] = [
    [[], /Usage: glaive COMMAND/],
    [['scna'], /unknown command scna\n {2}Did you mean: glaive scan/],
    [['good.txt'], /unknown command good\.txt\n {2}To scan that path: glaive scan PATH/],
    [['zzz'], /unknown command zzz\n {2}See: glaive help/],
    [['--frobnicate'], /unknown flag --frobnicate\n {2}See: glaive help/],
    [['--quiet', 'scan'], /--quiet is before the command\n {2}.*after the command/],
    [['scan', '--raw-secrets'], /\n {2}.*\.json\. See: glaive help scan/],
    [['help', 'scna'], /unknown command scna\n {2}Did you mean: glaive scan/],
    [['help', 'scan', 'explain'], /help: too many arguments: expected \[COMMAND\]\n {2}See: glaive help help/],
    [['scan', '--fromat', 'json'], /scan: unknown flag --fromat; did you mean --format\?\n {2}See: glaive help scan/],
    [['scan', '--zzz'], /scan: unknown flag --zzz\n {2}See: glaive help scan/],
    [['scan', '-z'], /scan: unknown flag -z\n {2}See: glaive help scan/],
    [['scan', '--format'], /scan: --format needs a value: --format FORMAT\n/],
    [['scan', '--format', '--quiet'], /scan: --format needs a value/],
    [['scan', '--output'], /scan: --output needs a value: --output \[FORMAT=\]FILE\n/],
    [['scan', '-o'], /scan: -o needs a value: -o \[FORMAT=\]FILE\n/],
    [['scan', '--output='], /scan: --output names no file/],
    [['scan', '--output', 'json='], /scan: --output json= names no file/],
    [['scan', '--output', 'jsno=x'], /scan: --output: there is no format jsno; did you mean json\?/],
    [['scan', '--output', '-'], /scan: --output names a file; standard output needs no flag/],
    [['scan', '--output', 'json=-'], /scan: --output names a file; standard output needs no flag/],
    [['scan', '--output', 'a', '--output', 'b'], /scan: --output FILE is given twice\n {2}.*FORMAT=FILE/],
    [['scan', '--output', 'json=a', '--output', 'sarif=./a'], /scan: --output names the file \.\/a twice/],
    [
      ['scan', '--output', 'a.csv', '--output', 'json=./a-summary.csv'],
      /scan: --output: a-summary\.csv is where the summary/,
    ],
    [
      ['scan', '--format', 'jsom'],
      /scan: --format cannot be "jsom"; did you mean json\?\n {2}It is one of: text, json/,
    ],
    [['scan', '--min-confidence', 'sure'], /scan: --min-confidence cannot be "sure"/],
    [['scan', '--fail-on', 'unlikely'], /scan: --fail-on cannot be "unlikely".*\n {2}It is one of: likely, certain/],
    [['scan', '--quiet=yes'], /scan: --quiet takes no value/],
    [['explain', 'a', 'b'], /explain: too many arguments: expected \[TOKEN\|-\|PATH\[:LINE\]\]\n/],
    [
      ['explain', '--format', 'sarif', 'a'],
      /explain: --format cannot be "sarif"\n {2}It is one of: text, json\. See: glaive help explain/,
    ],
    [['rules'], /rules: a subcommand is missing \(list, test\)\n/],
    [['rules', 'lits'], /rules: unknown subcommand "lits" \(list, test\)\. Did you mean list\?\n/],
    [['rules', 'list', 'file'], /rules: list takes no file\n/],
    [['rules', 'test', 'a', 'b'], /rules: too many arguments/],
    [
      ['rules', 'list', '--format', 'gitlab'],
      /rules: --format cannot be "gitlab"\n {2}It is one of: text, json\. See: glaive help rules/,
    ],
    [['completions'], /completions: a subcommand is missing \(bash, zsh, fish\)\n/],
    [['completions', 'tcsh'], /completions: unknown subcommand "tcsh" \(bash, zsh, fish\)/],
  ];
  for (const limit of ['soon', '0', '-1', '', 'NaN', 'Infinity', '1e9', '0x', '5 s']) {
    cases.push([['scan', `--time-limit=${limit}`], /scan: --time-limit must be a number of seconds/]);
  }
  it.each(cases.map(([args, says]) => [args.join(' '), args, says] as const))(
    'glaive %s',
    async (_line, args, says) => {
      const folder = leakyFolder();
      const ran = await glaive(args, { cwd: folder });
      expect(ran.stderr).toMatch(says);
      expect(ran).toMatchObject({ code: 2, stdout: '' });
      expect(readdirSync(folder)).toEqual(['good.txt']);
      expectCalm(ran);
    },
  );
});

describe('a report that cannot be written', () => {
  const cases: readonly [what: string, file: string, says: RegExp][] = [
    ['its folder is missing', 'missing/report', /its folder does not exist/],
    ['its folder is a file', 'good.txt/report', /its folder does not exist/],
    ['a folder', 'folder', /it is a folder/],
    ['a full disk', '/dev/full', /the disk is full/],
    ['a name that is too long', 'x'.repeat(300), /its name is too long/],
  ];
  it.each(cases)('%s', async (_what, file, says) => {
    const folder = leakyFolder();
    mkdirSync(join(folder, 'folder'));
    const before = readdirSync(folder);
    for (const output of [file, `json=${file}`]) {
      const ran = await glaive(['scan', 'good.txt', 'missing.txt', '--output', output, '--exit-zero'], { cwd: folder });
      expect(ran.code).toBe(2);
      expect(ran.stderr).toContain(`cannot write the report to ${file}: `);
      expect(ran.stderr).toMatch(says);
      // Everything else is reported nevertheless.
      expect(ran.stderr).toContain('missing.txt: no such file or folder');
      expect(ran.stdout).toContain(output === file ? '' : '1 finding');
      expect(readdirSync(folder)).toEqual(before);
      expectCalm(ran);
    }
  });

  it('leaves the other reports alone', async () => {
    const folder = leakyFolder();
    const outputs = ['json=a.json', 'sarif=missing/b.sarif', 'gitlab=c.json'].flatMap((output) => ['--output', output]);
    const ran = await glaive(['scan', 'good.txt', ...outputs], { cwd: folder });
    expect(ran.code).toBe(2);
    for (const name of ['a.json', 'c.json']) JSON.parse(readFileSync(join(folder, name), 'utf8'));
  });

  it('on standard output is reported', async () => {
    const folder = leakyFolder();
    const shell = ['-c', 'exec "$@" >/dev/full', 'sh', process.execPath, CLI];
    for (const args of [['scan', 'good.txt', '--exit-zero'], ['rules', 'list'], ['--version']]) {
      const ran = await runProgram('sh', [...shell, ...args], { cwd: folder });
      expect(ran.code).toBe(2);
      expect(ran.stderr).toMatch(/cannot write to standard output: the disk is full/);
      expectCalm(ran);
    }
  });
});

describe('the current folder', () => {
  it('is reported if it is gone', async () => {
    const folder = join(tempFolder(), 'gone');
    mkdirSync(folder);
    const shell = ['-c', 'cd "$1" && rmdir "$1" && shift && exec "$@"', 'sh', folder];
    const ran = await runProgram('sh', [...shell, process.execPath, CLI, 'scan']);
    expect(ran.code).toBe(2);
    expectCalm(ran);
  });
});

describe('never ending', () => {
  it.each([
    ['standard input', ['-'], () => ({})],
    ['git', [], () => withFakeGit('case "$*" in *ls-files*) exec sleep 600;; esac; exec "$REAL_GIT" "$@"')],
    ['the first question to git', [], () => withFakeGit('exec sleep 600')],
  ] as const)('%s: the time limit ends it', async (_what, args, env) => {
    const root = tempRepository({ 'a.txt': leak() });
    const { child, ended } = startGlaive(['scan', ...args, '--time-limit', '0.3'], { cwd: root, env: env() });
    child.stdin.write(leak());
    const ran = await ended;
    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(/the time limit of 0\.3 s was reached/);
    // Earlier findings are reported.
    expect(ran.stdout).toContain(args.length === 0 ? 'nothing was scanned' : '1 finding');
    expectCalm(ran);
  });

  it('a FIFO that another process holds open is not waited for', async () => {
    const folder = leakyFolder();
    makeFifo(join(folder, 'fifo'));
    const holder = openSync(join(folder, 'fifo'), 'r+');
    onTestFinished(() => closeSync(holder));
    const { code, report } = await scanJson([], { cwd: folder });
    expect(report.counts.skips).toEqual({ special: 1 });
    expect(code).toBe(1);
  });

  it('git does not outlive the scan', async () => {
    const root = tempRepository({ 'a.txt': leak() });
    const note = join(tempFolder(), 'pid');
    const env = withFakeGit(
      `case "$*" in *--ignored*) echo $$ >'${note}'; exec sleep 600;; esac; exec "$REAL_GIT" "$@"`,
    );
    const { ended } = startGlaive(['scan', '--time-limit', '1'], { cwd: root, env });
    expect((await ended).code).toBe(2);
    const pid = Number(readFileSync(note, 'utf8'));
    await until(() => !existsSync(`/proc/${pid}`));
  });
});
