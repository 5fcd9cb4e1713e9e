/** What commits and tags name in their first lines (AssemblyScript), in the form in which git writes them. */

import { addLink, BLOB, COMMIT, TAG, TREE } from './link-list';
import { DELTA, MAY_BE_MISSING } from './memory';

const LF: u32 = 10;
/** Where an id is put together; the delta has been applied by then. */
const ID: usize = DELTA;

// Words as they are in memory, the first letter lowest.
const TREE_LINE: u64 = 0x2065657274;
const PARENT_LINE: u64 = 0x20746e65726170;
const OBJECT_LINE: u64 = 0x207463656a626f;
const TYPE_LINE: u64 = 0x2065707974;
const BLOB_NAME: u64 = 0x0a626f6c62;
const COMMIT_NAME: u64 = 0x0a74696d6d6f63;
const TAG_NAME: u64 = 0x0a676174;
const TREE_NAME: u64 = 0x0a65657274;

/** Adds the tree of a commit, and its parents. False: the lines do not have this form. */
export function addCommitLinks(text: usize, end: usize, width: usize): bool {
  if (!begins(text, end, TREE_LINE, 5) || !addId(TREE | MAY_BE_MISSING, text + 5, end, width)) return false;
  const line: usize = 7 + 2 * width + 1;
  for (let at = text + 5 + 2 * width + 1; begins(at, end, PARENT_LINE, 7); at += line)
    if (!addId(COMMIT, at + 7, end, width)) return false;
  return true;
}

/** Adds the object of a tag. */
export function addTagLink(text: usize, end: usize, width: usize): bool {
  const second = text + 7 + 2 * width + 1;
  if (!begins(text, end, OBJECT_LINE, 7) || !begins(second, end, TYPE_LINE, 5)) return false;
  const name = second + 5;
  if (begins(name, end, COMMIT_NAME, 7)) return addId(COMMIT, text + 7, end, width);
  if (begins(name, end, TREE_NAME, 5)) return addId(TREE, text + 7, end, width);
  if (begins(name, end, BLOB_NAME, 5)) return addId(BLOB, text + 7, end, width);
  return begins(name, end, TAG_NAME, 4) && addId(TAG, text + 7, end, width);
}

/** Whether a word is at a place. */
// @ts-ignore: decorator
@inline
function begins(at: usize, end: usize, word: u64, length: usize): bool {
  return at + length <= end && (load<u64>(at) & ((<u64>1 << <u64>(length << 3)) - 1)) == word;
}

/** Adds a link to an id in hex. False: other characters are there, or the line goes on. */
function addId(type: u32, at: usize, end: usize, width: usize): bool {
  if (at + 2 * width >= end || <u32>load<u8>(at + 2 * width) != LF) return false;
  let wrong: i32 = 0;
  for (let byte: usize = 0; byte < width; byte++) {
    const high = digitOf(<u32>load<u8>(at + 2 * byte));
    const low = digitOf(<u32>load<u8>(at + 2 * byte, 1));
    wrong |= high | low;
    store<u8>(ID + byte, <u8>((high << 4) | low));
  }
  if (wrong < 0) return false;
  addLink(type, ID, width);
  return true;
}

/** The value of a hex digit, of which git takes capitals as well; -1 for another character. */
// @ts-ignore: decorator
@inline
function digitOf(character: u32): i32 {
  const digit = character - 0x30;
  if (digit < 10) return <i32>digit;
  const letter = (character | 0x20) - 0x61;
  return letter < 6 ? <i32>letter + 10 : -1;
}
