/** Containers that the programs of their formats made: a token in each is found, to the byte; damage is a gap, and a bomb is stopped. */

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { zip } from '../support/archives.ts';
import { Random } from '../support/mint.ts';
import { scanJson, tokenMint } from '../support/scan-report.ts';
import { printTable } from '../support/table.ts';
import { tempFolder, writeFiles } from '../support/temp-folder.ts';

const token = tokenMint(241);
const random = new Random(242);
/** Text that compresses, and does not end in one block. */
const filler = Array.from({ length: 4000 }, (_, line) => `${line} ${random.bytes(9).toString('hex')}\n`).join('');
const BEFORE = `${filler}key = "`;
const secretFile = (): string => `${BEFORE}${token()}"\n${filler}`;

interface Container {
  readonly kind: string;
  /** Programs of Debian, by the name that is called; without one of them, the test is skipped. */
  readonly needs: readonly string[];
  /** A shell command that makes `$OUT` of the file `secret.txt`, and of `other.txt`. */
  readonly make: string;
  /** The last parts of the way to the entry; `OUT` is replaced. */
  readonly entries: readonly string[];
}

const stream = (kind: string, program: string, make = `${program} -c secret.txt > $OUT`): Container => ({
  kind,
  needs: [program],
  make,
  entries: ['out'],
});
const tarOf = (kind: string, program: string): Container => ({
  kind: `tar.${kind}`,
  needs: [program],
  make: `tar cf - other.txt secret.txt | ${program} -c > $OUT`,
  entries: ['out', 'secret.txt'],
});
const zipOf = (method: string): Container => ({
  kind: `zip (${method})`,
  needs: ['7z'],
  make: `7z a -tzip -mm=${method} -bd $OUT.zip other.txt secret.txt && mv $OUT.zip $OUT`,
  entries: ['secret.txt'],
});
const sevenZip = (method: string): Container => ({
  kind: `7z (${method})`,
  needs: ['7z'],
  make: `7z a ${method} -bd $OUT.7z other.txt secret.txt && mv $OUT.7z $OUT`,
  entries: ['secret.txt'],
});
const cpioOf = (format: string): Container => ({
  kind: `cpio (${format})`,
  needs: ['cpio'],
  make: `printf 'other.txt\\nsecret.txt\\n' | cpio -o -H ${format} > $OUT`,
  entries: ['secret.txt'],
});
const debOf = (compression: string): Container => ({
  kind: `deb (${compression})`,
  needs: ['dpkg-deb'],
  make: `mkdir -p d/DEBIAN d/etc && printf 'Package: x\\nVersion: 1\\nArchitecture: all\\nMaintainer: x <x@example.com>\\nDescription: x\\n' > d/DEBIAN/control && cp secret.txt d/etc/ && dpkg-deb -Z${compression} -b d $OUT.deb && mv $OUT.deb $OUT`,
  entries: ['./etc/secret.txt'],
});
const rpmOf = (payload: string): Container => ({
  kind: `rpm (${payload})`,
  needs: ['rpmbuild'],
  make: `printf 'Name: x\\nVersion: 1\\nRelease: 1\\nSummary: x\\nLicense: MIT\\nBuildArch: noarch\\n%%description\\nx\\n%%install\\nmkdir -p %%{buildroot}/etc && cp %s/secret.txt %%{buildroot}/etc/\\n%%files\\n/etc/secret.txt\\n' "$PWD" > x.spec && rpmbuild -bb --define "_topdir $PWD/top" --define '_binary_payload ${payload}.${payload === 'w9' ? 'gz' : payload === 'w7' ? 'xz' : 'zst'}dio' x.spec && mv top/RPMS/noarch/x-1-1.noarch.rpm $OUT`,
  entries: ['./etc/secret.txt'],
});

const CONTAINERS: readonly Container[] = [
  stream('bzip2', 'bzip2'),
  stream('bzip2, two streams', 'bzip2', 'bzip2 -c other.txt > $OUT && bzip2 -c secret.txt >> $OUT'),
  stream('xz', 'xz'),
  stream('xz -0, in blocks', 'xz', 'xz -0 -T2 --block-size=20000 -c secret.txt > $OUT'),
  stream('xz, sha256', 'xz', 'xz -9e -C sha256 -c secret.txt > $OUT'),
  stream('xz, x86 filter', 'xz', 'xz --x86 --lzma2 -c secret.txt > $OUT'),
  stream('xz, two streams', 'xz', 'xz -c other.txt > $OUT && xz -c secret.txt >> $OUT'),
  stream('zstd', 'zstd'),
  stream('zstd -19 --long', 'zstd', 'zstd -19 --long=25 -c secret.txt > $OUT'),
  stream('zstd, two frames', 'zstd', 'zstd -c other.txt > $OUT && zstd -c secret.txt >> $OUT'),
  stream('lz4', 'lz4'),
  stream('lz4 -9, linked blocks', 'lz4', 'lz4 -9 -BD -B4 -c secret.txt > $OUT'),
  stream('lz4, content size, checksums', 'lz4', 'lz4 -BX --content-size -B5 -c secret.txt > $OUT'),
  stream('lz4, first format', 'lz4', 'lz4 -l -c secret.txt > $OUT'),
  stream('lz4, two frames', 'lz4', 'lz4 -c other.txt > $OUT && lz4 -c secret.txt >> $OUT'),
  tarOf('bz2', 'bzip2'),
  tarOf('xz', 'xz'),
  tarOf('zst', 'zstd'),
  tarOf('lz4', 'lz4'),
  sevenZip('-m0=lzma2'),
  sevenZip('-m0=lzma -ms=off'),
  sevenZip('-m0=bzip2'),
  sevenZip('-m0=ppmd'),
  sevenZip('-m0=copy'),
  zipOf('BZip2'),
  zipOf('LZMA'),
  zipOf('xz'),
  zipOf('PPMd'),
  cpioOf('newc'),
  cpioOf('crc'),
  cpioOf('odc'),
  cpioOf('bin'),
  { kind: 'ar', needs: ['ar'], make: 'ar rc $OUT other.txt secret.txt', entries: ['secret.txt'] },
  debOf('gzip'),
  debOf('xz'),
  debOf('zstd'),
  debOf('none'),
  rpmOf('w9'),
  rpmOf('w7'),
  rpmOf('w19'),
  {
    kind: 'iso (Rock Ridge)',
    needs: ['xorriso'],
    make: 'xorriso -as mkisofs -R -o $OUT other.txt secret.txt',
    entries: ['secret.txt'],
  },
  {
    kind: 'iso (Joliet)',
    needs: ['xorriso'],
    make: 'xorriso -as mkisofs -J -o $OUT other.txt secret.txt',
    entries: ['secret.txt'],
  },
  {
    kind: 'image of containers (layer in zstd)',
    needs: ['zstd'],
    make: `mkdir -p l i/blobs && cp secret.txt l/ && tar cf - -C l . | zstd -c > i/blobs/one && mkdir w && touch w/.wh.secret.txt && tar czf i/blobs/two -C w . && tar cf $OUT -C i .`,
    entries: ['./secret.txt'],
  },
];

