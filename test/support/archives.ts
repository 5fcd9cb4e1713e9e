/** Writes archives, by hand where no tool makes them so: it imports nothing from `src/`. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { crc32, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { tempFolder } from './temp-folder.ts';

export interface ZipEntry {
  readonly name: string;
  readonly content: Buffer;
  readonly encrypted?: boolean;
  readonly stored?: boolean;
  /** A method that is neither stored nor deflated; the content is packed already. */
  readonly method?: number;
}

/** A zip file (PKWARE APPNOTE 4.3). */
export function zip(entries: readonly ZipEntry[]): Buffer {
  const parts: Buffer[] = [];
  const table: Buffer[] = [];
  let offset = 0;
  for (const { name, content, encrypted = false, stored = false, method } of entries) {
    const packed = stored || method !== undefined ? content : deflateRawSync(content);
    const bytes = Buffer.from(name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE((encrypted ? 1 : 0) | 0x800, 2);
    common.writeUInt16LE(method ?? (stored ? 0 : 8), 4);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(bytes.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, bytes, packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    table.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\0'), common, rest, bytes]));
    parts.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(table);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(Math.min(entries.length, 0xffff), 4);
  end.writeUInt16LE(Math.min(entries.length, 0xffff), 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, directory, Buffer.from('PK\x05\x06'), end]);
}

/** A tar file, as the system's tar writes it. */
export function tar(files: Readonly<Record<string, string | Buffer>>): Buffer {
  const folder = tempFolder();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return execFileSync('tar', ['-C', folder, '-cf', '-', ...Object.keys(files)], { maxBuffer: 1 << 30 });
}

export const gzip = (content: Buffer | string): Buffer => gzipSync(content);

const hex = (digits: string): Buffer => Buffer.from(digits, 'hex');
const noise = Buffer.from(Array.from({ length: 300 }, (_, index) => (index * 37 + 128) & 0xff));
const cpioHeader = (name: string): string =>
  `070701${['1', '81a4', '0', '0', '1', '0', '5', '0', '0', '0', '0', (name.length + 1).toString(16), '0']
    .map((field) => field.padStart(8, '0'))
    .join('')}${name}\0`;

/** `hex` at a place, in zeros and noise. */
const at = (place: number, bytes: Buffer): Buffer => Buffer.concat([Buffer.alloc(place), bytes, noise]);
const number = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
};

/** Kinds that glaive opens, so that a mere beginning is damage. */
const READ = new Set([
  'git bundle',
  'git pack',
  'pdf',
  'bzip2',
  'xz',
  'zstd',
  'lz4',
  'lzip',
  'lzma',
  'compress',
  'cab',
  'lha',
  '7z',
  'rar',
  'cpio',
  'ar',
  'rpm',
  'iso9660',
  'gzip',
  'zip',
]);
/** The beginning of a stream that glaive has no reader for. */
export const LZOP = Buffer.concat([hex('894c5a4f000d0a1a0a1040209f0940010503'), noise]);

/** Streams that programs put behind themselves, with whatever checksums their headers have. */
export const STREAMS: readonly (readonly [kind: string, bytes: Buffer])[] = [
  ['bzip2', Buffer.concat([Buffer.from('BZh9'), hex('314159265359'), noise])],
  ['xz', Buffer.concat([hex('fd377a585a000004e6d6b446'), noise])],
  ['zstd', Buffer.concat([hex('28b52ffd0458'), hex('610000'), noise])],
  ['zstd', Buffer.concat([hex('28b52ffda4e02e0000'), hex('bd0200'), noise])],
  ['7z', Buffer.concat([hex('377abcaf271c0004'), number(crc32(noise.subarray(0, 20))), noise])],
  ['rar', Buffer.concat([hex('526172211a0700cf907300000d'), noise])],
  ['rar', Buffer.concat([hex('526172211a070100'), noise])],
  ['lz4', Buffer.concat([hex('04224d186440a7'), noise])],
  ['lz4', Buffer.concat([hex('02214c18'), number(5000), noise])],
  ['lzip', Buffer.concat([Buffer.from('LZIP\u0001\u000c'), noise])],
  ['lzop', LZOP],
  ['lzma', Buffer.concat([hex('5d00008000ffffffffffffffff00'), noise])],
  ['gzip', gzipSync(noise)],
  ['cab', Buffer.concat([hex('4d534346000000009020000000000000'), number(44), number(0), hex('0301'), noise])],
  [
    'squashfs',
    Buffer.concat([
      Buffer.from('hsqs'),
      number(7),
      number(0),
      number(131_072),
      number(1),
      hex('010011000300010004000000'),
      noise,
    ]),
  ],
  // Whose table at the end is missing.
  ['zip', zip([{ name: 'x', content: noise }]).subarray(0, 200)],
];

/** The beginnings of archives, by the name that glaive gives them. */
const BEGINNINGS: readonly (readonly [kind: string, bytes: Buffer])[] = [
  ...STREAMS.filter(([kind]) => kind !== 'gzip' && kind !== 'zip'),
  ['xz', Buffer.concat([hex('fd377a585a000004'), noise])],
  // Its first frame is one that readers skip.
  ...['50', '57', '5f'].map((first) => ['zstd', Buffer.concat([hex(`${first}2a4d18`), number(3), noise])] as const),
  ['snappy', Buffer.concat([hex('ff060000734e61507059'), noise])],
  ['lrzip', Buffer.concat([Buffer.from('LRZI\0\u0006'), noise])],
  ['compress', Buffer.concat([hex('1f9d90'), noise])],
  [
    'arj',
    Buffer.concat([hex('60ea'), hex('2000'), noise.subarray(0, 32), number(crc32(noise.subarray(0, 32))), noise]),
  ],
  ['lha', Buffer.concat([hex('1a55'), Buffer.from('-lh5-'), number(99), number(200), noise])],
  ['arc', Buffer.concat([hex('1a08'), Buffer.from('NAME.TXT\0\0\0\0\0'), number(99), noise])],
  ['ace', Buffer.concat([hex('1a2b2c00000090'), Buffer.from('**ACE**'), noise])],
  ['zoo', Buffer.concat([Buffer.from('ZOO 2.10 Archive.\u001a\0\0'), hex('dca7c4fd'), noise])],
  ['wim', Buffer.concat([Buffer.from('MSWIM\0\0\0'), noise])],
  ['ole', Buffer.concat([hex('d0cf11e0a1b11ae1'), noise])],
  ['pack200', Buffer.concat([hex('cafed00d0796'), noise])],
  ['swf', Buffer.concat([Buffer.from('CWS\u000a'), number(5000), deflateSync(noise)])],
  ['swf', Buffer.concat([Buffer.from('ZWS\u000d'), number(5000), number(4000), hex('5d00002000'), noise])],
  ['cramfs', Buffer.concat([hex('453dcd28'), noise])],
  ['erofs', at(1024, hex('e2e1f5e0'))],
  ['ext', at(1024, Buffer.concat([Buffer.alloc(56), hex('53ef0100'), Buffer.alloc(100)]))],
  ['btrfs', at(0x1_0040, Buffer.from('_BHRfS_M'))],
  ['iso9660', at(0x8001, Buffer.from('CD001\u0001'))],
  ['ntfs', Buffer.concat([hex('eb5290'), Buffer.from('NTFS    '), hex('000208'), noise])],
  [
    'fat',
    Buffer.concat([hex('eb3c90'), Buffer.alloc(51), Buffer.from('FAT12   '), Buffer.alloc(448), hex('55aa'), noise]),
  ],
  ['qcow2', Buffer.concat([hex('514649fb00000003'), noise])],
  ['vmdk', Buffer.concat([Buffer.from('KDMV\u0001\0\0\0'), noise])],
  ['vhd', Buffer.concat([Buffer.from('conectix\0\0\0\u0002'), noise])],
  ['vhdx', Buffer.concat([Buffer.from('vhdxfileQ\0'), noise])],
  ['vdi', at(64, hex('7f10dabe'))],
  ['dmg', Buffer.concat([noise, Buffer.from('koly\0\0\0\u0004\0\0\u0002\0'), Buffer.alloc(500, 1)])],
  ['parquet', Buffer.concat([Buffer.from('PAR1\u0015\u0004'), noise])],
  ['avro', Buffer.concat([Buffer.from('Obj\u0001\u0004\u0014avro.codec'), noise])],
  ['orc', Buffer.concat([Buffer.from('ORC'), hex('e300120a'), noise])],
  ['arrow', Buffer.concat([Buffer.from('ARROW1\0\0'), noise])],
  ['hdf5', Buffer.concat([hex('894844460d0a1a0a'), noise])],
  ['git bundle', Buffer.concat([Buffer.from('# v2 git bundle\n'), noise])],
  ['git pack', Buffer.concat([hex('5041434b0000000200000009'), noise])],
  [
    'ar',
    Buffer.concat([Buffer.from('!<arch>\ndebian-binary   1410122664  0     0     100644  4         `\n2.0\n'), noise]),
  ],
  ['cpio', Buffer.concat([Buffer.from(cpioHeader('file')), noise])],
  ['rpm', Buffer.concat([hex('edabeedb0300'), noise])],
  ['pdf', Buffer.concat([Buffer.from('%PDF-1.4\n1 0 obj\n<</Filter /FlateDecode>>\nstream\n'), noise])],
  ['gzip behind other bytes', Buffer.concat([Buffer.from('X'), gzipSync(noise)])],
  [
    'gzip behind other bytes',
    Buffer.concat([Buffer.from('#!/bin/sh\ntail -n +3 "$0" | tar xz\nexit\n'), gzipSync(noise)]),
  ],
  ['pdf', Buffer.concat([Buffer.from('\r\n\n%PDF-1.4\n1 0 obj\n<</Filter /LZWDecode>>\nstream\n'), noise])],
  ['pdf', Buffer.concat([noise, noise, noise, Buffer.from('%PDF-1.4\n1 0 obj\n<</Filter /FlateDecode>>'), noise])],
  ['pdf', Buffer.concat([Buffer.from('%PDF-1.4\n'), Buffer.alloc(300_000, 'x')])],
  ['zip (deflate64)', zip([{ name: 'x', content: noise, method: 9 }])],
  ['zip (method 97)', zip([{ name: 'x', content: noise, method: 97 }])],
];
/** Of kinds that glaive has no reader for. */
export const UNOPENED = BEGINNINGS.filter(([kind]) => !READ.has(kind));
/** Of kinds that it has a reader for. */
export const DAMAGED = BEGINNINGS.filter(([kind]) => READ.has(kind));

/** The beginnings of encrypted files. */
export const ENCRYPTED: readonly (readonly [kind: string, bytes: Buffer])[] = [
  ['age', Buffer.concat([Buffer.from('age-encryption.org/v1\n-> X25519 '), noise])],
  ['age', Buffer.from(`-----BEGIN AGE ENCRYPTED FILE-----\n${noise.toString('base64')}\n`)],
  ['gpg', Buffer.from(`-----BEGIN PGP MESSAGE-----\n\n${noise.toString('base64')}\n`)],
  ['gpg', Buffer.concat([hex('8c0d040903028941676fbb1f0c20ff'), noise])],
  ['gpg', Buffer.concat([hex('85010c03'), noise.subarray(0, 8), hex('01'), noise])],
  ['gpg', Buffer.concat([hex('845e03'), noise.subarray(0, 8), hex('12'), noise])],
  ['openssl', Buffer.concat([Buffer.from('Salted__'), noise])],
  ['openssl', Buffer.from(`${Buffer.concat([Buffer.from('Salted__'), noise]).toString('base64')}\n`)],
  ['ansible-vault', Buffer.from(`$ANSIBLE_VAULT;1.1;AES256\n${noise.toString('hex')}\n`)],
  ['git-crypt', Buffer.concat([Buffer.from('\0GITCRYPT\0'), noise])],
  ['luks', Buffer.concat([hex('4c554b53babe0002'), noise])],
];
