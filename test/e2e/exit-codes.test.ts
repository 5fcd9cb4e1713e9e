/**
 * The exit codes: 0 clean, 1 findings, 2 incomplete, 130 interrupted; and what remains when
 * things end early. "Clean" is only ever said by a scan that came to its end.
 */

import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { KINDS, Random } from '../support/mint.ts';
import { CLI, glaive } from '../support/run-cli.ts';
import { type Started, glaiveProcess, runProgram, start, startGlaive, until } from '../support/run-program.ts';
import { runs, some } from '../support/runs.ts';
import { parseReport, scanJson, type ScanReport, tokenMint } from '../support/scan-report.ts';
import { tempFolder, tempRepository, writeFiles } from '../support/temp-folder.ts';

const token = tokenMint(20261203);
const random = new Random(20261203);
const leak = (): string => `token = "${token()}"\n`;
/** A routable token whose checksum is wrong: `unlikely`. */
const brokenToken = (): string => {
  const whole = KINDS['pat routable v1']!.make(random, '');
  return whole.slice(0, -1) + (whole.endsWith('1') ? '2' : '1');
};
const FORMATS = ['text', 'json', 'jsonl', 'sarif', 'gitlab', 'codequality'];

/** One file for each confidence, a clean one, and one that is not there. */
const filesOfAllKinds = (): string => {
  const folder = tempFolder();
  writeFiles(folder, {
    clean: 'nothing\n',
    proven: `${KINDS['pat routable v1']!.make(random, '')}\n`,
    certain: leak(),
    likely: `${KINDS['workspace']!.make(random, '')}\n`,
    unlikely: `${brokenToken()}\n`,
  });
  symlinkSync('clean', join(folder, 'link'));
  return folder;
};

/** Arguments of Node that run code before the program; `fs` is at hand. */
const preload = (code: string): readonly string[] => {
  const file = join(tempFolder(), 'preload.cjs');
  writeFileSync(file, `const fs = require('node:fs');\n${code}\n`);
  return ['--require', file];
};

describe('exit codes', () => {
  const cases: readonly [args: string, code: number, findings: number, below: number][] = [
    ['clean', 0, 0, 0],
    ['unlikely', 0, 0, 1],
    ['likely', 1, 1, 0],
    ['certain', 1, 1, 0],
    ['proven', 1, 1, 0],
    ['likely certain proven unlikely clean', 1, 3, 1],
    ['link', 0, 0, 0],
    ['.', 1, 3, 1],
    ['missing', 2, 0, 0],
    ['missing certain', 2, 1, 0],
    // What makes it fail:
    ['--fail-on likely likely', 1, 1, 0],
    ['--fail-on certain likely', 0, 1, 0],
    ['--fail-on certain likely certain', 1, 2, 0],
    ['--fail-on certain proven', 1, 1, 0],
    ['--fail-on certain likely missing', 2, 1, 0],
    // What is listed:
    ['--show-unlikely unlikely', 0, 1, 0],
    ['--show-unlikely unlikely likely', 1, 2, 0],
    ['--min-confidence unlikely unlikely', 0, 1, 0],
    ['--min-confidence certain likely', 0, 0, 1],
    ['--min-confidence certain likely certain proven unlikely', 1, 2, 2],
    ['--min-confidence proven certain', 0, 0, 1],
    ['--min-confidence proven proven', 1, 1, 0],
    // Never hides a 2:
    ['--exit-zero certain', 0, 1, 0],
    ['--exit-zero clean', 0, 0, 0],
    ['--exit-zero certain missing', 2, 1, 0],
    ['--exit-zero --quiet missing', 2, 0, 0],
    // Skips become gaps:
    ['--strict clean', 0, 0, 0],
    ['--strict certain', 1, 1, 0],
    ['--strict .', 2, 3, 1],
    ['--strict --exit-zero .', 2, 3, 1],
  ];
  it.each(cases)('glaive scan %s: %i', async (line, code, findings, below) => {
    const ran = await scanJson(line.split(' '), { cwd: filesOfAllKinds() });
    expect(ran.code).toBe(code);
    expect(ran.report.counts).toMatchObject({ findings, belowConfidence: below });
    expect(ran.report.scan.complete).toBe(code !== 2);
    // Standard error has the gaps, and nothing else.
    expect(ran.stderr === '').toBe(code !== 2);
  });

  it('--strict reports every kind of skip', async () => {
    const root = tempRepository({ '.gitignore': 'no.txt\n', 'gone.txt': 'x' });
    writeFiles(root, { 'no.txt': leak() });
    symlinkSync('no.txt', join(root, 'link'));
    writeFileSync(join(root, 'gone.txt'), '');
    const { code, stderr, report } = await scanJson(['--strict'], { cwd: root });
    expect(code).toBe(2);
    expect(report.gaps.map(({ message }) => message).toSorted()).toEqual([
      'skipped: 1 ignored by git',
      'skipped: 1 symbolic links',
    ]);
    expect(stderr).toContain('Name them as PATH, or scan without --strict.');
  });
});