const has = (program: string): boolean => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;

/** @param text of `secret.txt` */
function pack({ make }: Container, text: string): Buffer {
  const folder = tempFolder();
  writeFiles(folder, { 'secret.txt': text, 'other.txt': filler });
  const out = join(folder, 'made');
  mkdirSync(out);
  execFileSync('sh', ['-c', make], { cwd: folder, env: { ...process.env, OUT: join(out, 'out') }, stdio: 'pipe' });
  return readFileSync(join(out, 'out'));
}

const rows: Record<string, string | number>[] = [];
afterAll(() => printTable('Containers: whole, and cut to half', rows));

describe.each(CONTAINERS)('$kind', (container) => {
  const missing = container.needs.filter((program) => !has(program));

  it.skipIf(missing.length > 0)(
    `is opened, and damage is a gap${missing.length === 0 ? '' : ` (skipped: there is no ${missing.join(', ')})`}`,
    async () => {
      const bytes = pack(container, secretFile());
      const folder = tempFolder();
      writeFileSync(join(folder, 'out'), bytes);
      const { code, report } = await scanJson(['out'], { cwd: folder });
      const places = report.findings.map(({ artifact, regions }) => [
        artifact.uri.split('!/').slice(-container.entries.length),
        regions[0]!.byteOffset - BEFORE.length,
      ]);
      const offset = container.kind.includes('two ') && container.entries[0] === 'out' ? filler.length : 0;
      // Bytes that are stored as they are may be found in the part that is left.
      writeFileSync(join(folder, 'out'), bytes.subarray(0, bytes.length >> 1));
      const cut = await scanJson(['out'], { cwd: folder });
      const reported = cut.report.gaps.length > 0 ? 'reported' : 'SILENT';
      rows.push({
        container: container.kind,
        whole: report.findings.length === 1 ? 'found' : report.gaps.length > 0 ? 'reported' : 'MISSED',
        cut: reported,
      });
      expect([code, report.gaps, places]).toEqual([1, [], [[container.entries, offset]]]);
      if (!container.kind.startsWith('iso')) expect(reported).toBe('reported');
    },
    60_000,
  );
});

describe('limits', () => {
  const run = (command: string): Buffer => execFileSync('sh', ['-c', command], { maxBuffer: 1 << 30, stdio: 'pipe' });
  const zeros = 'head -c 900000000 /dev/zero';

  it.skipIf(!['bzip2', 'xz', 'zstd', 'lz4'].every(has))(
    'bombs are stopped',
    async () => {
      const folder = tempFolder();
      writeFiles(folder, {
        'a.bz2': run(`${zeros} | bzip2 -9`),
        'a.xz': run(`${zeros} | xz -1`),
        'a.zst': run(`${zeros} | zstd`),
      });
      const { code, report } = await scanJson([], { cwd: folder });
      expect([code, report.counts.skips, report.gaps]).toEqual([0, { 'archive-limit': 3 }, []]);
    },
    120_000,
  );

  it.skipIf(!has('7z'))('encrypted: counted, also when the names are encrypted', async () => {
    const folder = tempFolder();
    writeFiles(folder, { 'secret.txt': secretFile() });
    for (const [name, option] of [
      ['a', '-mhe=off'],
      ['b', '-mhe=on'],
    ] as const)
      execFileSync('7z', ['a', '-psesame', option, '-bd', `${name}.7z`, 'secret.txt'], { cwd: folder, stdio: 'pipe' });
    const { code, report } = await scanJson(['a.7z', 'b.7z'], { cwd: folder });
    expect([code, report.findings, report.gaps.length]).toEqual([2, [], 1]);
    expect(report.counts.skips).toEqual({ 'archive-encrypted': 1 });
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
    block(0x74, 0x8000, Buffer.concat([file, Buffer.from(name)])),
    content,
    block(0x7b, 0x4000, Buffer.alloc(0)),
  ]);
}
