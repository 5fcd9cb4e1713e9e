/** The log of a database of SQLite: pages that were written, and may not be in the database yet (https://sqlite.org/fileformat2.html, 4). */

import { existsSync } from 'node:fs';
import { encodePath } from '../../../lib/path-bytes.ts';
import type { Input } from '../../../model/artifact.ts';
import { memoryInput } from '../../memory.ts';
import { type Budget, metered } from '../budget.ts';
import { entryArtifact } from '../entry.ts';
import { heldInput } from '../held.ts';
import { type Bytes, bytesAt, bytesOfFile, type Database, isPageSize, openDatabase, settingsOf } from './pages.ts';
import { readBTreePage, type Row, TABLE_LEAF } from './records.ts';
import { rowText } from './row-text.ts';

const [HEADER, FRAME_HEADER] = [32, 24];
const SUFFIX = '-wal';

/** @throws Skipped over a limit */
export async function* unpackWal(input: Input, budget: Budget): AsyncGenerator<Input> {
  const bytes = await bytesAt(input);
  const main = databaseOf(input);
  try {
    budget.entry();
    const packed: Input[] = [];
    const text = rowText(rowsIn(bytes, main && openDatabase(main)), [], (blob) =>
      packed.push(memoryInput(blob, entryArtifact(input.artifact, `blob ${packed.length + 1}`))),
    );
    yield await heldInput(entryArtifact(input.artifact, 'rows'), metered(text, budget, undefined));
    yield* packed;
  } finally {
    bytes.close();
    main?.close();
  }
}

/** The file that the log belongs to, if it is next to it. */
function databaseOf({ file }: Input): Bytes | undefined {
  if (file?.path.endsWith(SUFFIX) !== true) return undefined;
  const path = encodePath(file.path.slice(0, -SUFFIX.length));
  return typeof path === 'string' && existsSync(path) ? bytesOfFile(path) : undefined;
}

/** The rows of every version of a page, each with the other pages of the same time. */
function* rowsIn(bytes: Bytes, database: Database | undefined): Generator<Row> {
  const header = bytes.read(0, HEADER);
  const pageSize = header.length < HEADER ? 0 : header.readUInt32BE(8);
  if (!isPageSize(pageSize)) throw new Error('its pages have no valid size');
  let layout = { usable: database?.usable ?? pageSize, encoding: database?.encoding ?? ('utf8' as const) };
  const places = new Map<number, number>();
  let changed: number[] = [];
  const page = (number: number): Buffer | undefined => {
    const place = places.get(number);
    return place === undefined ? database?.page(number) : bytes.read(place, pageSize);
  };
  for (let at = HEADER; at + FRAME_HEADER + pageSize <= bytes.size; at += FRAME_HEADER + pageSize) {
    const frame = bytes.read(at, FRAME_HEADER);
    const number = frame.readUInt32BE(0);
    places.set(number, at + FRAME_HEADER);
    changed.push(number);
    if (number === 1) layout = settingsOf(bytes.read(at + FRAME_HEADER, pageSize));
    // The last frame of a change has the size of the database.
    if (frame.readUInt32BE(4) === 0) continue;
    for (const each of changed) {
      const found = readBTreePage(each, page(each)!, layout, page);
      if (found?.kind === TABLE_LEAF) yield* found.rows;
    }
    changed = [];
  }
}
