/**
 * The texts on the path from a root to the object that is being made (AssemblyScript). They stay in memory while objects are made from
 * them. A base is forgotten before its last child is checked, and the child with the largest subtree is the last: so each text on the path
 * has a subtree at most half as large as the one before, and there are few of them, however deep the tree.
 */

import { FRAMES, FRAMES_MAX } from './memory';

const FRAME_SIZE: usize = 32;
const HAS_HITS: u32 = 1;
const MAY_HAVE_SIGNATURE: u32 = 2;

/** No text at all. */
export const NO_FRAME: usize = FRAMES - FRAME_SIZE;

let top: usize = NO_FRAME;

/** The last text of the path, or NO_FRAME. */
// @ts-ignore: decorator
@inline
export function topFrame(): usize {
  return top;
}

/** False: the path is too long. */
export function hasRoomForFrame(): bool {
  return top < FRAMES + FRAME_SIZE * (FRAMES_MAX - 1);
}

/** Adds a text to the path. @param end the number of the first object behind its subtree @param floor memory from here to the text is free */
export function pushFrame(text: usize, size: u32, floor: usize, end: u32): void {
  top += FRAME_SIZE;
  store<u32>(top, <u32>text);
  store<u32>(top, size, 4);
  store<u32>(top, <u32>floor, 8);
  store<u32>(top, end, 12);
}

/** What was found in the last text of the path. @param hits its list; `hitsEnd` is its end; @param isKnown false: there were too many */
export function setFrameHits(hits: usize, hitsEnd: usize, isKnown: bool, mayHaveSignature: bool): void {
  store<u32>(top, <u32>hits, 16);
  store<u32>(top, <u32>hitsEnd, 20);
  store<u32>(top, (isKnown ? HAS_HITS : 0) | (mayHaveSignature ? MAY_HAVE_SIGNATURE : 0), 24);
}

export function popFrame(): void {
  top -= FRAME_SIZE;
}

/** To be called when another tree follows. */
export function clearFrames(): void {
  top = NO_FRAME;
}

/** To be called when the text was moved to the beginning of its free memory. */
export function moveFrameText(frame: usize): void {
  store<u32>(frame, load<u32>(frame, 8));
}

// @ts-ignore: decorator
@inline
export function frameText(frame: usize): usize {
  return <usize>load<u32>(frame);
}

// @ts-ignore: decorator
@inline
export function frameSize(frame: usize): u32 {
  return load<u32>(frame, 4);
}

// @ts-ignore: decorator
@inline
export function frameFloor(frame: usize): usize {
  return <usize>load<u32>(frame, 8);
}

// @ts-ignore: decorator
@inline
export function frameEnd(frame: usize): u32 {
  return load<u32>(frame, 12);
}

// @ts-ignore: decorator
@inline
export function frameHits(frame: usize): usize {
  return <usize>load<u32>(frame, 16);
}

// @ts-ignore: decorator
@inline
export function frameHitsEnd(frame: usize): usize {
  return <usize>load<u32>(frame, 20);
}

// @ts-ignore: decorator
@inline
export function hasHits(frame: usize): bool {
  return (load<u32>(frame, 24) & HAS_HITS) != 0;
}

// @ts-ignore: decorator
@inline
export function frameMayHaveSignature(frame: usize): bool {
  return (load<u32>(frame, 24) & MAY_HAVE_SIGNATURE) != 0;
}
