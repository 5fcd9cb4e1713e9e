/**
 * Whether every object that others name is in the repository: the trees and parents of commits, the entries of trees, the objects of
 * tags. Git shows what is missing by a walk over all of them (`walkReachable`), which takes longer than the whole scan of the packs. A
 * repository where nothing is missing needs no walk; where a link leads nowhere, to an object of another type, or cannot be read as git
 * would read it, the walk decides.
 */

import type { ObjectList } from '../../git/all-objects.ts';
import type { ObjectType } from '../../git/objects.ts';
import { LF } from '../../lib/bytes.ts';
import type { Unpacker } from './unpacker.ts';

export interface LinkCheck {
  /** Whether all links of an object lead to objects of their types. */
  isWhole(object: LinkedObject): boolean;
}

export interface LinkedObject {
  readonly type: ObjectType;
  /** In the memory of the unpacker if it is a tree. */
  readonly text: Uint8Array;
  /** How many ranges it has in common with its base, as in the unpacker; 0: it is to be read whole. */
  readonly copyRanges: number;
}

export function createLinkCheck(list: ObjectList, unpacker: Unpacker): LinkCheck {
  const { width } = list;
  const id = Buffer.alloc(width);

  /** Whether a line names an object of a type. */
  const leadsTo = (text: Uint8Array, start: number, type: ObjectType): boolean => {
    if (!readHex(text, start, id) || text[start + 2 * width] !== LF) return false;
    const index = list.find(id);
    return index >= 0 && list.type(index) === type;
  };

  const isWholeTree = (text: Uint8Array, copyRanges: number): boolean => {
    const entries = unpacker.treeEntries(text, copyRanges, width);
    if (entries === undefined) return false;
    for (let at = 0; at < entries.length; at += 4 + width) {
      const index = list.find(entries, at + 4);
      if (index < 0 || list.type(index) !== (entries[at] === 1 ? 'tree' : 'blob')) return false;
    }
    return true;
  };

  const isWholeCommit = (text: Uint8Array): boolean => {
    if (!startsWith(text, 0, TREE) || !leadsTo(text, TREE.length, 'tree')) return false;
    const line = PARENT.length + 2 * width + 1;
    for (let at = TREE.length + 2 * width + 1; startsWith(text, at, PARENT); at += line)
      if (!leadsTo(text, at + PARENT.length, 'commit')) return false;
    return true;
  };

  const isWholeTag = (text: Uint8Array): boolean => {
    const next = OBJECT.length + 2 * width + 1;
    if (!startsWith(text, 0, OBJECT) || !startsWith(text, next, TYPE)) return false;
    const start = next + TYPE.length;
    const end = text.indexOf(LF, start);
    const type = end < 0 ? undefined : TARGETS.get(Buffer.from(text.subarray(start, end)).toString('latin1'));
    return type !== undefined && leadsTo(text, OBJECT.length, type);
  };

  return {
    isWhole({ type, text, copyRanges }) {
      if (type === 'blob') return true;
      if (type === 'tree') return isWholeTree(text, copyRanges);
      return type === 'commit' ? isWholeCommit(text) : isWholeTag(text);
    },
  };
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
