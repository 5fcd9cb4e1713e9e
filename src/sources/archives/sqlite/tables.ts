/** The tables of a database, and the rows of each: a b-tree of pages. */

import { columnNames } from './columns.ts';
import type { Database } from './pages.ts';
import { type BTreePage, readBTreePage, type Row, TABLE_LEAF } from './records.ts';

export interface Table {
  readonly name: string;
  readonly columns: readonly string[];
  readonly root: number;
}

/** The table of all tables, and its columns. */
const SCHEMA: Table = { name: 'sqlite_schema', columns: ['type', 'name', 'tbl_name', 'rootpage', 'sql'], root: 1 };
const [TYPE, NAME, ROOT, STATEMENT] = [0, 1, 3, 4];

export class Tables {
  readonly #database: Database;
  readonly #read = new Set<number>();
  /** Whether a page is missing, or is not what it should be. */
  isDamaged = false;

  constructor(database: Database) {
    this.#database = database;
  }

  all(): Table[] {
    const tables = [SCHEMA];
    for (const { values } of new Tables(this.#database).rowsOf(SCHEMA)) {
      const [name, root, statement] = [values[NAME], values[ROOT], values[STATEMENT]];
      if (values[TYPE] !== 'table' || typeof name !== 'string' || typeof root !== 'number' || root < 2) continue;
      tables.push({ name, root, columns: typeof statement === 'string' ? columnNames(statement) : [] });
    }
    return tables;
  }

  *rowsOf({ root }: Table): Generator<Row> {
    const left = [root];
    for (let number = left.pop(); number !== undefined; number = left.pop()) {
      if (this.#read.has(number)) continue;
      this.#read.add(number);
      const page = this.#page(number);
      if (page === undefined) {
        this.isDamaged = true;
        continue;
      }
      yield* page.rows;
      for (const below of page.below.toReversed()) left.push(below);
    }
  }

  /** Rows on pages that no table has any more: they were deleted, and not overwritten yet. To be called after all others. */
  *unusedRows(): Generator<Row> {
    for (let number = 1; number <= this.#database.count; number++) {
      if (this.#read.has(number)) continue;
      const page = this.#page(number);
      if (page?.kind === TABLE_LEAF) yield* page.rows;
    }
  }

  #page(number: number): BTreePage | undefined {
    const page = this.#database.page(number);
    return page && readBTreePage(number, page, this.#database, this.#database.page);
  }
}
