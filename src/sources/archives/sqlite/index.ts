/**
 * Databases of SQLite: the rows of each table as text, because a long value continues on other pages, anywhere in the file, and values touch
 * each other.
 */

import type { Input } from '../../../model/artifact.ts';
import { memoryInput } from '../../memory.ts';
import { type Budget, metered } from '../budget.ts';
import { entryArtifact } from '../entry.ts';
import { heldInput } from '../held.ts';
import { bytesAt, openDatabase } from './pages.ts';
import type { Row } from './records.ts';
import { rowText } from './row-text.ts';
import { Tables } from './tables.ts';

/** @throws Skipped over a limit */
export async function* unpackSqlite(input: Input, budget: Budget): AsyncGenerator<Input> {
  const bytes = await bytesAt(input);
  try {
    const tables = new Tables(openDatabase(bytes));
    for (const { name, columns, root } of tables.all())
      yield* entriesOf(input, budget, name, tables.rowsOf({ name, columns, root }), columns);
    yield* entriesOf(input, budget, 'unused pages', tables.unusedRows(), []);
    if (tables.isDamaged) throw new Error('a page is missing, or is not what it should be');
  } finally {
    bytes.close();
  }
}

/** The rows of a table, and what is packed in them. */
async function* entriesOf(
  input: Input,
  budget: Budget,
  name: string,
  rows: Iterable<Row>,
  columns: readonly string[],
): AsyncGenerator<Input> {
  budget.entry();
  const packed: Input[] = [];
  const text = rowText(rows, columns, (blob, { id }, column) => {
    budget.entry();
    packed.push(memoryInput(blob, entryArtifact(input.artifact, `${name}/${column}/${id}`)));
  });
  yield await heldInput(entryArtifact(input.artifact, name), metered(text, budget, undefined));
  yield* packed;
}
