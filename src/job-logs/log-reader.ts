/**
 * A job log as people see it: without time stamps, without colours, with lines joined that the runner has cut. Every
 * byte of what it gives has its place in the log.
 *
 * What was put together in another way stands on lines of its own after the text: lines that a terminal has wrapped,
 * lines of one stream between which another has written, the addresses of links. A credential that is found twice so
 * has one place in the log, and is one finding.
 *
 * Why this file is long: it is one pass over the bytes of a log, and everything in it needs the state of the line.
 */

import { isInWord } from '../detect/tokens/alphabet.ts';
import { archiveKind } from '../lib/archive-kind.ts';
import { type Mark, markAt, MARK_BYTES } from '../lib/terminal-marks.ts';
import { characterStart, utf16Length } from '../lib/text-position.ts';
import type { ByteReader, Places, ViewReader } from '../model/artifact.ts';
import { Alternate, isGlued } from './alternate.ts';
import { HEADER_MAX, LineHeader } from './line-header.ts';
import { LogPlaces } from './log-places.ts';
import { LogText } from './log-text.ts';
import { Masked } from './masked.ts';
import { Rendering } from './rendering.ts';
import { withoutReturns } from './returns.ts';
import { MARKER_MAX, Sections } from './sections.ts';
import { Tails } from './tails.ts';
import { Truncation } from './truncation.ts';
import { VisibleLine } from './visible-line.ts';
import { Wraps } from './wraps.ts';
import { CR, LF, SPACE } from '../lib/bytes.ts';

const RAW = 256 * 1024;
/** A longer line is looked at, but not put together in other ways. */
const LINE_KEPT = 16 * 1024;
/** A long run is told in parts of this size, so that its places need not be measured from afar. */
const PART = 4096;
/** Bytes before what is looked at: a mark of the runner may stand at the border. */
const BEHIND = 8;
/** Bytes that are put together in other ways before they are told, where a line does not end; each costs something, too. */
const EXTRAS_MANY = 64 * 1024;
const EXTRAS_MAX = 1024 * 1024;
const EXTRA_COST = 256;
/** Joined lines wait until so many bytes of them are there, and then for a line that goes on with nothing. */
const JOINED_MANY = 64 * 1024;
const JOINED_MAX = 1024 * 1024;
/** Of `section_`; most letters begin something else. */
const LETTER_S = 0x73;
const LETTER_E = 0x65;

export interface LogReaderOptions {
  /** Names the log in messages. */
  readonly uri: string;
  /** Where in the log the reader begins, at the beginning of a line; absent: at its beginning. */
  readonly from?: { readonly offset: number; readonly lines: number };
  /** Gets the number of values that the runner has masked, at the end. */
  readonly masked: (count: number) => void;
}

export class LogReader implements ViewReader {
  readonly #reader: ByteReader;
  readonly #options: LogReaderOptions;
  readonly #places = new LogPlaces();
  readonly #header = new LineHeader();
  readonly #sections = new Sections();
  readonly #wraps: Wraps;
  readonly #masked = new Masked();
  /** What is read and not done with; the line that is looked at stands in it whole, as long as it is short. */
  readonly #raw = new Uint8Array(RAW);
  /** Offset in the log of its first byte. */
  #base = 0;
  #from = 0;
  #filled = 0;
  #isBeginning = true;
  #isEnd = false;
  /** What the reader threw; what came before is looked at. */
  #failure: { readonly error: unknown } | undefined;
  /** An archive: its bytes are given as they are. */
  #isArchive = false;

  readonly #text = new LogText(this.#places);
  #line = 0;
  #isInLine = false;
  #lineStart = 0;
  #column = 1;
  readonly #visible = new VisibleLine(this.#raw);
  #returns = 0;
  /** The end of the last line is told when it is known that no stream goes on with it. */
  #hasEnd = false;
  #stream = 0;
  #isContinuation = false;
  readonly #tails = new Tails();
  #extras: Rendering[] = [];
  #extraBytes = 0;
  /** Lines that were joined: they are told later, for what they are made of may be in the middle of a key. */
  #joined: Rendering[] = [];
  #joinedBytes = 0;
  /** The line with words that end where something is not seen, and the line without what was written over. */
  readonly #separated = new Alternate();
  readonly #written = new Alternate();
  /** The last byte of the line that is seen, and the run that ends with it. */
  #last: number | undefined;
  #lastRun = { start: 0, end: 0, column: 1 };
  /** UTF-16: its zeros are halves of characters. */
  #isWide = false;
  readonly #truncation = new Truncation();

