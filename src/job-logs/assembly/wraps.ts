/** Joins lines that may have been cut at a width, as `wraps.ts` of the host does. */

import { CR, DOLLAR, isInWord, PLUS, SPACE } from './bytes';
import {
  appendGuessed,
  appendSure,
  before,
  beforeEnd,
  beginChains,
  endGuessed,
  endSure,
  guessedLines,
  setLineBefore,
  startGuessed,
  startSure,
  sureLines,
} from './chains';
import { COMMON_WIDTHS, WIDEST_TERMINAL } from './memory';
import { astral, excess, firstByte, lastRun, partsEnd, textEnd } from './text';

const NARROWEST: u32 = 40;
const NARROWEST_GUESS: u32 = 20;
const SHORTEST_WORD: u32 = 20;

/** The widest line of the command, and the width of the last wide one. */
export let widest: u32 = 0;
export let lastWidth: u32 = 0;
/** Whether the host's line before the first one may be joined with it. */
let isOpen: bool = false;
/** Of the lines that are joined as a guess: whether two are not joined surely. */
let isGuess: bool = false;
/** Their common width in bytes, in units of UTF-16 and in characters; 0 where they differ. */
let bytesWidth: u32 = 0;
let unitsWidth: u32 = 0;
let charactersWidth: u32 = 0;

export const ALONE: i32 = 0;
export const JOINED: i32 = 1;
export const UNKNOWN: i32 = 2;

/** @param isLineOpen whether the line before the next one may be joined with it */
export function beginWraps(isLineOpen: bool, widestBefore: u32, lastWidthBefore: u32): void {
  isOpen = isLineOpen;
  widest = widestBefore;
  lastWidth = lastWidthBefore;
  isGuess = false;
  beginChains();
}

/** No line is joined with the last one. */
export function endWraps(): void {
  isOpen = false;
  endSure();
  endGuess();
}

function endGuess(): void {
  endGuessed(isGuess);
  isGuess = false;
}

/**
 * Adds the line that was copied to `[start, textEnd)`, whose parts begin at `parts`.
 *
 * @returns whether it was joined with the line before it; `UNKNOWN` if only the host knows
 */
export function addLine(start: usize, parts: usize): i32 {
  let end = textEnd;
  // A carriage return at the end does not count; a last run that is nothing else makes the line an empty one.
  if (end > start && load<u8>(end - 1) == CR) end = end - 1 > lastRun ? end - 1 : start;
  if (end == start) {
    endWraps();
    return ALONE;
  }
  const first = load<u8>(start);
  if ((first == DOLLAR || first == PLUS) && load<u8>(firstByte, 1) == SPACE) {
    widest = 0;
    lastWidth = 0;
    endWraps();
    return ALONE;
  }
  const begins = isInWord(first);
  if (begins && isOpen) return UNKNOWN;
  isOpen = false;
  const ends = isInWord(load<u8>(end - 1));
  const length = <u32>(end - start);
  const isLong = length > 4 * WIDEST_TERMINAL;
  const units = isLong ? length : length - excess;
  const characters = isLong ? length : units - astral;
  const isSure = begins && sureLines > 0;

  if (isSure) appendSure(start, end, parts, partsEnd);
  else endSure();
  if (!ends || !isFull(length, units)) endSure();
  else if (sureLines == 0) startSure();

  let isGuessed = false;
  let continues = false;
  if (guessedLines > 0) {
    isGuessed =
      begins &&
      unitsWidth <= WIDEST_TERMINAL &&
      (length <= bytesWidth || units <= unitsWidth || characters <= charactersWidth) &&
      isWordLong(start, end);
    if (isGuessed) {
      if (!isSure) isGuess = true;
      appendGuessed(start, end, parts, partsEnd);
      if (length != bytesWidth) bytesWidth = 0;
      if (units != unitsWidth) unitsWidth = 0;
      if (characters != charactersWidth) charactersWidth = 0;
      continues = ends && (bytesWidth | unitsWidth | charactersWidth) > 0;
    }
    if (!continues) endGuess();
  }
  if (!continues && ends && length >= NARROWEST_GUESS && !isLong) {
    startGuessed();
    bytesWidth = length;
    unitsWidth = units;
    charactersWidth = characters;
  }
  setLineBefore(start, end, parts, partsEnd);
  return isSure || isGuessed ? JOINED : ALONE;
}

/** Whether a line that ends within a word is as wide as lines are that were cut. */
function isFull(length: u32, units: u32): bool {
  if (length < NARROWEST || units < NARROWEST || units > WIDEST_TERMINAL) return false;
  const isFull = load<u8>(COMMON_WIDTHS + <usize>units) != 0 || units >= widest || units == lastWidth;
  if (units > widest) widest = units;
  lastWidth = units;
  return isFull;
}

/** Whether the word at the end of the line before and at the beginning of a line is long enough. */
function isWordLong(start: usize, end: usize): bool {
  let length: u32 = 0;
  while (length < SHORTEST_WORD && start < end && isInWord(load<u8>(start))) {
    start++;
    length++;
  }
  let at = beforeEnd;
  while (length < SHORTEST_WORD && at > before && isInWord(load<u8>(at - 1))) {
    at--;
    length++;
  }
  return length >= SHORTEST_WORD;
}
