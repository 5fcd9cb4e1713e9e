/** Archives in a tree: opened in memory, nested, damaged, encrypted and hostile ones. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { gzip, tar, zip } from '../support/archives.ts';
import { scanJson, tokenMint } from '../support/scan-report.ts';
import { tempFolder, writeFiles } from '../support/temp-folder.ts';

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

  it('encrypted: counted, the rest is looked at; a gap with --strict', async () => {
    const folder = tempFolder();
    writeFiles(folder, {
      'a.zip': zip([
        { name: 'secret', content: Buffer.from('nobody reads this'), encrypted: true },
        { name: 'open', content: Buffer.from(token()) },
      ]),
    });
    const { code, report } = await scanJson([], { cwd: folder });
    expect(report.counts.skips).toEqual({ 'archive-encrypted': 1 });
    expect(report.findings.map(({ artifact }) => artifact.uri)).toEqual(['a.zip!/open']);
    expect(code).toBe(1);
    expect((await scanJson(['--strict'], { cwd: folder })).code).toBe(2);
  });

  it('of a kind that has no reader: counted in a tree, a gap when it was named', async () => {
    const folder = tempFolder();
    writeFiles(folder, { 'a.xz': Buffer.concat([Buffer.from('fd377a585a00', 'hex'), Buffer.alloc(100)]) });
    const inTree = await scanJson([], { cwd: folder });
    expect([inTree.code, inTree.report.counts.skips]).toEqual([0, { 'archive-unsupported': 1 }]);
    const named = await scanJson(['a.xz'], { cwd: folder });
    expect([named.code, named.report.gaps[0]?.uri]).toEqual([2, 'a.xz']);
  });
});

describe('hostile archives', () => {
  it('a bomb is stopped', async () => {
    const folder = tempFolder();
    const zeros = gzip(Buffer.alloc(900_000_000));
    writeFiles(folder, { 'bomb.gz': zeros, 'bomb.zip': zip([{ name: 'x', content: Buffer.alloc(400_000_000) }]) });
    const { code, report } = await scanJson([], { cwd: folder });
    expect(report.counts.skips).toEqual({ 'archive-limit': 2 });
    expect(code).toBe(0);
  }, 120_000);

  it('archives in archives without end', async () => {
    const folder = tempFolder();
    let nested = zip([{ name: 'x', content: Buffer.from(token()) }]);
    for (let depth = 0; depth < 8; depth++) nested = zip([{ name: 'n.zip', content: nested }]);
    writeFiles(folder, { 'deep.zip': nested });
    const { report } = await scanJson([], { cwd: folder });
    expect(report.counts.skips).toEqual({ 'archive-limit': 1 });
  });

  it('hundreds of thousands of entries', async () => {
    const folder = tempFolder();
    const entries = Array.from({ length: 60_000 }, (_, index) => ({
      name: `${index}`,
      content: Buffer.alloc(0),
      stored: true,
    }));
    writeFiles(folder, { 'many.zip': zip(entries) });
    const { code, report } = await scanJson([], { cwd: folder });
    expect([code, report.counts.artifacts]).toEqual([0, 60_001]);
  }, 120_000);

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
