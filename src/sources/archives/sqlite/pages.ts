/** The pages of a database of SQLite, from a file or from memory (https://sqlite.org/fileformat2.html, 1). */

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { encodePath } from '../../../lib/path-bytes.ts';
import type { Input } from '../../../model/artifact.ts';
import { readWhole } from '../bytes-of.ts';

export type TextEncoding = 'utf8' | 'utf16le' | 'utf16be';

/** Reads a page by its number, from 1 on; undefined if it is not there. */
export type PageReader = (number: number) => Buffer | undefined;

export interface Database {
  readonly pageSize: number;
  /** Bytes of a page that are used. */
  readonly usable: number;
  readonly encoding: TextEncoding;
  readonly page: PageReader;
  /** Of pages. */
  readonly count: number;
}

/** Bytes at any place. */
export interface Bytes {
  readonly size: number;
  /** Fewer bytes at the end. */
  read(start: number, length: number): Buffer;
  close(): void;
}

const HEADER = 100;
/** Places in the header. */
const [PAGE_SIZE_AT, RESERVED_AT, ENCODING_AT] = [16, 20, 56];
const ENCODINGS: Readonly<Record<number, TextEncoding>> = { 2: 'utf16le', 3: 'utf16be' };

/** A file is not read as a whole. @throws Skipped if it is not a file, and too large for memory */
export async function bytesAt(input: Input): Promise<Bytes> {
  const path = input.file === undefined ? undefined : encodePath(input.file.path);
  if (typeof path === 'string') return bytesOfFile(path);
  const bytes = await readWhole(input);
  return { size: bytes.length, read: (start, length) => bytes.subarray(start, start + length), close() {} };
}

/** @throws Error if it cannot be opened */
export function bytesOfFile(path: string): Bytes {
  const file = openSync(path, 'r');
  return {
    size: fstatSync(file).size,
    read(start, length) {
      const target = Buffer.alloc(length);
      let done = 0;
      while (done < length) {
        const count = readSync(file, target, done, length - done, start + done);
        if (count === 0) break;
        done += count;
      }
      return target.subarray(0, done);
    },
    close: () => closeSync(file),
  };
}

/** @throws Error if it has no valid page size */
export function openDatabase(bytes: Bytes): Database {
  const header = bytes.read(0, HEADER);
  if (header.length < HEADER) throw new Error('unexpected end of file');
  const { pageSize, usable, encoding } = settingsOf(header);
  return {
    pageSize,
    usable,
    encoding,
    count: Math.ceil(bytes.size / pageSize),
    page: (number) => {
      const page = bytes.read((number - 1) * pageSize, number < 1 ? 0 : pageSize);
      return page.length === pageSize ? page : undefined;
    },
  };
}

/** What the first page says about all. @throws Error if it has no valid page size */
export function settingsOf(header: Buffer): Pick<Database, 'pageSize' | 'usable' | 'encoding'> {
  const stored = header.readUInt16BE(PAGE_SIZE_AT);
  const pageSize = stored === 1 ? 0x10000 : stored;
  if (!isPageSize(pageSize)) throw new Error('its pages have no valid size');
  return {
    pageSize,
    usable: pageSize - header[RESERVED_AT]!,
    encoding: ENCODINGS[header.readUInt32BE(ENCODING_AT)] ?? 'utf8',
  };
}

export function isPageSize(size: number): boolean {
  return size >= 512 && size <= 0x10000 && (size & (size - 1)) === 0;
}
