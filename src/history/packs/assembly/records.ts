/** What is known of each object before it is read (AssemblyScript): a window that the host moves over the objects, in ascending order. */

import { loadRecords } from './host';
import {
  RECORD_BYTES,
  RECORD_ENDS,
  RECORD_LENGTHS,
  RECORD_SIZES,
  RECORD_PLACES,
  RECORD_TYPES,
  RECORD_VERDICTS,
} from './memory';

/** The first object of the window. */
let first: u32 = 0;
/** How many of its objects are loaded. */
let loaded: u32 = 0;

/** To be called when other objects follow. */
export function forgetRecords(): void {
  loaded = 0;
}

/** Where an object is in the window, which is moved if the object is behind it. */
export function recordOf(number: u32): usize {
  if (number - first >= loaded) {
    loaded = loadRecords(number);
    first = number;
  }
  return <usize>(number - first);
}

/** Where its compressed bytes are; 0: the host must read them. */
// @ts-ignore: decorator
@inline
export function placeOf(record: usize): usize {
  return <usize>load<u32>(RECORD_PLACES + (record << 2));
}

/** How many compressed bytes there are. */
// @ts-ignore: decorator
@inline
export function lengthOf(record: usize): u32 {
  return load<u32>(RECORD_LENGTHS + (record << 2));
}

/** The size of what they inflate to. */
// @ts-ignore: decorator
@inline
export function sizeOf(record: usize): u32 {
  return load<u32>(RECORD_SIZES + (record << 2));
}

/** The number of the first object behind its subtree. */
// @ts-ignore: decorator
@inline
export function endOf(record: usize): u32 {
  return load<u32>(RECORD_ENDS + (record << 2));
}

// @ts-ignore: decorator
@inline
export function typeOf(record: usize): u32 {
  return <u32>load<u8>(RECORD_TYPES + record);
}

// @ts-ignore: decorator
@inline
export function setVerdict(record: usize, verdict: u32, bytes: u32): void {
  store<u8>(RECORD_VERDICTS + record, <u8>verdict);
  store<u32>(RECORD_BYTES + (record << 2), bytes);
}
