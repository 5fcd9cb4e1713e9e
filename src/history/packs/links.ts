/**
 * What packed objects name: the trees and parents of commits, the entries of trees, the objects of tags. Git shows what is missing by a
 * walk over all of them (`walkReachable`), which takes longer than the whole scan of the packs. Here each name is looked up in the list of all
 * objects while the object is in memory anyway (`assembly/links.ts`). Where a link leads to an object of another type, or
 * cannot be read as git would read it, or a commit is missing, the walk decides.
 */

import { listTypes, ObjectList, type SharedObjectList } from '../../git/object-list.ts';
import type { ObjectType } from '../../git/objects.ts';
import {
  END,
  IS_NAMED,
  KNOWN_COUNT,
  KNOWN_KEYS,
  KNOWN_SHIFT,
  KNOWN_STARTS,
  KNOWN_TYPES,
  LINK_TYPE_MASK,
  LINKS,
  MAY_BE_MISSING,
  REFUSED,
  WIDTH,
} from './assembly/memory.ts';
import type { SortedIds } from '../../git/sorted-ids.ts';
import { TYPES } from './delta-trees.ts';
import { Unpacker } from './unpacker.ts';

/** What threads share to check links. */
export interface SharedLinks {
  readonly list: SharedObjectList;
  /** A byte for each object of the list: 1 once another object names it. */
  readonly named: Uint8Array;
}

/** What was found by following links; threads send it to each other. */
export interface LinkResult {
  /** Whether only a walk of git can decide what is missing. */
  readonly isUnsure: boolean;
  /** Trees and blobs that are named, and not in the list: hex. */
  readonly missing: ReadonlySet<string>;
}

/** More missing objects are left to git, which keeps them in less memory. */
const MISSING_MAX = 20_000;

/** Ids that are handed to the assembly at once. */
const IDS_AT_ONCE = 16_384;

/** Where the known objects are in the memory of an assembly. */
function placesOf({ starts, length }: SortedIds): {
  readonly keys: number;
  readonly starts: number;
  readonly types: number;
  readonly end: number;
} {
  // One more of each may be read than there are.
  const after = END + 8 * (length + 1);
  const types = after + 4 * starts.length;
  return { keys: END, starts: after, types, end: types + length + 1 };
}

export function shareLinks(list: ObjectList): SharedLinks {
  return { list: list.shared, named: new Uint8Array(new SharedArrayBuffer(list.length)) };
}

/** Follows the links of objects. */
export class LinkCheck {
  readonly #list: ObjectList;
  readonly #named: Uint8Array;
  readonly #missing = new Set<string>();
  #isUnsure = false;
  /** The numbers of types in packs, by those in the list. */
  readonly #types: readonly number[];
  /** The types of known objects in the memory of an assembly. */
  #known: Uint8Array | undefined;

  constructor({ list, named }: SharedLinks) {
    this.#list = ObjectList.from(list);
    this.#named = named;
    this.#types = listTypes.map((type) => TYPES.indexOf(type));
  }

  get result(): LinkResult {
    return { isUnsure: this.#isUnsure || this.#missing.size > MISSING_MAX, missing: this.#missing };
  }

  /** Bytes of memory that {@link attach} needs. */
  get room(): number {
    const { sorted } = this.#list;
    return sorted === undefined ? 0 : placesOf(sorted).end - END;
  }

  /** Lets the assembly look up ids by itself if the list is sorted. Only links that it finds no object for are left to {@link follow}. */
  attach(unpacker: Unpacker): void {
    const { sorted } = this.#list;
    if (sorted === undefined) return;
    const { keys, starts, types } = placesOf(sorted);
    const settings = [
      [KNOWN_COUNT, sorted.length],
      [KNOWN_KEYS, keys],
      [KNOWN_TYPES, types],
      [KNOWN_STARTS, starts],
      [KNOWN_SHIFT, sorted.shift],
    ] as const;
    for (const [address, value] of settings) unpacker.set(address, value);
    new Uint32Array(unpacker.bytes.buffer, starts, sorted.starts.length).set(sorted.starts);
    for (let first = 0; first < sorted.length; first += IDS_AT_ONCE) {
      const count = Math.min(IDS_AT_ONCE, sorted.length - first);
      unpacker.bytes.set(sorted.bytes.subarray(first * sorted.width, (first + count) * sorted.width), unpacker.texts);
      unpacker.exports.addKnown(unpacker.texts, first, count, sorted.width);
    }
    this.#known = unpacker.bytes.subarray(types, types + sorted.length);
    for (let index = 0; index < sorted.length; index++) this.#known[index] = this.#types[this.#list.typeNumber(index)]!;
  }

  /** Takes over which objects were named in the memory of the assembly. */
  keepNamed(): void {
    const known = this.#known ?? [];
    for (let index = 0; index < known.length; index++) if ((known[index]! & IS_NAMED) !== 0) this.#named[index] = 1;
  }

  /** An object that nothing is known of may name anything. */
  giveUp(): void {
    this.#isUnsure = true;
  }

  /**
   * Looks up links that the assembly has collected in its memory, because it could not follow them.
   *
   * @param count how many there are; `REFUSED`: there is an object whose links cannot be read
   * @returns false once the result is unsure, so that nothing more need be followed
   */
  follow(memory: Uint8Array, count: number): boolean {
    if (count === REFUSED) this.#isUnsure = true;
    if (this.#isUnsure || this.#missing.size > MISSING_MAX) return false;
    const list = this.#list;
    const step = 4 + list.width;
    for (let at = LINKS; at < LINKS + count * step; at += step) {
      const type = memory[at]!;
      const index = list.find(memory, at + 4);
      if (index >= 0) {
        this.#named[index] = 1;
        if (list.type(index) !== TYPES[type & LINK_TYPE_MASK]) this.#isUnsure = true;
      } else if ((type & MAY_BE_MISSING) === 0) this.#isUnsure = true;
      else this.#missing.add(Buffer.from(memory.subarray(at + 4, at + step)).toString('hex'));
    }
    return !this.#isUnsure;
  }
}

/** @returns a function that follows the links of an object that is not in the memory of a scanner */
export function linkReader(links: LinkCheck, width: number): (type: ObjectType, text: Uint8Array) => void {
  const unpacker = new Unpacker({
    follow(count) {
      links.follow(unpacker.bytes, count >>> 0);
    },
  });
  unpacker.set(WIDTH, width);
  return (type, text) => {
    unpacker.bytes.set(text, unpacker.texts);
    unpacker.exports.collectLinks(TYPES.indexOf(type), unpacker.texts, text.length, 0);
    unpacker.exports.followAll();
  };
}

/** @returns as if one check had followed all links */
export function joinLinks(results: readonly LinkResult[]): LinkResult {
  const missing = new Set(results.flatMap((result) => [...result.missing]));
  return { isUnsure: missing.size > MISSING_MAX || results.some(({ isUnsure }) => isUnsure), missing };
}
