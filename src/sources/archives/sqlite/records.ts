/** The records in pages of b-trees, with what continues on other pages (https://sqlite.org/fileformat2.html, 1.6 and 2.1). */

import { Skipped } from '../../../model/gap.ts';
import type { Database, PageReader, TextEncoding } from './pages.ts';

/** Kinds of pages. */
export const [INDEX_INTERIOR, TABLE_INTERIOR, INDEX_LEAF, TABLE_LEAF] = [2, 5, 10, 13];
const KINDS: ReadonlySet<number> = new Set([INDEX_INTERIOR, TABLE_INTERIOR, INDEX_LEAF, TABLE_LEAF]);
/** The first page begins with the header of the file. */
const FILE_HEADER = 100;
/** A larger record is not held in memory. */
const RECORD_MAX = 128 * 1024 * 1024;

/** A fraction is null, too: nothing is read from it. */
export type Value = string | Buffer | number | null;

export interface Row {
  readonly id: number;
  readonly values: readonly Value[];
}

export interface BTreePage {
  readonly kind: number;
  /** Pages below it. */
  readonly below: readonly number[];
  readonly rows: readonly Row[];
}

type Layout = Pick<Database, 'usable' | 'encoding'>;

/** Undefined if it is not a page of a b-tree. @throws Skipped over a limit */
export function readBTreePage(number: number, page: Buffer, layout: Layout, others: PageReader): BTreePage | undefined {
  const start = number === 1 ? FILE_HEADER : 0;
  const kind = page[start]!;
  if (!KINDS.has(kind)) return undefined;
  const isInterior = kind === INDEX_INTERIOR || kind === TABLE_INTERIOR;
  const cells = page.readUInt16BE(start + 3);
  const list = start + (isInterior ? 12 : 8);
  if (list + 2 * cells > page.length) return undefined;
  const below: number[] = [];
  const rows: Row[] = [];
  for (let cell = 0; cell < cells; cell++) {
    const at = page.readUInt16BE(list + 2 * cell);
    if (at + 4 > page.length) continue;
    if (isInterior) below.push(page.readUInt32BE(at));
    if (kind === TABLE_INTERIOR) continue;
    const row = readCell(page, isInterior ? at + 4 : at, kind === TABLE_LEAF, layout, others);
    if (row !== undefined) rows.push(row);
  }
  if (isInterior) below.push(page.readUInt32BE(start + 8));
  return { kind, below, rows };
}

/** Undefined if it is damaged. */
function readCell(
  page: Buffer,
  start: number,
  isTable: boolean,
  { usable, encoding }: Layout,
  others: PageReader,
): Row | undefined {
  const reader = new Varints(page, start);
  const size = reader.next();
  const id = isTable ? reader.next() : 0;
  if (size > RECORD_MAX) throw new Skipped('archive-limit');
  const local = localSize(size, usable, isTable);
  const parts = [page.subarray(reader.at, reader.at + local)];
  if (local < size && reader.at + local + 4 <= page.length) {
    let left = size - local;
    let next = page.readUInt32BE(reader.at + local);
    while (left > 0) {
      const other = next === 0 ? undefined : others(next);
      // What is there is read, though its end is missing.
      if (other === undefined) break;
      parts.push(other.subarray(4, Math.min(usable, 4 + left)));
      left -= usable - 4;
      next = other.readUInt32BE(0);
    }
  }
  return readRecord(Buffer.concat(parts), id, encoding);
}

/** How many bytes of a record are on the page itself. */
function localSize(size: number, usable: number, isTable: boolean): number {
  const most = isTable ? usable - 35 : Math.floor(((usable - 12) * 64) / 255) - 23;
  if (size <= most) return size;
  const least = Math.floor(((usable - 12) * 32) / 255) - 23;
  const fitting = least + ((size - least) % (usable - 4));
  return fitting <= most ? fitting : least;
}

const SIZES = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0];
const FIRST_BLOB = 12;

function readRecord(record: Buffer, id: number, encoding: TextEncoding): Row | undefined {
  const types = new Varints(record, 0);
  const end = types.next();
  if (end > record.length) return undefined;
  const values: Value[] = [];
  let at = end;
  while (types.at < end) {
    const type = types.next();
    const size = type < FIRST_BLOB ? (SIZES[type] ?? 0) : (type - FIRST_BLOB) >> 1;
    const bytes = record.subarray(at, at + size);
    at += size;
    if (type < FIRST_BLOB) values.push(integerOf(type, bytes));
    else values.push(type % 2 === 0 ? bytes : textOf(bytes, encoding));
  }
  return { id, values };
}

function integerOf(type: number, bytes: Buffer): number | null {
  if (type === 8 || type === 9) return type - 8;
  return type === 0 || type > 5 || bytes.length < SIZES[type]! ? null : bytes.readIntBE(0, bytes.length);
}

function textOf(bytes: Buffer, encoding: TextEncoding): string {
  if (encoding !== 'utf16be') return bytes.toString(encoding);
  return Buffer.from(bytes.subarray(0, bytes.length & ~1))
    .swap16()
    .toString('utf16le');
}

/** Numbers of one to nine bytes. */
class Varints {
  readonly #bytes: Buffer;
  at: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  next(): number {
    let value = 0;
    for (let index = 0; index < 9; index++) {
      const byte = this.#bytes[this.at++] ?? 0;
      if (index === 8) return value * 256 + byte;
      value = value * 128 + (byte & 127);
      if (byte < 128) break;
    }
    return value;
  }
}
