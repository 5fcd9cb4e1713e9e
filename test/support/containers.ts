/** Containers, each made by the program of its format: it imports nothing from `src/`. */

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempFolder, writeFiles } from './temp-folder.ts';

export interface Container {
  readonly kind: string;
  /** Programs of Debian, by the name that is called; without one of them, the test is skipped. */
  readonly needs: readonly string[];
  /** A shell command that makes `$OUT` of the file `secret.txt`, and of `other.txt`. */
  readonly make: string;
  /** The last parts of the way to the entry. */
  readonly entries: readonly string[];
  /** The name of the file, if it decides. */
  readonly name?: string;
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

const made = (kind: string, needs: string, make: string, entries: readonly string[] = ['secret.txt']): Container => ({
  kind,
  needs: needs.split(' '),
  make,
  entries,
});
/** By a program that wants a name of its own kind. */
const named = (kind: string, program: string, make: string, ending: string): Container =>
  made(kind, program, `${make} $OUT.${ending} other.txt secret.txt && mv $OUT.${ending} $OUT`);
const lhaOf = (method: string): Container => named(`lha (${method})`, 'jlha', `jlha ${method}`, 'lzh');
const rarOf = (option: string): Container => named(`rar (${option})`, 'rar', `rar a ${option}`, 'rar');

/** Kinds that glaive opens. */
export const CONTAINERS: readonly Container[] = [
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
  stream('lzma', 'xz', 'xz --format=lzma -c secret.txt > $OUT'),
  stream('lzma -9e', 'xz', 'xz --format=lzma -9e -c secret.txt > $OUT'),
  made(
    'lzma, size known',
    'python3',
    `python3 -c "import lzma,struct; d=open('secret.txt','rb').read(); raw=lzma.compress(d,format=lzma.FORMAT_RAW,filters=[{'id':lzma.FILTER_LZMA1,'dict_size':1<<16}]); open('$OUT','wb').write(b'\x5d'+struct.pack('<IQ',1<<16,len(d))+raw)"`,
    ['out'],
  ),
  stream('lzip', 'lzip'),
  stream('lzip, two members', 'lzip', 'lzip -c other.txt > $OUT && lzip -c secret.txt >> $OUT'),
  stream('lzip by plzip', 'plzip', 'plzip -n2 -B 100Ki -c secret.txt > $OUT'),
  stream('compress', 'compress'),
  stream('compress -b 12', 'compress', 'compress -b 12 -c secret.txt > $OUT'),
  stream('gzip, two members', 'gzip', 'gzip -c other.txt > $OUT && gzip -c secret.txt >> $OUT'),
  stream('zlib by pigz', 'pigz', 'pigz -z -c secret.txt > $OUT'),
  { ...stream('brotli', 'brotli'), name: 'out.br' },
  tarOf('lzma', 'lzma'),
  tarOf('lz', 'lzip'),
  tarOf('Z', 'compress'),
  { ...tarOf('br', 'brotli'), entries: ['out.tar', 'secret.txt'], name: 'out.tar.br' },
  made('uuencode', 'uuencode', 'uuencode secret.txt secret.txt > $OUT'),
  made(
    'uuencode of gzip, in a message',
    'uuencode',
    `(echo 'Subject: x'; echo; gzip -c secret.txt | uuencode out.gz) > $OUT`,
    ['out.gz', 'out'],
  ),
  made('uuencode -m of gzip', 'uuencode', 'gzip -c secret.txt | uuencode -m out.gz > $OUT', ['out.gz', 'out']),
  named('cab', 'gcab', 'gcab -c', 'cab'),
  named('cab -z', 'gcab', 'gcab -cz', 'cab'),
  lhaOf('aqo5'),
  lhaOf('aqo6'),
  lhaOf('aqo7'),
  rarOf('-m3'),
  rarOf('-m5 -s'),
  rarOf('-m0'),
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

export const has = (program: string): boolean => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;

const behind = (kind: string, needs: string, program: string): Container =>
  made(
    `${kind} behind other bytes`,
    needs,
    `tar cf - secret.txt | ${program} > p; (printf '#!/bin/sh\\ntail -n +3 "$0" | tar x\\n'; cat p) > $OUT`,
    [],
  );

/** Kinds that glaive does not open, by the names that it gives them. */
export const COUNTED: readonly Container[] = [
  named('arj', 'arj', 'arj a', 'arj'),
  made('xar', 'bsdtar', 'bsdtar -cf $OUT --format xar other.txt secret.txt', []),
  stream('lzop', 'lzop', 'bzip2 secret.txt; lzop -c secret.txt.bz2 > $OUT'),
  made('lrzip', 'lrzip', 'lrzip -q -o $OUT secret.txt', []),
  made('squashfs', 'mksquashfs', 'mksquashfs other.txt secret.txt $OUT -quiet -no-progress', []),
  behind('gzip', 'gzip', 'gzip'),
  behind('bzip2', 'bzip2', 'bzip2'),
  behind('xz', 'xz', 'xz'),
  behind('lzip', 'lzip', 'lzip'),
  made('7z behind other bytes', '7z', '7z a -sfx7zCon.sfx -bd $OUT.exe secret.txt && mv $OUT.exe $OUT', []),
  made('rar behind other bytes', 'rar', 'rar a -sfx $OUT.rar secret.txt && mv $OUT.sfx $OUT', []),
  named('zip (deflate64)', '7z', '7z a -tzip -mm=Deflate64 -bd', 'zip'),
];

/** @param text of `secret.txt` @param filler of `other.txt` */
export function pack({ make }: Container, text: string, filler: string): Buffer {
  const folder = tempFolder();
  writeFiles(folder, { 'secret.txt': text, 'other.txt': filler });
  const out = join(folder, 'made');
  mkdirSync(out);
  execFileSync('sh', ['-c', make], { cwd: folder, env: { ...process.env, OUT: join(out, 'out') }, stdio: 'pipe' });
  return readFileSync(join(out, 'out'));
}
