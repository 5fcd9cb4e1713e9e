/** Rows as text: each value on a line of its own, behind the name of its column. */

import { archiveKind } from '../../../lib/archive-kind.ts';
import type { Row, Value } from './records.ts';

/** Shorter text is no credential, and most values are short. */
const SHORTEST = 4;
/** Rows are passed on in pieces of about this many characters. */
const PIECE = 64 * 1024;

/** @param onPacked receives blobs that are archives */
export async function* rowText(
  rows: Iterable<Row>,
  columns: readonly string[],
  onPacked: (blob: Buffer, row: Row, column: string) => void,
): AsyncGenerator<Uint8Array> {
  let parts: Buffer[] = [];
  let length = 0;
  for (const row of rows) {
    for (const [index, value] of row.values.entries()) {
      const bytes = bytesOf(value);
      if (bytes === undefined) continue;
      const column = columns[index];
      if (Buffer.isBuffer(value) && archiveKind(value, value.length) !== undefined) {
        onPacked(value, row, column ?? `column ${index + 1}`);
        continue;
      }
      const line = [Buffer.from(column === undefined ? '' : `${column}: `), bytes, Buffer.from('\n')];
      parts.push(...line);
      length += bytes.length;
    }
    if (length < PIECE) continue;
    yield Buffer.concat(parts);
    [parts, length] = [[], 0];
  }
  if (parts.length > 0) yield Buffer.concat(parts);
}

function bytesOf(value: Value): Buffer | undefined {
  if (typeof value !== 'string' && !Buffer.isBuffer(value)) return undefined;
  return value.length < SHORTEST ? undefined : Buffer.from(value as string);
}
