/**
 * Clears texts that have no candidate (AssemblyScript). A text that is made from another one is not searched again as a whole: a hit of
 * the kernel in a range that both have would be found again, so only new bytes are searched, and the boundaries where two ranges meet. The
 * host verifies the hits, as in any text; but not those that are known to lead to no match while the text near them is the same, and not
 * line breaks that split no needle. For most texts nothing is left, and the host is not asked.
 */

import { LINE_BREAK, NEIGHBOURS } from '../../../detect/search/simd/assembly/memory';
import { splitsNeedle } from '../../../detect/search/simd/assembly/splits';
import { mayBeArchive } from './archives';
import { changedRegions } from './changed-regions';
import { findHits, foundSignature } from './find-hits';
import { frameHits, frameHitsEnd, frameMayHaveSignature, frameSize, hasHits, NO_FRAME } from './frames';
import { checkHits } from './host';
import { inheritHits } from './inherit-hits';
import { HIT_SIZE, IS_CLEAN, needleOf, POSITION_SHIFT, positionOf, VERDICT_MASK } from './known-hits';
import {
  ALONE_FIRSTS,
  ALONE_MAX,
  ASKS_ALWAYS,
  DELTA,
  FRESH_HITS,
  HITS_MAX,
  KNOWN_HITS_END,
  MAY_BE_ARCHIVE,
  MAY_HAVE_SIGNATURE,
  REFUSED,
  SPANS,
  TOO_MANY_RANGES,
  UNCLEAN,
} from './memory';
import { COMMIT } from './link-list';
import { mayContinue } from './line-breaks';
import { setVerdict } from './records';

/** Shorter texts are searched whole: that takes no longer than finding out what is new. */
const WHOLE_MAX: u32 = 1024;

/** What is known of the last text that was checked. */
let mayHave: bool = false;
let isKnown: bool = false;

/** Whether a signature of an archive may be in the last text: there is one, or there was in its base. */
export function mayHaveSignature(): bool {
  return mayHave;
}

/** Whether all hits of the last text are in its list. */
export function areHitsKnown(): bool {
  return isKnown;
}

/**
 * Checks a text, and sets its verdict.
 *
 * @param base its frame; NO_FRAME: the text is to be searched whole
 * @param count of its copy ranges
 * @param hits receives the list of all hits
 * @returns the end of the list
 */
export function checkText(number: u32, record: usize, type: u32, text: usize, size: u32, base: usize, count: u32, hits: usize): usize {
  if (type == COMMIT) return checkCommit(number, record, text, size, hits);
  let spans: u32 = REFUSED;
  if (base != NO_FRAME && hasHits(base) && count < TOO_MANY_RANGES && size > WHOLE_MAX) spans = changedRegions(text, size, count, size >> 1);
  const isPart = spans != REFUSED;
  const from = isPart ? DELTA : text;
  const to = isPart ? DELTA + <usize>load<u32>(SPANS + (<usize>spans << 3)) : text + size;
  const freshEnd = findHits(from, to);
  mayHave = foundSignature() || (isPart && frameMayHaveSignature(base));
  let end: usize = 0;
  if (freshEnd != 0 && isPart) {
    moveToText(freshEnd, spans);
    end = inheritHits(text, size, count, frameSize(base), frameHits(base), frameHitsEnd(base), freshEnd, hits, KNOWN_HITS_END);
  } else if (freshEnd != 0 && hits + (freshEnd - FRESH_HITS) <= KNOWN_HITS_END) {
    memory.copy(hits, FRESH_HITS, freshEnd - FRESH_HITS);
    end = hits + (freshEnd - FRESH_HITS);
  }
  // Without a list nothing is known of the hits, so that the text cannot be cleared, nor anything of it be inherited.
  isKnown = end != 0;
  setVerdict(record, type | (isKnown ? doubt(number, type, text, size, hits, end) : UNCLEAN), size);
  return isKnown ? end : hits;
}

