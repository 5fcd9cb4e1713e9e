/** Archives in a tree: opened in memory, nested, damaged, encrypted and hostile ones. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { deflateSync } from 'node:zlib';
import { DAMAGED, ENCRYPTED, gzip, LZOP, STREAMS, tar, UNOPENED, zip } from '../support/archives.ts';
import { Random } from '../support/mint.ts';
import { glaive } from '../support/run-cli.ts';
import { historyJson, scanJson, tokenMint } from '../support/scan-report.ts';
import { git, tempFolder, tempRepository, writeFiles } from '../support/temp-folder.ts';

const token = tokenMint(55);
const places = (report: Awaited<ReturnType<typeof scanJson>>['report']): unknown =>
  report.findings.map(({ artifact, regions, locator }) => [
    artifact.uri,
    regions[0]!.startLine,
    regions[0]!.startColumn,
    locator.entries,
  ]);

it('zip, tar, gzip and what is in each other: found, with the way to it', async () => {
  const folder = tempFolder();
  const text = (): string => `first\n  x = "${token()}"\n`;
  const inner = zip([{ name: 'deep/config.yml', content: Buffer.from(text()) }]);
  writeFiles(folder, {
    'a.zip': zip([
      { name: 'one.txt', content: Buffer.from(text()) },
      { name: 'folder/', content: Buffer.alloc(0) },
      { name: 'stored.txt', content: Buffer.from(text()), stored: true },
    ]),
    'b.tar': tar({ 'two/file': text(), empty: '' }),
    'c.gz': gzip(text()),
    'd.tgz': gzip(tar({ three: text(), 'lib.jar': inner })),
    'no-extension': zip([{ name: 'x', content: Buffer.from(text()) }]),
  });
  const { code, report } = await scanJson([], { cwd: folder });
  expect(places(report)).toEqual([
    ['a.zip!/one.txt', 2, 8, ['one.txt']],
    ['a.zip!/stored.txt', 2, 8, ['stored.txt']],
    ['b.tar!/two/file', 2, 8, ['two/file']],
    ['c.gz!/c', 2, 8, ['c']],
    ['d.tgz!/d.tar!/lib.jar!/deep/config.yml', 2, 8, ['d.tar', 'lib.jar', 'deep/config.yml']],
    ['d.tgz!/d.tar!/three', 2, 8, ['d.tar', 'three']],
    ['no-extension!/x', 2, 8, ['x']],
  ]);
  expect(report.gaps).toEqual([]);
  expect(code).toBe(1);
});

it('standard input: opened as a file is; what cannot be opened, or held, is not scanned', async () => {
  const folder = tempFolder();
  const text = `x = "${token()}"\n`;
  const packed: Readonly<Record<string, Uint8Array>> = {
    gzip: gzip(text),
    zlib: deflateSync(text),
    zip: zip([{ name: 'a', content: Buffer.from(text) }]),
    script: Buffer.concat([Buffer.from('#!/bin/sh\n'), zip([{ name: 'a', content: Buffer.from(text) }])]),
    tar: gzip(tar({ a: text })),
    'two members': Buffer.concat([gzip('first\n'), gzip(text)]),
  };
  const unopened: Readonly<Record<string, Uint8Array>> = {
    lzop: LZOP,
    'damaged gzip': gzip(text.repeat(9)).subarray(0, 40),
    'more than is held': gzip(new Random(1).bytes(34 * 1024 * 1024)),
  };
  const codes = async (inputs: typeof packed): Promise<unknown> =>
    Object.fromEntries(
      await Promise.all(
        Object.entries(inputs).map(async ([name, input]) => {
          const { code, stdout } = await glaive(['scan', '-', '--format', 'json'], { cwd: folder, input });
          const { findings, gaps } = JSON.parse(stdout) as { findings: unknown[]; gaps: unknown[] };
          return [name, [code, findings.length, gaps.length]] as const;
        }),
      ),
    );
  expect(await codes(packed)).toEqual(Object.fromEntries(Object.keys(packed).map((name) => [name, [1, 1, 0]])));
  expect(await codes(unopened)).toEqual(Object.fromEntries(Object.keys(unopened).map((name) => [name, [2, 0, 1]])));
});

describe('what cannot be unpacked', () => {
  it('damaged and cut short: a gap that names it', async () => {
    const folder = tempFolder();
    const whole = zip([{ name: 'x', content: Buffer.from('x'.repeat(5000)) }]);
    const packed = gzip(Buffer.from(Array.from({ length: 5000 }, (_, index) => index % 251)));
    const tape = tar({ x: 'x'.repeat(5000) });
    writeFiles(folder, {
      'cut.zip': whole.subarray(0, whole.length - 10),
      'cut.gz': packed.subarray(0, packed.length - 10),
      'cut.tar': tape.subarray(0, 3000),
      'wrong.gz': Buffer.concat([packed.subarray(0, 40), Buffer.alloc(40, 7), packed.subarray(80)]),
      'fine.txt': token(),
    });
    const { code, report } = await scanJson([], { cwd: folder });
    expect(report.gaps.map(({ kind, uri }) => [kind, uri])).toEqual([
      ['unreadable', 'cut.gz!/cut'],
      ['unreadable', 'cut.tar!/x'],
      ['unreadable', 'cut.zip'],
      ['unreadable', 'wrong.gz!/wrong'],
    ]);
    expect(report.findings.map(({ artifact }) => artifact.uri)).toEqual(['fine.txt']);
    expect(code).toBe(2);
  });

  it('encrypted: counted, the rest is scanned; a gap with --strict', async () => {
    const folder = tempFolder();
    writeFiles(folder, {
      'a.zip': zip([
        { name: 'secret', content: Buffer.from('not readable'), encrypted: true },
        { name: 'open', content: Buffer.from(token()) },
      ]),
    });
    const { code, report } = await scanJson([], { cwd: folder });
    expect(report.counts.skips).toEqual({ 'archive-encrypted': 1 });
    expect(report.findings.map(({ artifact }) => artifact.uri)).toEqual(['a.zip!/open']);
    expect(code).toBe(1);
    expect((await scanJson(['--strict'], { cwd: folder })).code).toBe(2);
  });

  it('only the beginning of one: a gap, whatever its kind', async () => {
    const folder = tempFolder();
    writeFiles(folder, Object.fromEntries(DAMAGED.map(([kind, bytes], index) => [`${index}.${kind}`, bytes])));
    const { code, report } = await scanJson([], { cwd: folder });
    expect([code, report.counts.skips]).toEqual([2, {}]);
    expect(new Set(report.gaps.map(({ uri }) => uri?.split('!/')[0]))).toEqual(
      new Set(DAMAGED.map(([kind], index) => `${index}.${kind}`)),
    );
  });

  it('of a kind that has no reader: counted in a tree, a gap when it was named', async () => {
    const folder = tempFolder();
    writeFiles(folder, { 'a.lzo': LZOP });
    const inTree = await scanJson([], { cwd: folder });
    expect([inTree.code, inTree.report.counts.skips]).toEqual([0, { 'archive-unsupported': 1 }]);
    const named = await scanJson(['a.lzo'], { cwd: folder });
    expect([named.code, named.report.gaps[0]?.uri]).toEqual([2, 'a.lzo']);
  });
});

describe('a zip file behind something else', () => {
  const packed = (text: string): Buffer =>
    zip([{ name: 'in.txt', content: Buffer.from(`${text}\n${'pad '.repeat(50)}`) }]);
  const script = Buffer.from(`#!/bin/sh\n${'exec java -jar "$0"\n'.repeat(1000)}`);

  it('is opened, whatever precedes it, and each of several', async () => {
    const folder = tempFolder();
    const random = new Random(4);
    const expected = new Map<string, string[]>();
    for (let index = 0; index < 40; index++) {
      const secrets = [token(), token()];
      const prefix = random.pick([script, Buffer.from('#!/usr/bin/env python3\n'), random.bytes(random.below(70_000))]);
      const [one, other] = secrets as [string, string];
      const ways: readonly (readonly [Buffer, string[]])[] = [
        [Buffer.concat([prefix, packed(one)]), [one]],
        [Buffer.concat([prefix, packed(one), packed(other)]), [one, other]],
        [Buffer.concat([packed(one), zip([])]), [one]],
      ];
      const [bytes, found] = ways[index % 3]!;
      const name = `${index}.bin`;
      writeFiles(folder, { [name]: index % 2 === 0 ? bytes : gzip(bytes) });
      expected.set(name, found.toSorted());
    }
    const { report } = await scanJson([], { cwd: folder });
    expect(report.gaps).toEqual([]);
    for (const [name, secrets] of expected) {
      const found = report.findings.filter(({ artifact }) => artifact.uri.startsWith(`${name}!/`));
      expect(found, name).toHaveLength(secrets.length);
    }
  });

  it('in a commit, in what is staged, and in the history', async () => {
    for (const prefix of ['#!/usr/bin/env python3\n', script.toString()]) {
      const root = tempRepository({ 'README.md': 'x\n' });
      writeFiles(root, { 'tool.pyz': Buffer.concat([Buffer.from(prefix), packed(token())]) });
      git(root, 'add', '--all');
      const staged = await glaive(['staged'], { cwd: root });
      expect([staged.code, staged.stdout]).toEqual([1, expect.stringContaining('tool.pyz!/in.txt')]);
      git(root, 'commit', '--quiet', '--no-verify', '--message', 'tool');
      const diff = await glaive(['diff', 'HEAD~1..HEAD'], { cwd: root });
      expect([diff.code, diff.stdout]).toEqual([1, expect.stringContaining('tool.pyz!/in.txt')]);
      const history = await glaive(['history', '--archives'], { cwd: root });
      expect([history.code, history.stdout]).toEqual([1, expect.stringContaining('in.txt')]);
    }
  });
});

it('an entry that is skipped is counted once, although the archive is scanned again to find the commit that introduced a credential', async () => {
  const root = tempRepository({ 'a.tar': tar({ 'keys.env': token(), 'x.lzo': LZOP }) });
  for (const reader of ['git', 'pack']) {
    const { code, report } = await historyJson(root, ['--archives', '--reader', reader]);
    expect([code, report.findings.length, report.counts.skips]).toEqual([1, 1, { 'archive-unsupported': 1 }]);
  }
});

describe('what follows a stream', () => {
  it('another member of gzip is read, with any number of zeros between them', async () => {
    const folder = tempFolder();
    const random = new Random(21);
    const expected = new Map<string, string[]>();
    for (let index = 0; index < 60; index++) {
      const secrets = [token(), token(), token()].slice(0, 1 + random.below(3));
      const parts = secrets.flatMap((secret) => [
        gzip(Buffer.concat([Buffer.from(`x = "${secret}"\n`), random.bytes(random.below(random.pick([1, 100_000])))])),
        Buffer.alloc(random.below(random.pick([1, 20, 140_000]))),
      ]);
      writeFiles(folder, { [`${index}.gz`]: Buffer.concat(parts) });
      expected.set(`${index}.gz`, secrets.toSorted());
    }
    const { code, report } = await scanJson([], { cwd: folder });
    expect([code, report.gaps]).toEqual([1, []]);
    for (const [name, secrets] of expected) {
      const found = report.findings.filter(({ artifact }) => artifact.uri.startsWith(`${name}!/`));
      expect(found, name).toHaveLength(secrets.length);
    }
  });

  it('an archive of another kind is opened, or said; other bytes are no damage', async () => {
    const folder = tempFolder();
    const secret = token();
    writeFiles(folder, {
      'a.gz': Buffer.concat([gzip('one\n'), zip([{ name: 'in.txt', content: Buffer.from(secret) }])]),
      'b.gz': Buffer.concat([gzip('one\n'), LZOP]),
      'c.gz': Buffer.concat([gzip(`y = "${secret}"\n`), Buffer.from('trailing garbage')]),
      'd.zz': Buffer.concat([deflateSync('one\n'), deflateSync(`z = "${secret}"\n`)]),
      'e.tar': Buffer.concat([tar({ one: 'one' }), zip([{ name: 'in.txt', content: Buffer.from(secret) }])]),
      'f.run': Buffer.concat([
        Buffer.from('#!/bin/sh\n'),
        LZOP,
        zip([{ name: 'in.txt', content: Buffer.from(secret) }]),
      ]),
      'g.run': Buffer.concat([
        Buffer.from('#!/bin/sh\n'),
        zip([{ name: 'in.gz', content: gzip(secret), stored: true }]),
      ]),
    });
    const { report } = await scanJson([], { cwd: folder });
    // A tar file has no bytes behind its end.
    expect(report.gaps.map(({ uri }) => uri)).toEqual(['e.tar']);
    expect(report.counts.unopened).toEqual({ lzop: 1, 'lzop behind other bytes': 1 });
    expect([...new Set(report.findings.map(({ artifact }) => artifact.uri.split('!/')[0]))]).toEqual([
      'a.gz',
      'c.gz',
      'd.zz',
      'e.tar',
      'f.run',
      'g.run',
    ]);
  });
});

describe('what has no reader', () => {
  it('every kind is counted and said, at any depth', async () => {
    const folder = tempFolder();
    const expected: Record<string, number> = {};
    for (const [index, [kind, bytes]] of UNOPENED.entries()) {
      writeFiles(folder, {
        [`${index}/plain`]: bytes,
        [`${index}/a.zip`]: zip([{ name: 'inner', content: bytes }]),
        [`${index}/b.tgz`]: gzip(tar({ 'c.zip': zip([{ name: 'inner', content: bytes, stored: true }]) })),
      });
      expected[kind] = (expected[kind] ?? 0) + 3;
    }
    const { code, report } = await scanJson([], { cwd: folder });
    expect([code, report.gaps]).toEqual([0, []]);
    expect(report.counts.unopened).toEqual(expected);
    expect(report.counts.skips).toEqual({ 'archive-unsupported': 3 * UNOPENED.length });
    const text = await glaive(['scan'], { cwd: folder });
    const strict = await glaive(['scan', '--strict'], { cwd: folder });
    expect([text.code, strict.code]).toEqual([0, 2]);
    for (const kind of Object.keys(expected)) {
      expect(text.stdout).toContain(kind);
      expect(strict.stdout + strict.stderr).toContain(kind);
    }
  });

  it('encrypted: counted and said', async () => {
    const folder = tempFolder();
    writeFiles(folder, Object.fromEntries(ENCRYPTED.map(([kind, bytes], index) => [`${index}.${kind}`, bytes])));
    const { code, report } = await scanJson([], { cwd: folder });
    expect([code, report.gaps, report.counts.skips]).toEqual([0, [], { 'archive-encrypted': ENCRYPTED.length }]);
    const text = await glaive(['scan'], { cwd: folder });
    expect(text.stdout).toContain(`${ENCRYPTED.length} encrypted files`);
    expect((await scanJson(['--strict'], { cwd: folder })).code).toBe(2);
    const named = await scanJson(['3.gpg'], { cwd: folder });
    expect([named.code, named.report.gaps[0]?.message]).toEqual([2, expect.stringContaining('(gpg)')]);
  });

  it('a stream behind a script, behind a program, behind anything: said', async () => {
    const random = new Random(77);
    const folder = tempFolder();
    const expected: Record<string, number> = {};
    for (let index = 0; index < 160; index++) {
      const [kind, stream] = STREAMS[index % STREAMS.length]!;
      const length = 1 + random.below(random.pick([40, 4000, 200_000]));
      const prefix = random.pick([
        Buffer.from(`#!/bin/sh\n${'tail -n +3 "$0" | unpack\n'.repeat(1 + length / 25)}exit\n`),
        Buffer.concat([Buffer.from('MZ'), Buffer.alloc(length)]),
        Buffer.concat([Buffer.from([0x7f, 0x45, 0x4c, 0x46]), random.bytes(length)]),
        Buffer.alloc(length, 'é'),
        random.bytes(length),
      ]);
      writeFiles(folder, { [`${index}.run`]: Buffer.concat([prefix, stream]) });
      expected[`${kind} behind other bytes`] = (expected[`${kind} behind other bytes`] ?? 0) + 1;
    }
    const { code, report } = await scanJson([], { cwd: folder });
    expect([code, report.gaps]).toEqual([0, []]);
    expect(report.counts.unopened).toEqual(expected);
  });

  it('a change in the middle of one: all of it is scanned', async () => {
    const random = new Random(5);
    const root = tempRepository({ 'README.md': 'x\n' });
    const head = Buffer.concat([LZOP, random.bytes(2000), Buffer.from('\n')]);
    const script = Buffer.from('#!/bin/sh\ntail -n +4 "$0" | tar xz\nexit\n');
    writeFiles(root, {
      'a.lzo': Buffer.concat([head, random.bytes(500)]),
      'b.run': Buffer.concat([script, gzip('one')]),
    });
    git(root, 'add', '--all');
    git(root, 'commit', '--quiet', '--no-verify', '--message', 'boxes');
    writeFiles(root, {
      'a.lzo': Buffer.concat([head, random.bytes(600)]),
      'b.run': Buffer.concat([script, gzip(random.bytes(400))]),
    });
    git(root, 'add', '--all');
    const { code, stdout } = await glaive(['staged', '--format', 'json'], { cwd: root });
    expect([code, (JSON.parse(stdout) as { counts: unknown }).counts]).toEqual([
      0,
      expect.objectContaining({ gaps: 0, unopened: { lzop: 1, 'gzip behind other bytes': 1 } }),
    ]);
  });

  it('what begins with the letters of one, or speaks of them, is text', async () => {
    const folder = tempFolder();
    const random = new Random(12);
    writeFiles(folder, {
      ...Object.fromEntries(
        [
          'BZhello',
          'ORCHESTRATION',
          'CWS is a tool',
          'ZWS',
          'PAR1S',
          'Objects',
          'hsqs',
          'KDMV',
          '-lh5-',
          'x-lh5-',
          'FEA1',
          'PDF',
        ].map((word, index) => [`${index}.txt`, `${word} and so on, for some more words in this line\nand the next\n`]),
      ),
      'about.md': 'A file begins with %PDF-1.4, and its streams have /FlateDecode; gzip with \u001f\u008b.\n',
      ...Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`${index}.bin`, random.bytes(40_000)])),
      ...Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`${index}.zero`, Buffer.alloc(index * 99)])),
    });
    const { code, report } = await scanJson([], { cwd: folder });
    expect([code, report.gaps, report.counts.skips]).toEqual([0, [], {}]);
  });

  it('a zlib stream is opened, and text that begins like one is text', async () => {
    const folder = tempFolder();
    const random = new Random(9);
    writeFiles(folder, {
      object: deflateSync(`blob 40\0x = "${token()}"\n`),
      large: deflateSync(Buffer.concat([random.bytes(50_000), Buffer.from(`x = "${token()}"\n`)])),
      'formula.txt': 'x^2 + y^2 = z^2\n',
      'not.bin': Buffer.concat([Buffer.from([0x78, 0x9c]), random.bytes(9000)]),
      'words.txt': '\u001F\u0000 BZ LZ ]\n',
    });
    const { code, report } = await scanJson([], { cwd: folder });
    expect([code, report.gaps, report.counts.skips]).toEqual([1, [], {}]);
    expect(report.findings.map(({ artifact }) => artifact.uri)).toEqual(['large!/large', 'object!/object']);
  });
});

describe('hostile archives', () => {
  it('archives in archives without end', async () => {
    const folder = tempFolder();
    let nested = zip([{ name: 'x', content: Buffer.from(token()) }]);
    for (let depth = 0; depth < 8; depth++) nested = zip([{ name: 'n.zip', content: nested }]);
    writeFiles(folder, { 'deep.zip': nested });
    const { report } = await scanJson([], { cwd: folder });
    expect(report.counts.skips).toEqual({ 'archive-limit': 1 });
  });

  it('names that lead out, that hold controls, that hold a token', async () => {
    const folder = tempFolder();
    const inName = token();
    const names = ['../../../etc/passwd', '/etc/shadow', 'a\\..\\b', 'x\u001b[31m', `dir/${inName}.txt`];
    const archive = zip(names.map((name) => ({ name, content: Buffer.from(token()) })));
    writeFileSync(join(folder, 'a.zip'), archive);
    const { code, report, stdout } = await scanJson([], { cwd: folder });
    expect(code).toBe(1);
    expect(stdout).not.toContain(inName);
    expect(stdout).not.toContain('\u001b');
    expect(report.findings).toHaveLength(names.length + 1);
  });
});