describe('standard input', () => {
  it.each([
    ['clean', 'nothing\n', 0],
    ['empty', '', 0],
    ['a leak', 'leak', 1],
  ])('%s: %s', async (_what, text, code) => {
    const input = text === 'leak' ? leak() : text;
    const ran = await scanJson(['-'], { input, cwd: filesOfAllKinds() });
    expect(ran).toMatchObject({ code, stderr: '' });
    expect(ran.report.counts).toMatchObject({ artifacts: 1, bytes: input.length, findings: code });
    expect(ran.report.findings.map(({ artifact }) => artifact)).toEqual(
      code === 0 ? [] : [{ kind: 'stdin', uri: 'stdin' }],
    );
  });

  it('comes in addition to files, once', async () => {
    const { report } = await scanJson(['certain', '-', '-'], { input: leak(), cwd: filesOfAllKinds() });
    expect(report.findings.map(({ artifact }) => artifact.uri)).toEqual(['certain', 'stdin']);
    expect(report.counts.artifacts).toBe(2);
  });

  it('comes in any pieces', async () => {
    const { child, ended } = startGlaive(['scan', '-', '--format', 'json']);
    const secret = token();
    child.stdin.write('x\n'.repeat(70_000));
    for (const character of `a ${secret}`) child.stdin.write(character);
    await until(() => child.stdin.writableLength === 0);
    child.stdin.end(' b\n');
    const { stdout, code } = await ended;
    expect(code).toBe(1);
    expect(JSON.parse(stdout).findings).toMatchObject([{ regions: [{ startLine: 70_001, startColumn: 3 }] }]);
  });

  it('a file called - needs another name', async () => {
    const folder = tempFolder();
    writeFiles(folder, { '-': leak() });
    expect((await scanJson(['./-'], { cwd: folder })).report.findings).toHaveLength(1);
    expect((await scanJson(['-'], { cwd: folder })).report.findings).toHaveLength(0);
  });
});

describe('a time limit', () => {
  it('that is over before the scan: 2, and it is reported', async () => {
    const folder = tempFolder();
    writeFiles(
      folder,
      Object.fromEntries(Array.from({ length: 2000 }, (_, index) => [`${index % 50}/${index}`, leak()])),
    );
    const ran = await scanJson(['--time-limit', '0.001', '--exit-zero'], { cwd: folder });
    expect(ran.code).toBe(2);
    expect(ran.report.gaps).toMatchObject([{ kind: 'time-limit', message: expect.stringContaining('0.001 s') }]);
    expect(ran.report.counts.artifacts).toBeLessThan(2000);
    expect(ran.stderr).toMatch(/the time limit of 0\.001 s was reached\n {2}Scan less at once, or give it more time/);
  });

  it.each(['600', '9999999', '1e6'])('that is far off changes nothing: %s', async (limit) => {
    const ran = await scanJson(['--time-limit', limit], { cwd: filesOfAllKinds() });
    expect(ran).toMatchObject({ code: 1, stderr: '' });
  });
});

