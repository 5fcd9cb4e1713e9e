/** Which objects of a list a scan has read, and which of those are clean: what a state keeps, also of a scan that was cut short. */

import { idsOf } from '../git/id-sets.ts';
import type { ObjectList } from '../git/object-list.ts';
import type { SortedIds } from '../git/sorted-ids.ts';
import type { Outcome } from '../model/artifact.ts';

const UNSCANNED = 0;
/** Read whole, and without a candidate. */
const CLEAN = 1;
/** Left out by a limit or a skip, as a whole or in part: the same limits pass over it again. */
const SKIPPED = 2;
const FOUND = 3;
const UNREAD = 4;

const MARKS: Readonly<Record<Outcome, number>> = { skipped: SKIPPED, found: FOUND, unread: UNREAD };

export class ScannedObjects {
  readonly #list: ObjectList;
  readonly #marks: Uint8Array;

  constructor(list: ObjectList) {
    this.#list = list;
    this.#marks = new Uint8Array(list.length);
  }

  /** @param outcomes of all of its parts */
  add(index: number, outcomes: Iterable<Outcome> = []): void {
    let mark = CLEAN;
    for (const outcome of outcomes) mark = Math.max(mark, MARKS[outcome]);
    this.#marks[index] = mark === UNREAD ? UNSCANNED : mark;
  }

  /** Objects that were not scanned. */
  left(): SortedIds {
    return this.#where((mark) => mark === UNSCANNED);
  }

  /** Scanned objects with a possible credential. */
  suspects(): SortedIds {
    return this.#where((mark) => mark === FOUND);
  }

  /** Scanned objects of which something was left out. */
  skipped(): SortedIds {
    return this.#where((mark) => mark === SKIPPED);
  }

  #where(isMeant: (mark: number) => boolean): SortedIds {
    const ids: string[] = [];
    for (const [index, mark] of this.#marks.entries()) if (isMeant(mark)) ids.push(this.#list.id(index));
    return idsOf(ids);
  }
}
