/** Writes archives, by hand where no tool makes them so: it imports nothing from `src/`. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { crc32, deflateRawSync, gzipSync } from 'node:zlib';
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

/** The beginnings of archives that glaive has no reader for, by the name that it gives them. */
export const UNOPENED: readonly (readonly [kind: string, bytes: Buffer])[] = [
  ['bzip2', Buffer.concat([Buffer.from('BZh9'), hex('314159265359'), noise])],
  ['xz', Buffer.concat([hex('fd377a585a000004'), noise])],
  ['zstd', Buffer.concat([hex('28b52ffd'), noise])],
  ['7z', Buffer.concat([hex('377abcaf271c0004'), noise])],
  ['rar', Buffer.concat([hex('526172211a0700'), noise])],
  ['lz4', Buffer.concat([hex('04224d18'), noise])],
  ['lzip', Buffer.concat([Buffer.from('LZIP\u0001'), noise])],
  ['lzma', Buffer.concat([hex('5d00008000ffffffffffffffff00'), noise])],
  ['compress', Buffer.concat([hex('1f9d90'), noise])],
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
  ['zip (bzip2)', zip([{ name: 'x', content: noise, method: 12 }])],
  ['zip (lzma)', zip([{ name: 'x', content: noise, method: 14 }])],
  ['zip (zstd)', zip([{ name: 'x', content: noise, method: 93 }])],
];
