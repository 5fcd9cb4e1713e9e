/** What memory is measured on: inputs of awkward sizes for every command that reads much. */

import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { zip } from '../../test/support/archives.ts';
import { has } from '../../test/support/containers.ts';
import { mint, Random } from '../../test/support/mint.ts';
import { sampleText } from './sample-text.ts';

export interface MemoryCase {
  readonly name: string;
  readonly make: (folder: string) => void;
  readonly args: readonly string[];
  /** The file in the folder that standard input is. */
  readonly input?: string;
  /** Both are measured if it has threads. */
  readonly threads?: true;
  readonly budgetMb: number;
}

const MB = 1024 * 1024;
const BUDGET_MB = 512;
const HISTORY_BUDGET_MB = 256;
const FORMATS = ['text', 'json', 'jsonl', 'sarif', 'gitlab', 'codequality', 'junit', 'csv', 'markdown', 'html'];

/** @param part of the size of each, to test whether the bench works */
export function memoryCases(part: number): MemoryCase[] {
  const text = Buffer.from(sampleText(MB));
  const oneLine = Buffer.from(text.toString('latin1').replaceAll('\n', ' '), 'latin1');
  const repeated =
    (piece: Buffer, megabytes: number) =>
    (folder: string): void =>
      writeRepeated(join(folder, 'job.log'), piece, megabytes * part);
  const scan = { args: ['scan', '.'], threads: true as const, budgetMb: BUDGET_MB };
  const logs = { args: ['logs', 'job.log'], budgetMb: BUDGET_MB };
  const mask = { args: ['mask'], input: 'job.log', budgetMb: BUDGET_MB };
  const staged = { args: ['staged'], budgetMb: BUDGET_MB };
  const history = { args: ['history'], threads: true as const, budgetMb: HISTORY_BUDGET_MB };
  const gb = (amount: number): string => `${Number((amount * part).toFixed(3))} GB`;
  return [
    { ...scan, name: `scan, a log of ${gb(4)}`, make: repeated(text, 4096) },
    { ...scan, name: `scan, one line of ${gb(1)}`, make: repeated(oneLine, 1024) },
    { ...scan, name: `scan, a file of ${gb(10)} with holes`, make: (folder) => writeHoles(folder, 10_240 * part) },
    { ...scan, name: `scan, ${500_000 * part} small files`, make: (folder) => writeSmallFiles(folder, 500_000 * part) },
    { ...scan, name: `scan, gzip of ${gb(10)}`, make: (folder) => writeGzipBomb(folder, 10_240 * part) },
    { ...scan, name: 'scan, zips in zips', make: writeZipBomb },
    { ...scan, name: 'scan, zips in zips that are kept in memory', make: writeKeptZips },
    ...(has('xz') ? [{ ...scan, name: 'scan, xz in xz, with dictionaries of 64 MB', make: writeDictionaries }] : []),
    { ...scan, name: `scan, a zip of ${60_000 * part} files`, make: (folder) => writeWideZip(folder, 60_000 * part) },
    { ...logs, name: `logs, ${gb(4)}`, make: repeated(text, 4096) },
    { ...logs, name: `logs, one line of ${gb(1)}`, make: repeated(oneLine, 1024) },
    {
      ...logs,
      name: `logs, gzip of ${gb(10)}`,
      make: (folder) => writeGzipBomb(folder, 10_240 * part),
      args: ['logs', 'zeros.gz'],
    },
    { ...mask, name: `mask, ${gb(4)}`, make: repeated(text, 4096) },
    { ...mask, name: `mask, one line of ${gb(1)}`, make: repeated(oneLine, 1024) },
    { ...staged, name: `staged, a new file of ${gb(0.9)}`, make: (folder) => stage(folder, text, 920 * part, false) },
    {
      ...staged,
      name: `staged, a changed file of ${gb(1.1)}`,
      make: (folder) => stage(folder, text, 1130 * part, true),
    },
    {
      ...history,
      name: `history, a file of ${gb(1.1)}, changed`,
      make: (folder) => commitChanged(folder, text, 1130 * part),
    },
    { ...history, name: `history, ${100_000 * part} files`, make: (folder) => commitMany(folder, 100_000 * part) },
    ...FORMATS.map((format) => ({
      name: `${format}, ${10_000 * part} findings`,
      make: (folder: string) => writeTokens(folder, 10_000 * part),
      args: ['scan', '.', '--format', format],
      budgetMb: BUDGET_MB,
    })),
  ];
}

