/** Containers that the programs of their formats made: a token in each is found, to the byte; damage is a gap, and a bomb is stopped. */

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { gzip, tar, zip } from '../support/archives.ts';
import { CONTAINERS, has, pack } from '../support/containers.ts';
import { Random } from '../support/mint.ts';
import { glaive } from '../support/run-cli.ts';
import { some } from '../support/runs.ts';
import { placesByToken, scanJson, type ScanReport, tokenMint } from '../support/scan-report.ts';
import { printTable } from '../support/table.ts';
import { tempFolder, writeFiles } from '../support/temp-folder.ts';

const token = tokenMint(241);
const random = new Random(242);
/** Text that compresses, and does not end in one block. */
const filler = Array.from({ length: 4000 }, (_, line) => `${line} ${random.bytes(9).toString('hex')}\n`).join('');
const BEFORE = `${filler}key = "`;
const secretFile = (): string => `${BEFORE}${token()}"\n${filler}`;

/** Half of them in `npm test`; `npm run evidence -- containers` has all. */
const CHOSEN = some(CONTAINERS, 34);
const POSSIBLE = CHOSEN.filter(({ needs }) => needs.every(has));

/** Each in a folder of its own, because some names decide. */
async function scanAll(files: readonly (readonly [string, Buffer])[]): Promise<ReadonlyMap<string, ScanReport>> {
  const folder = tempFolder();
  writeFiles(folder, Object.fromEntries(files));
  const { report } = await scanJson(
    files.map(([name]) => name),
    { cwd: folder },
  );
  const isOf = (name: string) => (uri: string | undefined) => uri === name || uri?.startsWith(`${name}!/`) === true;
  return new Map(
    files.map(([name]) => {
      const findings = report.findings.filter(({ artifact }) => isOf(name)(artifact.uri));
      return [name.split('/')[0]!, { ...report, findings, gaps: report.gaps.filter(({ uri }) => isOf(name)(uri)) }];
    }),
  );
}

/** What one scan of all containers reports, by container; and another of their first halves. */
async function makeAndScan() {
  const files = POSSIBLE.map((container, index) => {
    return [`${index}/${container.name ?? 'out'}`, pack(container, secretFile(), filler)] as const;
  });
  return {
    whole: await scanAll(files),
    // Bytes that are stored as they are may be found in the part that is left.
    cut: await scanAll(files.map(([name, bytes]) => [name, bytes.subarray(0, bytes.length >> 1)])),
  };
}
let scanned: ReturnType<typeof makeAndScan> | undefined;

const rows: Record<string, string | number>[] = [];
afterAll(() => printTable('Containers: whole, and cut to half', rows));

describe.each(CHOSEN)('$kind', (container) => {
  const missing = container.needs.filter((program) => !has(program));

  it.skipIf(missing.length > 0)(
    `is opened, and damage is a gap${missing.length === 0 ? '' : ` (skipped: there is no ${missing.join(', ')})`}`,
    async () => {
      const { whole, cut } = await (scanned ??= makeAndScan());
      const name = `${POSSIBLE.indexOf(container)}`;
      const { findings, gaps } = whole.get(name)!;
      const places = findings.map(({ artifact, regions }) => [
        artifact.uri.split('!/').slice(-container.entries.length),
        regions[0]!.byteOffset - BEFORE.length,
      ]);
      const offset = container.kind.includes('two ') && container.entries[0] === 'out' ? filler.length : 0;
      const reported = cut.get(name)!.gaps.length > 0 ? 'reported' : 'SILENT';
      rows.push({
        container: container.kind,
        whole: findings.length === 1 ? 'found' : gaps.length > 0 ? 'reported' : 'MISSED',
        cut: reported,
      });
      expect([gaps, places]).toEqual([[], [[container.entries, offset]]]);
      // What remains of these is whole.
      if (!/^(?:iso|compress)/.test(container.kind)) expect(reported).toBe('reported');
    },
    180_000,
  );
});

