/**
 * Reads every object of a pack once (AssemblyScript): tree by tree, and each tree depth first, so that every delta is applied once, to a
 * base that is still in memory. Objects are numbered in this order, so a subtree is a range of numbers. An object that is too large,
 * unusual or damaged is skipped, with all objects made from it: git reads those.
 */

import { applyDelta, targetSize } from './delta';
import {
  clearFrames,
  frameEnd,
  frameFloor,
  frameHits,
  frameHitsEnd,
  frameSize,
  frameText,
  hasRoomForFrame,
  moveFrameText,
  NO_FRAME,
  popFrame,
  pushFrame,
  setFrameHits,
  topFrame,
} from './frames';
import { inflate } from './inflate';
import { collectLinks } from './links';
import {
  COLLECTS_LINKS,
  COPY_RANGES,
  COPY_RANGES_MAX,
  DELTA,
  END,
  INPUT,
  KNOWN_HITS,
  OBJECT_MAX,
  REFUSED,
  SLACK,
  TEXTS,
  TOO_LARGE,
  TOO_MANY_RANGES,
} from './memory';
import { readEntry } from './host';
import { areHitsKnown, checkText, mayHaveSignature } from './prefilter';
import { endOf, forgetRecords, lengthOf, recordOf, placeOf, setVerdict, sizeOf, typeOf } from './records';

/** What an object costs besides its bytes, in bytes. */
const OBJECT_COST: i32 = 2048;

/** The next object. */
let next: u32 = 0;
/** Bytes until the host wants to do something else. */
let left: i32 = 0;
/** The type of the tree. */
let type: u32 = 0;

/** To be called when another pack follows. */
export function openPack(): void {
  forgetRecords();
}

/** Begins with a root. */
export function begin(root: u32): void {
  clearFrames();
  forgetRecords();
  next = root;
}

/** The first object that was not read. */
export function reached(): u32 {
  return next;
}

/**
 * Reads the trees whose roots come before `limit`, up to about so many bytes of texts.
 *
 * @returns false: there are more
 */
export function scan(limit: u32, bytes: i32): bool {
  left = bytes;
  while (left > 0) {
    const base = topFrame();
    if (base != NO_FRAME) scanChild(base);
    else if (next < limit) scanRoot();
    else return true;
  }
  return false;
}

function scanRoot(): void {
  const number = next;
  const record = recordOf(number);
  const end = endOf(record);
  type = typeOf(record);
  const size = sizeOf(record);
  left -= OBJECT_COST;
  if (type == 0) next = end;
  else if (size > <u32>OBJECT_MAX || lengthOf(record) > <u32>OBJECT_MAX) skipLarge(number, end);
  else if (!unpack(number, record, TEXTS)) next = end;
  else {
    left -= size;
    const hitsEnd = checkObject(number, record, TEXTS, size, NO_FRAME, 0, KNOWN_HITS);
    next = number + 1;
    if (next == end) return;
    pushFrame(TEXTS, size, TEXTS, end);
    setFrameHits(KNOWN_HITS, hitsEnd, areHitsKnown(), mayHaveSignature());
  }
}

/** @param base the frame of its base */
function scanChild(base: usize): void {
  const number = next;
  const record = recordOf(number);
  const end = endOf(record);
  const isLast = end == frameEnd(base);
  // Nothing else is made from this base. Its frame is written over only when it is not needed any more.
  if (isLast) popFrame();
  left -= OBJECT_COST;
  const deltaSize = sizeOf(record);
  if (deltaSize > <u32>OBJECT_MAX || lengthOf(record) > <u32>OBJECT_MAX) return skipLarge(number, end);
  next = end;
  if (!unpack(number, record, DELTA)) return;
  const size = targetSize(DELTA, DELTA + deltaSize, frameSize(base));
  if (size == REFUSED) return;
  const text: usize = size > <u32>OBJECT_MAX ? 0 : placeFor(size, base, isLast);
  if (text == 0) return skipLarge(number, end);
  const ranges = applyDelta(frameText(base), frameSize(base), DELTA, DELTA + deltaSize, text, COPY_RANGES, <u32>COPY_RANGES_MAX);
  if (ranges == REFUSED) return;
  left -= size;
  let hits = frameHitsEnd(base);
  let hitsEnd = checkObject(number, record, text, size, base, ranges, hits);
  next = number + 1;
  if (next == end) return;
  if (!hasRoomForFrame()) return skipLarge(next, end);
  const floor = isLast ? frameFloor(base) : text;
  if (isLast) {
    // The list takes the place of that of the base.
    memory.copy(frameHits(base), hits, hitsEnd - hits);
    hitsEnd -= hits - frameHits(base);
    hits = frameHits(base);
  }
  pushFrame(text, size, floor, end);
  setFrameHits(hits, hitsEnd, areHitsKnown(), mayHaveSignature());
}

/** Where a text is made; 0: there is no room for it. */
function placeFor(size: u32, base: usize, isLast: bool): usize {
  const need = <usize>size + SLACK;
  const floor = frameFloor(base);
  // The space before the base is free: if nothing else needs the base, the text may go there.
  if (isLast && floor + need <= frameText(base)) return floor;
  let place = placeBehind(base);
  if (place + need <= END) return place;
  memory.copy(floor, frameText(base), frameSize(base));
  moveFrameText(base);
  place = placeBehind(base);
  return place + need <= END ? place : 0;
}

// @ts-ignore: decorator
@inline
function placeBehind(frame: usize): usize {
  return (frameText(frame) + frameSize(frame) + SLACK + 15) & ~15;
}

/** Inflates an entry of the pack. The next one must follow immediately; anything between them means damage. */
function unpack(number: u32, record: usize, target: usize): bool {
  const length = lengthOf(record);
  if (length == 0) return false;
  let source = placeOf(record);
  if (source == 0) source = readEntry(number) ? INPUT : 0;
  return source != 0 && inflate(source, source + length, target, sizeOf(record)) == length;
}

/** Returns the end of its list of hits. */
function checkObject(number: u32, record: usize, text: usize, size: u32, base: usize, ranges: u32, hits: usize): usize {
  const hitsEnd = checkText(number, record, type, text, size, base, ranges, hits);
  if (load<u32>(COLLECTS_LINKS) != 0) collectLinks(type, text, size, ranges == TOO_MANY_RANGES ? 0 : ranges);
  return hitsEnd;
}

/** Sets the verdict on a whole subtree. */
function skipLarge(first: u32, end: u32): void {
  for (let number = first; number < end; number++) setVerdict(recordOf(number), TOO_LARGE, 0);
  next = end;
}