function writeRepeated(path: string, piece: Buffer, times: number): void {
  const file = openSync(path, 'w');
  for (let count = 0; count < times; count++) writeSync(file, piece);
  closeSync(file);
}

function writeHoles(folder: string, megabytes: number): void {
  const file = openSync(join(folder, 'disk.img'), 'w');
  for (let at = 0; at <= megabytes; at += 512) writeSync(file, 'text\n', at * MB);
  closeSync(file);
}

function writeSmallFiles(folder: string, count: number): void {
  for (let index = 0; index < count; index++) {
    const path = join(folder, `d${index % 500}`);
    if (index < 500) mkdirSync(path);
    writeFileSync(join(path, `f${index}`), `file ${index}\n`);
  }
}

/** Members of 64 MB, which a reader of gzip joins. */
function writeGzipBomb(folder: string, megabytes: number): void {
  writeRepeated(join(folder, 'zeros.gz'), gzipSync(Buffer.alloc(64 * MB)), megabytes / 64);
}

/** Ten zips in each of ten zips in each of ten, and 100 MB in each of those. */
function writeZipBomb(folder: string): void {
  let inner = zip([{ name: 'zeros', content: Buffer.alloc(100 * MB) }]);
  for (let depth = 0; depth < 3; depth++)
    inner = zip(Array.from({ length: 10 }, (_, index) => ({ name: `${index}.zip`, content: inner })));
  writeFileSync(join(folder, 'bomb.zip'), inner);
}

/** Entries of just less than 32 MB, which are kept while those in them are read. */
function writeKeptZips(folder: string): void {
  let inner: Buffer = randomBytes(31 * MB);
  for (let depth = 0; depth < 4; depth++) inner = zip([{ name: `${depth}.zip`, content: inner, stored: true }]);
  writeFileSync(join(folder, 'kept.zip'), inner);
}

function writeDictionaries(folder: string): void {
  const xz = (input: Buffer): Buffer =>
    execFileSync('xz', ['--lzma2=preset=0,dict=64MiB', '--stdout'], { input, maxBuffer: 1024 * MB });
  const path = join(folder, 'nested.tar.xz');
  writeFileSync(path, xz(Buffer.from(sampleText(64 * MB))));
  for (let depth = 0; depth < 2; depth++)
    writeFileSync(path, xz(execFileSync('tar', ['-cf', '-', 'nested.tar.xz'], { cwd: folder, maxBuffer: 1024 * MB })));
}

function writeWideZip(folder: string, count: number): void {
  const entries = Array.from({ length: count }, (_, index) => ({
    name: `f${index}`,
    content: Buffer.from(`file ${index}`),
  }));
  writeFileSync(join(folder, 'wide.zip'), zip(entries));
}

function writeTokens(folder: string, count: number): void {
  const random = new Random(20_261_129);
  for (let index = 0; index < 100; index++) {
    const lines = Array.from({ length: count / 100 }, () => `token: ${mint('pat legacy', random)}\n`);
    writeFileSync(join(folder, `f${index}.yml`), lines.join(''));
  }
}

function gitIn(cwd: string, ...args: string[]): void {
  execFileSync(
    'git',
    ['-c', 'user.name=A', '-c', 'user.email=a@example.com', '-c', 'core.compression=1', '-c', 'gc.auto=0', ...args],
    { cwd, stdio: 'pipe' },
  );
}

function stage(folder: string, text: Buffer, megabytes: number, isChange: boolean): void {
  gitIn(folder, 'init', '--quiet');
  writeFileSync(join(folder, 'a.txt'), 'one\n');
  if (isChange) writeRepeated(join(folder, 'big.log'), text, megabytes);
  gitIn(folder, 'add', '--all');
  gitIn(folder, 'commit', '--quiet', '--message', 'first');
  writeRepeated(join(folder, 'big.log'), text, megabytes);
  writeFileSync(join(folder, 'big.log'), 'the end\n', { flag: 'a' });
  gitIn(folder, 'add', '--all');
}

function commitChanged(folder: string, text: Buffer, megabytes: number): void {
  stage(folder, text, megabytes, true);
  gitIn(folder, 'commit', '--quiet', '--message', 'second');
}

function commitMany(folder: string, count: number): void {
  gitIn(folder, 'init', '--quiet');
  writeSmallFiles(folder, count);
  gitIn(folder, 'add', '--all');
  gitIn(folder, 'commit', '--quiet', '--message', 'many');
  gitIn(folder, 'repack', '-a', '-d', '-q');
}