describe('limits', () => {
  it.skipIf(!has('dpkg-deb'))('of levels: a package is one, and so is a compressed tar file', async () => {
    const folder = tempFolder();
    const inner = gzip(tar({ 'a.tar.gz': gzip(tar({ 'secret.txt': token() })) }));
    writeFiles(folder, {
      'd/DEBIAN/control': 'Package: x\nVersion: 1\nArchitecture: all\nMaintainer: x <x@example.com>\nDescription: x\n',
      'd/etc/b.tar.gz': inner,
    });
    execFileSync('dpkg-deb', ['-Zxz', '-b', 'd', 'x.deb'], { cwd: folder, stdio: 'pipe' });
    const other = tempFolder();
    writeFiles(other, { 'a.tar': tar({ 'x.deb': readFileSync(join(folder, 'x.deb')) }) });
    const { code, report } = await scanJson([], { cwd: other });
    expect([code, report.counts.skips, report.findings.map(({ artifact }) => artifact.uri)]).toEqual([
      1,
      {},
      ['a.tar!/x.deb!/data.tar.xz!/data.tar!/./etc/b.tar.gz!/b.tar!/a.tar.gz!/a.tar!/secret.txt'],
    ]);
    // One level more.
    const deep = tempFolder();
    writeFiles(deep, { 'b.zip': zip([{ name: 'a.tar', content: readFileSync(join(other, 'a.tar')) }]) });
    const deeper = await scanJson([], { cwd: deep });
    expect([deeper.code, deeper.report.counts.skips]).toEqual([0, { 'archive-limit': 1 }]);
  });

  const run = (command: string): Buffer => execFileSync('sh', ['-c', command], { maxBuffer: 1 << 30, stdio: 'pipe' });
  const zeros = 'head -c 80000000 /dev/zero';
  /** In a job log, zeros are one long line, which takes seconds. */
  const lines = 'yes "$(printf %0200d)" | head -c 80000000';

  it.skipIf(!['bzip2', 'xz', 'zstd', 'lz4'].every(has))(
    'bombs are stopped',
    async () => {
      const folder = tempFolder();
      writeFiles(folder, {
        'a.bz2': run(`${zeros} | bzip2 -9`),
        'a.xz': run(`${zeros} | xz -1`),
        'a.zst': run(`${lines} | zstd -12`),
      });
      const { code, report } = await scanJson([], { cwd: folder });
      expect([code, report.counts.skips, report.gaps]).toEqual([0, { 'archive-limit': 3 }, []]);
      for (const name of some(['a.zst', 'a.bz2', 'a.xz'], 1))
        for (const command of name === 'a.zst' ? ['scan', 'logs'] : ['scan']) {
          const named = await glaive([command, name], { cwd: folder });
          expect([named.code, named.stderr]).toEqual([2, expect.stringContaining(name)]);
        }
    },
    120_000,
  );

  it.skipIf(!has('7z'))('encrypted: a gap, and counted in a tree; also when the names are encrypted', async () => {
    const folder = tempFolder();
    const source = tempFolder();
    writeFiles(source, { 'secret.txt': secretFile() });
    for (const [name, option] of [
      ['a', '-mhe=off'],
      ['b', '-mhe=on'],
    ] as const)
      execFileSync('7z', ['a', '-psesame', option, '-bd', join(folder, `${name}.7z`), 'secret.txt'], {
        cwd: source,
        stdio: 'pipe',
      });
    const { code, report } = await scanJson(['a.7z', 'b.7z'], { cwd: folder });
    expect([code, report.findings, report.gaps.length, report.counts.skips]).toEqual([2, [], 2, {}]);
    const inTree = await scanJson([], { cwd: folder });
    expect([inTree.code, inTree.report.counts.skips]).toEqual([0, { 'archive-encrypted': 2 }]);
  });
});