describe('Ctrl-C', () => {
  /** Waits until the scan is at work on `file`. */
  const isReading = async ({ child }: Started, file: string): Promise<void> => {
    const folder = `/proc/${child.pid}/fd`;
    await until(() =>
      readdirSync(folder).some((fd) => {
        try {
          return readlinkSync(join(folder, fd)) === file;
        } catch {
          return false; // closed in between
        }
      }),
    );
  };

  it.each(['SIGINT', 'SIGTERM'] as const)(
    '%s ends a long scan: 130, and the report has what was found by then',
    async (signal) => {
      const folder = tempFolder();
      writeFiles(folder, { '0-first': leak(), '1-big': '', 'report.json': 'as it was' });
      truncateSync(join(folder, '1-big'), 2 ** 40);
      const started = startGlaive(['scan', '0-first', '1-big', '--output', 'json=report.json'], { cwd: folder });
      await isReading(started, join(folder, '1-big'));
      started.child.kill(signal);
      const { code, stdout, stderr } = await started.ended;
      expect({ code, stderr }).toEqual({
        code: 130,
        stderr: `glaive: the scan was interrupted (${signal})\n  Run it again: this report is incomplete.\n`,
      });
      expect(stdout).toContain('  0-first:1:');
      expect(readdirSync(folder).toSorted()).toEqual(['0-first', '1-big', 'report.json']);
      const { scan, findings, gaps } = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) as ScanReport;
      expect(scan.complete).toBe(false);
      expect(findings.map(({ artifact }) => artifact.uri)).toEqual(['0-first']);
      expect(gaps).toMatchObject([{ kind: 'interrupted' }]);
    },
  );

  it.each([['scan', '-'], ['scan', '-', '--time-limit', '600'], ['explain', '-'], ['explain']])(
    'ends the waiting for standard input at once: %s %s',
    async (...args) => {
      const marker = join(tempFolder(), 'ready');
      const note = `name === 'SIGINT' && setImmediate(() => fs.writeFileSync('${marker}', ''))`;
      const nodeArgs = preload(`process.on('newListener', (name) => ${note});`);
      const { child, ended } = startGlaive(args, { nodeArgs });
      child.stdin.write(leak());
      await until(() => existsSync(marker));
      child.kill('SIGINT');
      const { code, stderr } = await ended;
      expect(code).toBe(130);
      expect(stderr).toMatch(
        args[0] === 'scan' ? /^glaive: the scan was interrupted \(SIGINT\)\n/ : /^glaive: interrupted\n$/,
      );
    },
  );

  const hasScript = spawnSync('script', ['-qc', 'true', '/dev/null']).status === 0;
  it.skipIf(!hasScript).each([
    ['Ctrl-C', 'abc\u0003', /glaive: interrupted\r\nexit 130\r\n/],
    ['a signal', 'SIGTERM', /glaive: interrupted\r\nexit 130\r\n/],
    ['Enter', 'abc\b\b\b\r', /Not a credential that glaive knows\.\r\nexit 0\r\n/],
  ])('ends the hidden question for a token: %s', async (_what, typed, says) => {
    // `script` gives the program a terminal; U+0003 is what Ctrl-C sends where the terminal does not act on it.
    const note = join(tempFolder(), 'pid');
    const nodeArgs = preload(`fs.writeFileSync('${note}', String(process.pid));`);
    const words = [process.execPath, ...nodeArgs, CLI, 'explain'].map((word) => `'${word}'`).join(' ');
    const { child, ended } = start('script', ['-qc', `${words}; echo "exit $?"`, '/dev/null']);
    let shown = '';
    child.stdout.on('data', (piece: Buffer) => (shown += piece.toString()));
    await until(() => shown.includes('it is not shown'));
    if (typed === 'SIGTERM') process.kill(Number(readFileSync(note, 'utf8')), typed);
    else child.stdin.write(typed);
    await until(() => /exit \d/.test(shown));
    child.stdin.end();
    const { stdout } = await ended;
    expect(stdout).toMatch(says);
    expect(stdout).not.toContain('abc');
  });
});

describe('a reader that has seen enough', () => {
  it.each(some(FORMATS, 3))('%s: quiet, and the code is that of the scan', async (format) => {
    const folder = tempFolder();
    writeFiles(folder, { many: Array.from({ length: 4000 }, leak).join('') });
    const { child, ended } = startGlaive(['scan', 'many', '--format', format], { cwd: folder });
    child.stdout.once('data', () => child.stdout.destroy());
    expect(await ended).toMatchObject({ code: 1, stderr: '' });
  });

  it('that was never there', async () => {
    const shell = ['-c', 'exec "$@" >&-', 'sh', process.execPath, CLI, 'scan', 'certain'];
    expect(await runProgram('sh', shell, { cwd: filesOfAllKinds() })).toMatchObject({ code: 1, stderr: '' });
  });
});

