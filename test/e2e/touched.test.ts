/** Tokens in what programs really write: databases, compiled programs and serialised data have no separators. */

import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { mint, Random } from '../support/mint.ts';
import { glaive } from '../support/run-cli.ts';
import { parseReport } from '../support/scan-report.ts';
import { tempFolder, writeFiles } from '../support/temp-folder.ts';

const random = new Random(1717);
const KINDS = [
  'pat legacy',
  'pat routable v1',
  'deploy',
  'runner typed',
  'trigger',
  'oauth secret',
  'job jwt',
] as const;

/** What is found of tokens in the files of a folder, as offsets in each file. */
async function found(cwd: string): Promise<(readonly [confidence: string, length: number, isTouched: boolean])[]> {
  const ran = await glaive(['scan', '.', '--format', 'json'], { cwd });
  return parseReport(ran).findings.map(({ confidence, regions, touched }) => [
    confidence,
    regions[0]!.byteLength,
    touched === true,
  ]);
}

/** Whether a program can be started. */
const has = (program: string, flag: string): boolean => spawnSync(program, [flag]).status === 0;

const PROGRAMS: Readonly<Record<string, string>> = {
  'a SQLite row with a column after it': `
import sqlite3, sys
for count, token in enumerate(sys.argv[1:]):
    db = sqlite3.connect(f'{count}.db'); db.execute('create table t (a text, b text, c int)')
    db.execute('insert into t values (?, ?, 7)', (token, 'next')); db.commit(); db.close()`,
  'a pickle': `
import pickle, sys
for count, token in enumerate(sys.argv[1:]): open(f'{count}.pkl', 'wb').write(pickle.dumps({'t': token, 'n': [token, 'x', 1]}, 1 + count % 4))`,
  'a binary property list': `
import plistlib, sys
for count, token in enumerate(sys.argv[1:]): open(f'{count}.plist', 'wb').write(plistlib.dumps({'a': token, 'b': 'name', 'c': 1}, fmt=plistlib.FMT_BINARY))`,
};

describe.skipIf(!has('python3', '--version'))('written by Python', () => {
  it.each(Object.entries(PROGRAMS))('%s', async (_name, program) => {
    const cwd = tempFolder();
    const tokens = KINDS.map((kind) => mint(kind, random));
    execFileSync('python3', ['-c', program, ...tokens], { cwd });
    const results = await found(cwd);
    expect(results.map(([, length]) => length).toSorted((a, b) => a - b)).toEqual(
      tokens.map(({ length }) => length).toSorted((a, b) => a - b),
    );
    expect(results.filter(([confidence]) => confidence === 'unlikely')).toEqual([]);
  });
});

/** A field of a protocol buffer: tag, length, bytes. */
const field = (tag: number, text: string): Buffer =>
  Buffer.concat([
    Buffer.from([
      (tag << 3) | 2,
      ...(text.length < 128 ? [text.length] : [(text.length & 127) | 128, text.length >> 7]),
    ]),
    Buffer.from(text),
  ]);

describe.each(KINDS)('%s', (kind) => {
  it.each([
    ['a protocol buffer', (token: string) => Buffer.concat([field(1, 'name'), field(2, token), field(12, 'host')])],
    ['bencode', (token: string) => Buffer.from(`d5:token${token.length}:${token}4:user3:bobe`)],
    ['constants of a Go program', (token: string) => Buffer.from(`not foundbad portexample${token}abortedaccept`)],
    ['the name of a branch', (token: string) => Buffer.from(`refs/heads/${token}-fix\n`)],
    ['a word behind it', (token: string) => Buffer.from(`use ${token}end of it`)],
  ])('%s', async (_name, write) => {
    const cwd = tempFolder();
    const token = mint(kind, random);
    const bytes = write(token);
    writeFiles(cwd, { 'data.bin': bytes });
    const isProven = kind === 'pat routable v1';
    const next = bytes.toString('latin1').split(token)[1]![0]!;
    const isTouched = !isProven && /[\w-]/.test(next);
    const results = await found(cwd);
    expect(results.map(([, length, touched]) => [length, touched])).toEqual([[token.length, isTouched]]);
    expect(results[0]![0]).toBe(isProven ? 'proven' : isTouched ? 'likely' : 'certain');
    const text = (await glaive(['scan', '.', '--no-color'], { cwd })).stdout;
    expect(text.includes('more characters follow directly')).toBe(isTouched);
    const masked = await glaive(['mask'], { input: bytes });
    expect(masked.stdout).not.toContain(token.slice(-12));
    if (isTouched) expect(masked.stdout).not.toMatch(/MASKED\][\w-]/);
  });
});