it.skipIf(!has('zstd'))('zip: an entry in zstd, which no program of Debian writes', async () => {
  const folder = tempFolder();
  const content = execFileSync('zstd', ['-c'], { input: secretFile() });
  writeFileSync(join(folder, 'a.zip'), zip([{ name: 'secret.txt', content, method: 93 }]));
  const { code, report } = await scanJson([], { cwd: folder });
  expect([
    code,
    report.gaps,
    report.findings.map(({ artifact, regions }) => [artifact.uri, regions[0]!.byteOffset]),
  ]).toEqual([1, [], [['a.zip!/secret.txt', BEFORE.length]]]);
});

it('static library: what is stored is found as a part of it, and archives in it are opened', async () => {
  const folder = tempFolder();
  const [stored, packed, named] = [token(), token(), token()];
  const member = (name: string, content: Buffer): Buffer =>
    Buffer.concat([
      Buffer.from(`${name.padEnd(16)}${'0'.padEnd(12)}${'0'.padEnd(6)}${'0'.padEnd(6)}${'644'.padEnd(8)}`),
      Buffer.from(`${String(content.length).padEnd(10)}\`\n`),
      content,
      Buffer.alloc(content.length % 2, '\n'),
    ]);
  const members = [
    member('a.o/', Buffer.from(`\x7fELF ${stored} `)),
    member('b.gz/', gzip(Buffer.from(`key = "${packed}"`))),
    member('/0', gzip(Buffer.from(`key = "${named}"`))),
  ];
  const table = [member('/', Buffer.alloc(5)), member('//', Buffer.from('a name that is too long.gz/\n'))];
  const library = Buffer.concat([Buffer.from('!<arch>\n'), ...table, ...members]);
  writeFiles(folder, { 'lib.a': library, 'cut.a': library.subarray(0, -20) });
  const { report } = await scanJson(['lib.a'], { cwd: folder });
  expect([report.gaps, placesByToken(report, [stored, packed, named])]).toEqual([
    [],
    [['lib.a'], ['lib.a!/b.gz!/b'], ['lib.a!/a name that is too long.gz!/a name that is too long']],
  ]);
  const cut = await scanJson(['cut.a'], { cwd: folder });
  expect([cut.code, cut.report.gaps.length]).toEqual([2, 1]);
});

it('rar: an entry that is stored is found, by its name', async () => {
  const folder = tempFolder();
  writeFileSync(join(folder, 'a.rar'), storedRar('secret.txt', Buffer.from(`${BEFORE}${token()}"`)));
  const { code, report } = await scanJson([], { cwd: folder });
  expect([code, report.gaps, report.findings.map(({ artifact }) => artifact.uri)]).toEqual([
    1,
    [],
    ['a.rar!/secret.txt'],
  ]);
});

/** A file of RAR 4, as its technical note describes it: the program that makes such files is not free. */
function storedRar(name: string, content: Buffer): Buffer {
  const block = (type: number, flags: number, fields: Buffer): Buffer => {
    const head = Buffer.alloc(5);
    head[0] = type;
    head.writeUInt16LE(flags, 1);
    head.writeUInt16LE(7 + fields.length, 3);
    const sum = Buffer.alloc(2);
    sum.writeUInt16LE(crc32(Buffer.concat([head, fields])) & 0xffff);
    return Buffer.concat([sum, head, fields]);
  };
  const file = Buffer.alloc(25);
  file.writeUInt32LE(content.length, 0);
  file.writeUInt32LE(content.length, 4);
  file[8] = 3;
  file.writeUInt32LE(crc32(content), 9);
  file.writeUInt32LE(0x5a21_0000, 13);
  file[17] = 20;
  file[18] = 0x30;
  file.writeUInt16LE(name.length, 19);
  file.writeUInt32LE(0o100644, 21);
  return Buffer.concat([
    Buffer.from('526172211a0700', 'hex'),
    block(0x73, 0, Buffer.alloc(6)),
    // With the time to a part of a second, as the program writes it.
    block(0x74, 0x9000, Buffer.concat([file, Buffer.from(name), Buffer.from('00b09a2432', 'hex')])),
    content,
    block(0x7b, 0x4000, Buffer.alloc(0)),
  ]);
}