describe('report files', () => {
  it('several at once, each what it would be alone', async () => {
    const folder = filesOfAllKinds();
    const outputs = FORMATS.flatMap((format) => ['--output', `${format}=${format}.out`]);
    const together = await glaive(['scan', 'certain', 'missing', ...outputs], { cwd: folder });
    expect(together.code).toBe(2);
    for (const format of FORMATS) {
      const alone = await glaive(['scan', 'certain', 'missing', '--format', format], { cwd: folder });
      expect(readFileSync(join(folder, `${format}.out`), 'utf8')).toBe(alone.stdout);
      if (format === 'text') expect(together.stdout).toBe(alone.stdout);
    }
  });

  it('a bare --output takes the place of standard output', async () => {
    const folder = filesOfAllKinds();
    const ran = await glaive(['scan', 'certain', '--format', 'sarif', '-o', 'report.sarif'], { cwd: folder });
    expect(ran).toEqual({ code: 1, stdout: '', stderr: '' });
    expect(JSON.parse(readFileSync(join(folder, 'report.sarif'), 'utf8')).version).toBe('2.1.0');
  });

  it('are never coloured, and replace what was there', async () => {
    const folder = filesOfAllKinds();
    writeFiles(folder, { 'report.txt': leak() });
    const ran = await glaive(['scan', 'certain', '-o', 'report.txt'], { cwd: folder, env: { FORCE_COLOR: '1' } });
    expect(ran.code).toBe(1);
    const written = readFileSync(join(folder, 'report.txt'), 'utf8');
    expect(written).toMatch(/^1 finding in 1 place: [^]* {2}certain:1:[^]*\n1 finding in 1 place; /);
    expect(written).not.toContain('\x1b');
  });

  it('go through a link or a pipe, and do not replace it', async () => {
    const folder = filesOfAllKinds();
    mkdirSync(join(folder, 'elsewhere'));
    // Through a link nothing is made.
    writeFileSync(join(folder, 'elsewhere', 'report'), 'before');
    symlinkSync('elsewhere/report', join(folder, 'linked'));
    await glaive(['scan', 'certain', '-o', 'linked'], { cwd: folder });
    expect(readlinkSync(join(folder, 'linked'))).toBe('elsewhere/report');
    expect(readFileSync(join(folder, 'elsewhere', 'report'), 'utf8')).toContain('1 finding');
    const piped = ['-c', '"$@" -o /dev/stdout | cat', 'sh', process.execPath, CLI, 'scan', 'certain'];
    expect((await runProgram('sh', piped, { cwd: folder })).stdout).toContain('1 finding');
  });

  it.each([
    ['--output', 'kept as it was when only a part can be written'],
    ['standard output', 'reported when only a part can be written'],
  ])('%s: %s', async (where) => {
    const folder = tempFolder();
    writeFiles(folder, { many: Array.from({ length: 500 }, leak).join(''), 'report.json': 'as it was' });
    // A file may grow to a few KiB, as on a disk that is nearly full.
    const redirection = where === '--output' ? '--output report.json' : '>report.json';
    const shell = `ulimit -f 8; "$@" scan many --format json --exit-zero ${redirection}`;
    const ran = await runProgram('sh', ['-c', shell, 'sh', process.execPath, CLI], { cwd: folder });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(
      /^glaive: cannot write (?:the report to report\.json|to standard output): the file would be larger/,
    );
    if (where === '--output') expect(readFileSync(join(folder, 'report.json'), 'utf8')).toBe('as it was');
    expect(readdirSync(folder).toSorted()).toEqual(['many', 'report.json']);
  });
});

describe('colour', () => {
  const cases: readonly [env: Readonly<Record<string, string>>, args: readonly string[], coloured: boolean][] = [
    [{}, [], false],
    [{ FORCE_COLOR: '1' }, [], true],
    [{ FORCE_COLOR: '' }, [], false],
    [{ FORCE_COLOR: '0' }, [], false],
    [{ FORCE_COLOR: '1' }, ['--no-color'], false],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, [], false],
    [{ FORCE_COLOR: '1', NO_COLOR: '' }, [], true],
    [{ NO_COLOR: '1' }, [], false],
  ];
  it.each(cases)('%j %j: %s', async (env, args, coloured) => {
    const folder = filesOfAllKinds();
    const commands = [
      ['scan', 'certain'],
      ['explain', '-'],
      ['rules', 'list'],
    ];
    for (const command of commands) {
      const { stdout, stderr } = await glaive([...command, ...args], { cwd: folder, env, input: token() });
      expect(stdout.includes('\x1b[')).toBe(coloured);
      expect(stderr).toBe('');
    }
  });

  it.each(FORMATS.slice(1))('%s is never coloured', async (format) => {
    const options = { cwd: filesOfAllKinds(), env: { FORCE_COLOR: '1' } };
    expect((await glaive(['scan', 'certain', '--format', format], options)).stdout).not.toContain('\x1b');
  });
});

describe('--quiet', () => {
  it('leaves findings and problems', async () => {
    const folder = filesOfAllKinds();
    expect(await glaive(['scan', 'clean', '--quiet'], { cwd: folder })).toEqual({ code: 0, stdout: '', stderr: '' });
    const found = await glaive(['scan', 'certain', '-q'], { cwd: folder });
    expect(found.stdout).toContain('GitLab personal access token');
    expect(found.stdout).not.toContain('scanned');
    const gap = await glaive(['scan', 'missing', '-q'], { cwd: folder });
    expect(gap.stderr).toContain('missing: no such file or folder');
  });
});