/** From places in the changed regions to places in the text. */
function moveToText(freshEnd: usize, spans: u32): void {
  let span = SPANS;
  const last = SPANS + (<usize>spans << 3) - 8;
  for (let at = FRESH_HITS; at < freshEnd; at += HIT_SIZE) {
    const hit = load<u64>(at);
    const position = positionOf(hit);
    while (span < last && load<u32>(span, 8) <= position) span += 8;
    store<u64>(at, hit + ((<u64>load<u32>(span, 4) - <u64>load<u32>(span)) << POSITION_SHIFT));
  }
}

/** Asks the host if there is anything to ask. Returns what is to be added to the type: UNCLEAN, ARCHIVE or nothing. */
function doubt(number: u32, type: u32, text: usize, size: u32, hits: usize, end: usize): u32 {
  const asksAlways = load<u32>(ASKS_ALWAYS) != 0;
  let asked = FRESH_HITS;
  for (let at = hits; at < end; at += HIT_SIZE) {
    const hit = load<u64>(at);
    if (!asksAlways && !mustAsk(hit, text, size)) continue;
    if (asked == FRESH_HITS + HIT_SIZE * HITS_MAX) return UNCLEAN;
    store<u64>(asked, hit);
    asked += HIT_SIZE;
  }
  const doubts = (mayHave ? MAY_HAVE_SIGNATURE : 0) | (mayBeArchive(text, size) ? MAY_BE_ARCHIVE : 0);
  if (asked == FRESH_HITS && doubts == 0 && !mayBeAlone(text, size) && !asksAlways) return 0;
  const verdict = checkHits(number, type, text, size, FRESH_HITS, <u32>((asked - FRESH_HITS) / HIT_SIZE), doubts);
  // The list of a part of a commit is not kept.
  if (hits != FRESH_HITS) keepVerdicts(asked, hits);
  return verdict;
}

/** Whether a text may be a credential as a whole. */
// @ts-ignore: decorator
@inline
function mayBeAlone(text: usize, size: u32): bool {
  if (size > load<u32>(ALONE_MAX)) return false;
  const first = <u32>load<u8>(text);
  return size == 0 || ((<u32>load<u8>(ALONE_FIRSTS + <usize>(first >> 3)) >> (first & 7)) & 1) != 0;
}

// @ts-ignore: decorator
@inline
function mustAsk(hit: u64, text: usize, size: u32): bool {
  if ((hit & IS_CLEAN) != 0) return false;
  if (needleOf(hit) != LINE_BREAK) return true;
  const position = positionOf(hit);
  return splitsNeedle(text + position, text, text + size, NEIGHBOURS) && mayContinue(text, size, position);
}

/** Copies what the host has found out about some of the hits. */
function keepVerdicts(askedEnd: usize, hits: usize): void {
  let at = hits;
  for (let asked = FRESH_HITS; asked < askedEnd; asked += HIT_SIZE) {
    const hit = load<u64>(asked);
    if ((hit & IS_CLEAN) == 0) continue;
    while ((load<u64>(at) & ~VERDICT_MASK) != (hit & ~VERDICT_MASK)) at += HIT_SIZE;
    store<u64>(at, hit);
  }
}

/** The header and the message of a commit are scanned one by one, as two texts. */
function checkCommit(number: u32, record: usize, text: usize, size: u32, hits: usize): usize {
  const header = headerLength(text, size);
  const message = header == size ? size : header + 1;
  let isBad = isPartUnclean(number, text, header);
  // The kernel wants an even address. The delta has been applied.
  memory.copy(DELTA, text + message, size - message);
  if (isPartUnclean(number, DELTA, size - message)) isBad = true;
  mayHave = false;
  isKnown = false;
  setVerdict(record, isBad ? COMMIT | UNCLEAN : COMMIT, header == size ? size : size - 1);
  return hits;
}

function isPartUnclean(number: u32, text: usize, size: u32): bool {
  const end = findHits(text, text + size);
  mayHave = foundSignature();
  return end == 0 || doubt(number, COMMIT, text, size, FRESH_HITS, end) != 0;
}

/** How long the header of a commit is, up to an empty line. */
function headerLength(text: usize, size: u32): u32 {
  for (let at: u32 = 0; at + 1 < size; at++) if (load<u16>(text + at) == 0x0a0a) return at + 1;
  return size;
}
