/**
 * What packed objects name: the trees and parents of commits, the entries of trees, the objects of tags. Git shows what is missing by a
 * walk over all of them (`walkReachable`), which takes longer than the whole scan of the packs. Here each name is looked up in the list
 * of all objects while the object is in memory anyway. Where a link leads to an object of another type, or cannot be read as git would
 * read it, or a commit is missing, the walk decides.
 */

import { ObjectList, type SharedObjectList } from '../../git/all-objects.ts';
import type { ObjectType } from '../../git/objects.ts';
import { LF } from '../../lib/bytes.ts';
import type { Unpacker } from './unpacker.ts';

/** What threads share to check links. */
export interface SharedLinks {
  readonly list: SharedObjectList;
  /** A byte for each object of the list: 1 once another object names it. */
  readonly named: Uint8Array;
}

export interface LinkedObject {
  readonly type: ObjectType;
  /** In the memory of the unpacker if it is a tree. */
  readonly text: Uint8Array;
  /** How many ranges it has in common with its base, as in the unpacker; 0: it is to be read whole. */
  readonly copyRanges: number;
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

export function shareLinks(list: ObjectList): SharedLinks {
  return { list: list.shared, named: new Uint8Array(new SharedArrayBuffer(list.length)) };
}

/** Follows the links of objects, one object after the other. */
export class LinkCheck {
  readonly #list: ObjectList;
  readonly #named: Uint8Array;
  readonly #unpacker: Unpacker;
  readonly #id: Buffer;
  readonly #missing = new Set<string>();
  #isUnsure = false;

  constructor({ list, named }: SharedLinks, unpacker: Unpacker) {
    this.#list = ObjectList.from(list);
    this.#named = named;
    this.#unpacker = unpacker;
    this.#id = Buffer.alloc(list.width);
  }

  get result(): LinkResult {
    return { isUnsure: this.#isUnsure || this.#missing.size > MISSING_MAX, missing: this.#missing };
  }

  /** Looks up what an object names. Does nothing once the result is unsure. */
  follow({ type, text, copyRanges }: LinkedObject): void {
    if (type === 'blob' || this.#isUnsure || this.#missing.size > MISSING_MAX) return;
    const isRead =
      type === 'tree'
        ? this.#followTree(text, copyRanges)
        : type === 'commit'
          ? this.#followCommit(text)
          : this.#followTag(text);
    if (!isRead) this.#isUnsure = true;
  }

  /** An object that nothing is known of may name anything. */
  giveUp(): void {
    this.#isUnsure = true;
  }

  #followTree(text: Uint8Array, copyRanges: number): boolean {
    const width = this.#id.length;
    const entries = this.#unpacker.treeEntries(text, copyRanges, width);
    if (entries === undefined) return false;
    for (let at = 0; at < entries.length; at += 4 + width) {
      const isThere = this.#lookUp(entries, at + 4, entries[at] === 1 ? 'tree' : 'blob');
      if (isThere === undefined) return false;
      if (!isThere) this.#missing.add(hexOf(entries.subarray(at + 4, at + 4 + width)));
    }
    return true;
  }

  #followCommit(text: Uint8Array): boolean {
    if (!startsWith(text, 0, TREE)) return false;
    const isThere = this.#lookUpLine(text, TREE.length, 'tree');
    if (isThere === undefined) return false;
    if (!isThere) this.#missing.add(hexOf(this.#id));
    const line = PARENT.length + 2 * this.#id.length + 1;
    for (let at = TREE.length + line - PARENT.length; startsWith(text, at, PARENT); at += line)
      if (this.#lookUpLine(text, at + PARENT.length, 'commit') !== true) return false;
    return true;
  }

  #followTag(text: Uint8Array): boolean {
    const next = OBJECT.length + 2 * this.#id.length + 1;
    if (!startsWith(text, 0, OBJECT) || !startsWith(text, next, TYPE)) return false;
    const start = next + TYPE.length;
    const end = text.indexOf(LF, start);
    const type = end < 0 ? undefined : TARGETS.get(Buffer.from(text.subarray(start, end)).toString('latin1'));
    return type !== undefined && this.#lookUpLine(text, OBJECT.length, type) === true;
  }

  /** The same for the id at the end of a line, which is then in `#id`. */
  #lookUpLine(text: Uint8Array, start: number, type: ObjectType): boolean | undefined {
    if (!readHex(text, start, this.#id) || text[start + 2 * this.#id.length] !== LF) return undefined;
    return this.#lookUp(this.#id, 0, type);
  }

  /** Whether the list has an object; undefined: it has it with another type. */
  #lookUp(bytes: Uint8Array, at: number, type: ObjectType): boolean | undefined {
    const index = this.#list.find(bytes, at);
    if (index < 0) return false;
    this.#named[index] = 1;
    return this.#list.type(index) === type ? true : undefined;
  }
}

function hexOf(id: Uint8Array): string {
  return Buffer.from(id).toString('hex');
}

/** @returns as if one check had followed all links */
export function joinLinks(results: readonly LinkResult[]): LinkResult {
  const missing = new Set(results.flatMap((result) => [...result.missing]));
  return { isUnsure: missing.size > MISSING_MAX || results.some(({ isUnsure }) => isUnsure), missing };
}

const [TREE, PARENT, OBJECT, TYPE] = ['tree ', 'parent ', 'object ', 'type '].map((word) => Buffer.from(word)) as [
  Buffer,
  Buffer,
  Buffer,
  Buffer,
];
const TARGETS = new Map((['blob', 'commit', 'tag', 'tree'] as const).map((type) => [type as string, type]));

function startsWith(text: Uint8Array, at: number, word: Buffer): boolean {
  for (let index = 0; index < word.length; index++) if (text[at + index] !== word[index]) return false;
  return true;
}

/** The value of each hex digit; git takes capitals as well. */
const DIGITS = Int8Array.from({ length: 256 }, (_, byte) =>
  /[0-9a-fA-F]/.test(String.fromCharCode(byte)) ? Number.parseInt(String.fromCharCode(byte), 16) : -1,
);

/** False: there are other characters. */
function readHex(text: Uint8Array, start: number, id: Uint8Array): boolean {
  let wrong = 0;
  for (let at = 0; at < id.length; at++) {
    const high = DIGITS[text[start + 2 * at] ?? 0]!;
    const low = DIGITS[text[start + 2 * at + 1] ?? 0]!;
    wrong |= high | low;
    id[at] = (high << 4) | low;
  }
  return wrong >= 0;
}
