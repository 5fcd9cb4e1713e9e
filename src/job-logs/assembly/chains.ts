/** Lines that are joined one by one. A chain of one line is the line before, which is copied only if another is joined to it. */

import { LF } from './bytes';
import {
  CHAIN_MAX,
  CHAIN_PARTS_MAX,
  GUESSED,
  GUESSED_PARTS,
  JOINED,
  JOINED_COST_EACH,
  JOINED_MAX,
  JOINED_PARTS,
  JOINED_PARTS_MAX,
  JOINED_ROOM,
  PART_GUESS,
  PART_SIZE,
  PART_TEXT,
  SURE,
  SURE_PARTS,
  TEXT,
  TEXT_OFFSET,
} from './memory';

/** The number of lines in each chain. */
export let sureLines: u32 = 0;
export let guessedLines: u32 = 0;
let sureEnd: usize = SURE;
let surePartsEnd: usize = SURE_PARTS;
let guessedEnd: usize = GUESSED;
let guessedPartsEnd: usize = GUESSED_PARTS;
/** The ends of the joined lines that are given, and their cost. */
export let joinedEnd: usize = JOINED;
export let joinedPartsEnd: usize = JOINED_PARTS;
export let joinedCost: u32 = 0;
/** Whether there was no room: then the host must walk these lines. */
export let isTooMuch: bool = false;

/** The line before: its text, without a carriage return, and its parts. */
export let before: usize = 0;
export let beforeEnd: usize = 0;
let beforeParts: usize = 0;
let beforePartsEnd: usize = 0;

export function beginChains(): void {
  sureLines = 0;
  guessedLines = 0;
  joinedEnd = JOINED;
  joinedPartsEnd = JOINED_PARTS;
  joinedCost = 0;
  isTooMuch = false;
}

/** To be called after each line. */
export function setLineBefore(start: usize, end: usize, parts: usize, partsEnd: usize): void {
  before = start;
  beforeEnd = end;
  beforeParts = parts;
  beforePartsEnd = partsEnd;
}

export function startSure(): void {
  sureLines = 1;
}

export function startGuessed(): void {
  guessedLines = 1;
}

/** Joins a line that is surely a continuation. */
export function appendSure(start: usize, end: usize, parts: usize, partsEnd: usize): void {
  if (sureLines == 1) {
    sureEnd = SURE;
    surePartsEnd = SURE_PARTS;
    if (!hasRoom(SURE, sureEnd, SURE_PARTS, surePartsEnd, beforeEnd - before, beforePartsEnd - beforeParts)) return;
    surePartsEnd = copyParts(surePartsEnd, sureEnd - SURE, before, beforeParts, beforePartsEnd);
    sureEnd = copyText(sureEnd, before, beforeEnd);
  }
  if (!hasRoom(SURE, sureEnd, SURE_PARTS, surePartsEnd, end - start, partsEnd - parts)) return;
  surePartsEnd = copyParts(surePartsEnd, sureEnd - SURE, start, parts, partsEnd);
  sureEnd = copyText(sureEnd, start, end);
  sureLines++;
}

/** Joins a line that may be a continuation. */
export function appendGuessed(start: usize, end: usize, parts: usize, partsEnd: usize): void {
  if (guessedLines == 1) {
    guessedEnd = GUESSED;
    guessedPartsEnd = GUESSED_PARTS;
    if (!hasRoom(GUESSED, guessedEnd, GUESSED_PARTS, guessedPartsEnd, beforeEnd - before, beforePartsEnd - beforeParts))
      return;
    guessedPartsEnd = copyParts(guessedPartsEnd, guessedEnd - GUESSED, before, beforeParts, beforePartsEnd);
    guessedEnd = copyText(guessedEnd, before, beforeEnd);
  }
  if (!hasRoom(GUESSED, guessedEnd, GUESSED_PARTS, guessedPartsEnd, end - start, partsEnd - parts)) return;
  guessedPartsEnd = copyParts(guessedPartsEnd, guessedEnd - GUESSED, start, parts, partsEnd);
  guessedEnd = copyText(guessedEnd, start, end);
  guessedLines++;
}

/** Gives the lines that were joined, and begins again. */
export function endSure(): void {
  if (sureLines > 1) give(SURE, sureEnd, SURE_PARTS, surePartsEnd, 0);
  sureLines = 0;
}

/** @param isGiven otherwise the same lines are joined surely */
export function endGuessed(isGiven: bool): void {
  if (guessedLines > 1 && isGiven) give(GUESSED, guessedEnd, GUESSED_PARTS, guessedPartsEnd, 1);
  guessedLines = 0;
}

// @ts-ignore: decorator
@inline
function hasRoom(text: usize, end: usize, parts: usize, partsEnd: usize, length: usize, partsLength: usize): bool {
  const isEnough =
    end + length <= text + CHAIN_MAX && partsEnd + partsLength <= parts + CHAIN_PARTS_MAX * PART_SIZE;
  if (!isEnough) isTooMuch = true;
  return isEnough;
}

function give(text: usize, end: usize, parts: usize, partsEnd: usize, isGuess: f64): void {
  const length = end - text;
  const cost = <u32>length + JOINED_COST_EACH;
  if (
    joinedCost + cost > load<u32>(JOINED_ROOM) ||
    joinedEnd + length + 2 > JOINED + JOINED_MAX ||
    joinedPartsEnd + (partsEnd - parts) > JOINED_PARTS + JOINED_PARTS_MAX * PART_SIZE
  ) {
    isTooMuch = true;
    return;
  }
  joinedCost += cost;
  store<u8>(joinedEnd++, LF);
  const offset = <f64>(<u32>(joinedEnd - JOINED));
  for (let part = parts; part < partsEnd; part += PART_SIZE) {
    copyPart(joinedPartsEnd, part);
    store<f64>(joinedPartsEnd, load<f64>(part, PART_TEXT) + offset, PART_TEXT);
    store<f64>(joinedPartsEnd, isGuess, PART_GUESS);
    joinedPartsEnd += PART_SIZE;
  }
  joinedEnd = copyText(joinedEnd, text, end);
  store<u8>(joinedEnd++, LF);
}

/** Copies the parts of a line whose text begins at `start`; in the chain it begins at `at`. */
function copyParts(target: usize, at: usize, start: usize, parts: usize, partsEnd: usize): usize {
  const distance = <f64>(<u32>at) - (load<f64>(TEXT_OFFSET) + <f64>(<u32>(start - TEXT)));
  for (let part = parts; part < partsEnd; part += PART_SIZE) {
    copyPart(target, part);
    store<f64>(target, load<f64>(part, PART_TEXT) + distance, PART_TEXT);
    target += PART_SIZE;
  }
  return target;
}

// @ts-ignore: decorator
@inline
function copyPart(target: usize, part: usize): void {
  v128.store(target, v128.load(part));
  v128.store(target, v128.load(part, 16), 16);
  v128.store(target, v128.load(part, 32), 32);
  v128.store(target, v128.load(part, 48), 48);
}

/** What is copied too much is written over. */
function copyText(target: usize, start: usize, end: usize): usize {
  for (let at: usize = 0; at < end - start; at += 16) v128.store(target + at, v128.load(start + at));
  return target + (end - start);
}