describe('the same input', () => {
  it('gives the same bytes, whatever the order in which things are met', async () => {
    const folder = filesOfAllKinds();
    for (let index = 0; index < runs({ fast: 60, long: 200 }); index++) {
      writeFiles(folder, { [`many/${index % 20}/${index}`]: leak() });
      if (index % 10 === 0) symlinkSync('nowhere', join(folder, 'many', `${index % 20}`, `link-${index}`));
    }
    for (const format of FORMATS) {
      const args = ['scan', '.', 'missing', 'gone', '--format', format];
      const one = await glaive(args, { cwd: folder });
      expect(await glaive(args, { cwd: folder })).toEqual(one);
      if (format === 'json') expect(one.stdout).toContain('"startTime": "2027-01-15T08:00:00.000Z"');
    }
  });

  it('gives the same bytes, whatever the file system does first', async () => {
    const folder = tempFolder();
    for (const name of ['locked-b', 'a', 'locked-a', 'b']) writeFiles(folder, { [`${name}/deep/leak`]: leak() });
    symlinkSync('nowhere', join(folder, 'a', 'link'));
    mkdirSync(join(folder, 'b', '.git'));
    const listing = (order: string, delay: string): readonly string[] =>
      preload(`
        const { readdir } = fs;
        fs.readdir = (path, options, done) => readdir(path, options, (error, entries) => {
          if (/locked-[ab]$/.test(path)) error = Object.assign(new Error('no'), { code: 'EACCES' });
          setTimeout(done, ${delay}, error, entries?.sort((a, b) => (a.name < b.name ? ${order})));
        });`);
    const args = ['scan', '.', 'missing', 'gone', '--format', 'json'];
    const forwards = await glaiveProcess(args, { cwd: folder, nodeArgs: listing('-1 : 1', '0') });
    const backwards = await glaiveProcess(args, {
      cwd: folder,
      nodeArgs: listing('1 : -1', "path.endsWith('a') ? 50 : 0"),
    });
    expect(backwards).toEqual(forwards);
    expect(parseReport(forwards)).toMatchObject({
      gaps: [{ uri: 'gone' }, { uri: 'locked-a' }, { uri: 'locked-b' }, { uri: 'missing' }],
      counts: { skips: { symlink: 1, 'git-directory': 1 } },
    });
  });

  it.each(['tomorrow', '-1', '99999999999999999999', ''])('SOURCE_DATE_EPOCH=%s: the time is now', async (epoch) => {
    const { code, stdout } = await glaive(['scan', 'clean', '--format', 'json'], {
      cwd: filesOfAllKinds(),
      env: { SOURCE_DATE_EPOCH: epoch },
    });
    expect(code).toBe(0);
    expect(Number.isNaN(Date.parse(JSON.parse(stdout).scan.startTime))).toBe(false);
  });
});

describe('a halt in the middle', () => {
  it('is never taken for clean: a folder that is never listed', async () => {
    const nodeArgs = preload('fs.readdir = () => {};');
    const ran = await glaiveProcess(['scan'], { cwd: filesOfAllKinds(), nodeArgs });
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toContain('it stopped before its work was done');
  });

  it('is never taken for findings, and shows no secret: an uncaught error', async () => {
    const nodeArgs = preload(`fs.readdir = () => setImmediate(() => { throw new Error('about ${token()}'); });`);
    const ran = await glaiveProcess(['scan'], { cwd: filesOfAllKinds(), nodeArgs });
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toMatch(/^glaive: internal error: about \[MASKED\]\n {2}This is a bug/);
    expect(ran.stderr).not.toMatch(/\n\s+at /);
  });

  it('an error in the middle of reading is a gap, and the findings before it are reported', async () => {
    const folder = tempFolder();
    writeFiles(folder, { bad: leak().padEnd(600_000, '\n'), good: leak() });
    const nodeArgs = preload(`
      const { readSync } = fs;
      let reads = 0;
      fs.readSync = (...args) => {
        if (++reads === 2) throw Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' });
        return readSync(...args);
      };`);
    const ran = await glaiveProcess(['scan', '--format', 'json', 'bad', 'good'], { cwd: folder, nodeArgs });
    const report = parseReport(ran);
    expect(ran.code).toBe(2);
    expect(report.gaps).toMatchObject([{ kind: 'unreadable', uri: 'bad', message: expect.stringContaining('EIO') }]);
    expect(report.findings.map(({ artifact }) => artifact.uri)).toEqual(['bad', 'good']);
  });
});