  constructor(reader: ByteReader, options: LogReaderOptions) {
    this.#reader = reader;
    this.#options = options;
    this.#base = options.from?.offset ?? 0;
    this.#line = options.from?.lines ?? 0;
    this.#wraps = new Wraps((joined) => {
      this.#joined.push(joined);
      this.#joinedBytes += joined.length + EXTRA_COST;
    });
  }

  get places(): Places | undefined {
    return this.#isArchive ? undefined : this.#places;
  }

  read(target: Uint8Array): number | Promise<number> {
    const count = this.#text.take(target);
    return count > 0 ? count : this.#readMore(target);
  }

  close(): void {
    this.#reader.close();
  }

  async #readMore(target: Uint8Array): Promise<number> {
    while (!this.#isEnd) {
      await this.#fill();
      if (this.#isBeginning) {
        this.#isArchive = archiveKind(this.#raw, this.#filled) !== undefined;
        this.#isWide = isUtf16(this.#raw.subarray(0, this.#filled));
      }
      this.#isBeginning = false;
      if (this.#isArchive) this.#pass();
      else this.#process();
      const count = this.#text.take(target);
      if (count > 0) return count;
    }
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure.error;
    const trouble = this.#truncation.trouble(this.#line, this.#options.uri);
    if (trouble !== undefined) throw trouble;
    return 0;
  }

  async #fill(): Promise<void> {
    while (this.#filled < RAW) {
      const count = await this.#readOnce();
      if (count === 0) {
        this.#isEnd = true;
        break;
      }
      this.#filled += count;
    }
  }

  async #readOnce(): Promise<number> {
    try {
      return await this.#reader.read(this.#raw.subarray(this.#filled));
    } catch (error) {
      this.#failure = { error };
      return 0;
    }
  }

  #pass(): void {
    this.#text.append(this.#raw, 0, this.#filled);
    this.#filled = 0;
  }

  #process(): void {
    const bytes = this.#raw;
    const end = this.#filled;
    let at = this.#from;
    while (at < end) {
      if (!this.#isInLine) {
        if (end - at < HEADER_MAX && !this.#isEnd && bytes.subarray(at, end).indexOf(LF) < 0) break;
        at = this.#beginLine(at, end);
      }
      const { stop, mark } = this.#seen(at, end);
      if (stop > at) this.#run(at, stop, stop < end && bytes[stop] === LF);
      at = stop;
      if (mark === 'more' || (mark === undefined && (stop >= end || bytes[stop] !== LF))) break;
      if (mark === undefined) {
        this.#endLine();
        at = stop + 1;
        continue;
      }
      // A marker is read whole.
      if (mark.kind === 'break' && !this.#isEnd && end - at < MARKER_MAX && !bytes.subarray(at, end).includes(LF))
        break;
      this.#mark(mark, at);
      at = mark.end;
    }
    this.#from = at;
    this.#masked.count(bytes, this.#base, end);
    if (this.#isEnd) this.#end();
    else this.#makeRoom();
  }

  /** Up to where there is text from `start` on, and what stands there: a mark, or the end of the line. */
  #seen(start: number, end: number): { readonly stop: number; readonly mark: Mark | 'more' | undefined } {
    const bytes = this.#raw;
    for (let at = start; at < end; at++) {
      const byte = bytes[at]!;
      const kind = MARK_BYTES[byte];
      if (kind === 0 || (byte === LETTER_S && at + 1 < end && bytes[at + 1] !== LETTER_E)) continue;
      if (kind === 2) return { stop: at, mark: undefined };
      if (kind === 3) {
        this.#returns++;
        continue;
      }
      const mark = markAt(bytes, at, end, this.#isEnd);
      if (mark === undefined || (this.#isWide && byte === 0)) continue;
      return { stop: at, mark };
    }
    // A character is told whole.
    return { stop: this.#isEnd ? end : characterStart(bytes, end), mark: undefined };
  }

  /** What stands in the line and is no text. */
  #mark({ kind, end, text }: Mark, at: number): void {
    const bytes = this.#raw;
    if (kind === 'break') {
      if (this.#sections.read(bytes, at, this.#filled)) this.#places.setSection(this.#sections.current);
      this.#text.endLine();
      this.#separated.separate();
      this.#written.separate();
      this.#run(at, end, false);
      return;
    }
    if (text !== undefined) this.#addExtra(text.start, text.end, at);
    if (kind === 'back') {
      this.#begin(this.#written);
      this.#written.back();
      this.#separated.separate();
      // It ends a word of the line as it is.
      this.#text.part(bytes, at, end, this.#base + at, this.#line, this.#column);
    } else if (isGlued(this.#last, bytes[end])) {
      this.#begin(this.#separated);
      this.#separated.separate();
    }
    this.#column += utf16Length(bytes, at, end);
  }

  #begin(alternate: Alternate): void {
    if (!alternate.isBegun) alternate.begin(this.#visible, this.#lastRun);
  }

  /** Moves what is still needed to the front. */
  #makeRoom(): void {
    if (this.#from - this.#lineStart > LINE_KEPT) this.#visible.giveUp();
    // The last line may have to be told once more.
    const needed = this.#visible.isWhole ? this.#lineStart : this.#from;
    const keep = Math.max(0, Math.min(needed, this.#from - BEHIND));
    this.#raw.copyWithin(0, keep, this.#filled);
    this.#base += keep;
    this.#filled -= keep;
    this.#from -= keep;
    this.#lineStart -= keep;
    this.#lastRun = { ...this.#lastRun, start: 0, end: 0 };
    this.#visible.moveBack(keep);
  }

  #beginLine(start: number, end: number): number {
    const bytes = this.#raw;
    let at = start;
    if (this.#line === 0 && bytes[at] === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf) at += 3;
    this.#header.read(bytes, at, end);
    const { length, stream, isContinuation, seconds, micros } = this.#header;
    const goesOn = isContinuation && stream === this.#stream;
    if (this.#stream > 0 && stream !== this.#stream) this.#tails.keep(this.#stream, this.#visible, this.#returns > 0);
    if (goesOn) this.#hasEnd = false;
    else {
      this.#flushEnd();
      const isMany = this.#joinedBytes > JOINED_MANY && !isInWord(bytes[at + length]);
      if (isMany || this.#joinedBytes > JOINED_MAX) this.#flushJoined();
    }
    this.#places.setTime(seconds, micros);
    if (length > 0 && stream === 0) this.#masked.alsoStars();
    const tail = isContinuation && !goesOn ? this.#tails.of(stream) : undefined;
    if (tail !== undefined) this.#text.render(tail);
    this.#stream = stream;
    this.#isContinuation = isContinuation;
    this.#isInLine = true;
    this.#lineStart = start;
    this.#line++;
    this.#column = 1 + length + (at > start ? 1 : 0);
    this.#visible.begin(this.#base, this.#line);
    this.#last = undefined;
    this.#returns = 0;
    return at + length;
  }

  #run(start: number, end: number, isLast: boolean): void {
    const bytes = this.#raw;
    this.#visible.add(start, end, this.#column);
    this.#lastRun = { start, end, column: this.#column };
    this.#last = bytes[end - 1];
    for (const alternate of [this.#separated, this.#written])
      if (alternate.isBegun)
        this.#pushExtra(alternate.add(bytes, start, end, this.#base + start, this.#line, this.#column));
    let from = start;
    while (end - from > PART) {
      const to = characterStart(bytes, from + PART);
      this.#text.part(bytes, from, to, this.#base + from, this.#line, this.#column);
      this.#column += utf16Length(bytes, from, to);
      from = to;
    }
    this.#text.part(bytes, from, end, this.#base + from, this.#line, this.#column);
    if (!isLast) this.#column += utf16Length(bytes, from, end);
  }

  #endLine(): void {
    this.#isInLine = false;
    this.#hasEnd = true;
    this.#pushExtra(this.#separated.end());
    this.#pushExtra(this.#written.end());
    const visible = this.#visible;
    if (!visible.isWhole || visible.count === 0) {
      this.#wraps.end();
      return;
    }
    const first = visible.starts[0]!;
    const last = visible.ends[visible.count - 1]!;
    // What the runner has cut is no line that a terminal has.
    if (this.#isContinuation) this.#wraps.end();
    else this.#wraps.take(visible, this.#places);
    if (this.#returns > 0 && !(this.#returns === 1 && this.#raw[last - 1] === CR))
      this.#pushExtra(withoutReturns(visible));
    this.#truncation.take(this.#raw, first, this.#line);
  }

  #addExtra(start: number, end: number, sequence: number): void {
    const extra = new Rendering();
    const column = this.#column + utf16Length(this.#raw, sequence, start);
    extra.add(this.#raw, start, end, this.#base + start, this.#line, column);
    this.#pushExtra(extra);
  }

  #pushExtra(extra: Rendering | undefined): void {
    if (extra === undefined) return;
    this.#extras.push(extra);
    this.#extraBytes += extra.length + EXTRA_COST;
    // A line may have no end: what was put together in other ways is told where no word is cut, or where none is that long.
    if (!this.#isInLine || this.#extraBytes < (this.#last === SPACE ? EXTRAS_MANY : EXTRAS_MAX)) return;
    this.#hasEnd = true;
    this.#flushEnd();
  }

  #end(): void {
    this.#options.masked(this.#masked.total);
    if (this.#isInLine) this.#endLine();
    this.#wraps.end();
    this.#flushEnd();
    this.#flushJoined();
  }

  /** Ends the last line, and tells what was put together in other ways. */
  #flushEnd(): void {
    if (!this.#hasEnd) return;
    this.#hasEnd = false;
    this.#text.endLine();
    if (this.#extras.length === 0) return;
    for (const extra of this.#extras) this.#render(extra);
    this.#extras = [];
    this.#extraBytes = 0;
  }

  #flushJoined(): void {
    if (this.#joined.length === 0) return;
    for (const rendering of this.#joined) {
      // Encoded text does not go on from one to the next.
      this.#text.endLine();
      this.#render(rendering);
    }
    this.#joined = [];
    this.#joinedBytes = 0;
  }

  #render(rendering: Rendering): void {
    this.#text.render(rendering);
    this.#text.endLine();
  }
}

/** Whether about every second byte of the beginning is zero. */
function isUtf16(bytes: Uint8Array): boolean {
  const beginning = bytes.subarray(0, 512);
  const zeros = beginning.reduce((count, byte) => count + (byte === 0 ? 1 : 0), 0);
  return zeros > 0.35 * beginning.length && zeros < 0.65 * beginning.length;
}
