/**
 * Reads a job log as people see it: without time stamps and colours, and with lines joined that the runner has cut. Every
 * byte of the text has its place in the log.
 *
 * Text that can be read in another way, too, is added on lines of its own: lines that a terminal has wrapped, lines of one
 * stream between which another one wrote, addresses of links. A credential that is found in both ways has one place in
 * the log, and is one finding.
 */

import { isInWord } from '../detect/tokens/alphabet.ts';
import { archiveKind } from '../lib/archive-kind.ts';
import type { Mark } from '../lib/terminal-marks.ts';
import { utf16Length } from '../lib/text-position.ts';
import type { ByteReader, Places, ViewReader } from '../model/artifact.ts';
import type { Span } from '../model/region.ts';
import { Alternates } from './alternates.ts';
import { DelayedText } from './delayed-text.ts';
import { HEADER_MAX } from './assembly/memory.ts';
import { LineHeader } from './line-header.ts';
import type { WalkedLines } from './line-walker.ts';
import { LogPlaces } from './log-places.ts';
import { LogText } from './log-text.ts';
import { RawLog } from './raw-log.ts';
import { Masked } from './masked.ts';
import { Rendering } from './rendering.ts';
import { withoutReturns } from './returns.ts';
import { MARKER_MAX, Sections } from './sections.ts';
import { SimpleLines } from './simple-lines.ts';
import { Tails } from './tails.ts';
import { Truncation } from './truncation.ts';
import { isUtf16, visibleText } from './visible-text.ts';
import { VisibleLine } from './visible-line.ts';
import { Wraps } from './wraps.ts';
import { CR, LF, SPACE } from '../lib/bytes.ts';

/** A longer line is scanned as it is, but not in other ways. */
const LINE_KEPT = 16 * 1024;
/** Bytes kept before the next one: a mark of the runner may begin in them. */
const BEHIND = 8;

export interface LogReaderOptions {
  /** The name of the log in messages. */
  readonly uri: string;
  /** The line of the log that the reader begins at; absent for its first. */
  readonly from?: { readonly offset: number; readonly lines: number };
  /** When simple lines are walked many at once; default: when the log is long. */
  readonly walk?: 'at once' | 'never';
  /** Called at the end with the number of values that the runner has masked. */
  readonly masked: (count: number) => void;
}

export class LogReader implements ViewReader {
  readonly #raw: RawLog;
  readonly #options: LogReaderOptions;
  readonly #places = new LogPlaces();
  readonly #header = new LineHeader();
  readonly #sections = new Sections();
  readonly #wraps: Wraps;
  readonly #masked = new Masked();
  readonly #text = new LogText(this.#places);
  readonly #delayed = new DelayedText(this.#text);
  readonly #truncation = new Truncation();
  readonly #simple: SimpleLines;
  #isBeginning = true;
  /** The bytes of an archive are given as they are. */
  #isArchive = false;
  /** UTF-16: its zeros are halves of characters. */
  #isWide = false;
  /** Index in the raw bytes of the next one. */
  #from = 0;

  /** The number of the line, and the column in it. */
  #line = 0;
  #column = 1;
  #isInLine = false;
  /** Index in the raw bytes, where a short line is kept whole. */
  #lineStart = 0;
  readonly #visible: VisibleLine;
  /** Carriage returns in the line. */
  #returns = 0;
  #stream = 0;
  #isContinuation = false;
  readonly #tails = new Tails();
  readonly #alternates: Alternates;

  constructor(reader: ByteReader, options: LogReaderOptions) {
    this.#options = options;
    this.#raw = new RawLog(reader, options.from?.offset ?? 0);
    this.#line = options.from?.lines ?? 0;
    this.#visible = new VisibleLine(this.#raw.bytes);
    this.#alternates = new Alternates(this.#visible, (rendering) => this.#addRendering(rendering));
    this.#wraps = new Wraps((joined) => this.#delayed.addJoined(joined));
    this.#simple = new SimpleLines({
      raw: this.#raw,
      masked: this.#masked,
      text: this.#text,
      places: this.#places,
      delayed: this.#delayed,
      wraps: this.#wraps,
    });
  }

  get places(): Places | undefined {
    return this.#isArchive ? undefined : this.#places;
  }

  read(target: Uint8Array): number | Promise<number> {
    this.#text.begin(target);
    return this.#text.filled > 0 ? this.#text.end() : this.#readMore();
  }

  close(): void {
    this.#raw.close();
  }

  async #readMore(): Promise<number> {
    const raw = this.#raw;
    while (!raw.isEnd) {
      await raw.fill();
      if (this.#isBeginning) {
        this.#isBeginning = false;
        this.#isArchive = archiveKind(raw.bytes, raw.filled) !== undefined;
        this.#isWide = isUtf16(raw.bytes.subarray(0, raw.filled));
        const { walk = raw.isEnd ? 'never' : 'at once' } = this.#options;
        if (walk === 'at once' && !this.#isArchive && !this.#isWide) this.#simple.begin();
        this.#visible.bytes = raw.bytes;
      }
      if (this.#isArchive) {
        this.#text.append(raw.bytes, 0, raw.filled);
        raw.filled = 0;
      } else this.#process();
      if (this.#text.filled > 0) return this.#text.end();
    }
    this.#text.end();
    raw.throwFailure();
    const gap = this.#truncation.gapOnce(this.#line, this.#options.uri);
    if (gap !== undefined) throw gap;
    return 0;
  }

  #process(): void {
    const { bytes, filled: end, isEnd } = this.#raw;
    const log = { bytes, end, isEnd, isWide: this.#isWide };
    let at = this.#from;
    while (at < end) {
      if (!this.#isInLine) {
        const walked = this.#skipSimpleLines(at);
        at = walked?.stop ?? at;
        // The few lines that are left are walked with the next ones.
        if (walked?.isAtEnd === true && !isEnd && at > end / 2) break;
        if (end - at < HEADER_MAX && !isEnd && bytes.subarray(at, end).indexOf(LF) < 0) break;
        at = this.#beginLine(at, end);
      }
      const { stop, mark, returns } = visibleText(log, at);
      this.#returns += returns;
      if (stop > at) this.#run(at, stop, stop < end && bytes[stop] === LF);
      at = stop;
      if (mark === 'more' || (mark === undefined && (stop >= end || bytes[stop] !== LF))) break;
      if (mark === undefined) {
        this.#endLine();
        at = stop + 1;
        continue;
      }
      // The marker of a section is read when all of it is there.
      if (mark.kind === 'break' && !isEnd && end - at < MARKER_MAX && !bytes.subarray(at, end).includes(LF)) break;
      this.#mark(mark, at);
      at = mark.end;
    }
    this.#from = at;
    this.#masked.count(bytes, this.#raw.base, end);
    if (isEnd) this.#end();
    else this.#makeRoom();
  }

  #skipSimpleLines(at: number): WalkedLines | undefined {
    const walked = this.#simple.walk(at, { lines: this.#line, stream: this.#stream });
    if (walked === undefined) return undefined;
    if (walked.firstStream !== this.#stream) this.#tails.keep(this.#stream, this.#visible, this.#returns > 0);
    for (const line of walked.lastLines) this.#tails.keepWalked(line);
    this.#stream = walked.stream;
    this.#line = walked.lines;
    this.#lineStart = walked.stop;
    return walked;
  }

  /** Handles bytes that are not visible. */
  #mark({ kind, end, text }: Mark, at: number): void {
    const { bytes, base, filled } = this.#raw;
    if (kind === 'break') {
      if (this.#sections.read(bytes, at, filled)) this.#places.setSection(this.#sections.current);
      this.#text.endLine();
      this.#alternates.separate();
      this.#run(at, end, false);
      return;
    }
    if (text !== undefined) this.#addLink(text, at);
    if (kind === 'back') {
      this.#alternates.back();
      // Without it the line as it is would be one word.
      this.#text.part(bytes, at, end, base + at, this.#line, this.#column);
    } else this.#alternates.mark(bytes[end]);
    this.#column += utf16Length(bytes, at, end);
  }

  /** Drops the bytes that are no longer needed. */
  #makeRoom(): void {
    if (this.#from - this.#lineStart > LINE_KEPT) this.#visible.giveUp();
    // The line may be rendered in another way when it ends.
    const needed = this.#visible.isWhole ? this.#lineStart : this.#from;
    const count = Math.max(0, Math.min(needed, this.#from - BEHIND));
    this.#raw.drop(count);
    this.#from -= count;
    this.#lineStart -= count;
    this.#alternates.forgetRun();
    this.#visible.moveBack(count);
  }

  /** @returns where the text of the line begins, after its header */
  #beginLine(start: number, end: number): number {
    const { bytes, base } = this.#raw;
    let at = start;
    if (this.#line === 0 && bytes[at] === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf) at += 3;
    this.#header.read(bytes, at, end);
    const { length, stream, isContinuation, seconds, micros } = this.#header;
    const continuesLine = isContinuation && stream === this.#stream;
    if (continuesLine) this.#delayed.continueLine();
    else {
      this.#delayed.flush();
      this.#delayed.flushManyJoined(isInWord(bytes[at + length]));
    }
    this.#places.setTime(seconds, micros);
    if (length > 0 && stream === 0) this.#masked.alsoStars();
    const tail = isContinuation && !continuesLine ? this.#tails.of(stream) : undefined;
    if (tail !== undefined) this.#text.render(tail);
    if (stream !== this.#stream) this.#tails.keep(this.#stream, this.#visible, this.#returns > 0);
    this.#stream = stream;
    this.#isContinuation = isContinuation;
    this.#isInLine = true;
    this.#lineStart = start;
    this.#line++;
    this.#column = 1 + length + (at > start ? 1 : 0);
    this.#visible.begin(base, this.#line);
    this.#alternates.beginLine();
    this.#returns = 0;
    return at + length;
  }

  /** @param isLast whether the line ends after it */
  #run(start: number, end: number, isLast: boolean): void {
    this.#visible.add(start, end, this.#column);
    this.#alternates.run(start, end, this.#column);
    const part = this.#text.run(this.#visible, start, end, this.#column);
    if (!isLast) this.#column = part.column + utf16Length(this.#raw.bytes, part.start, end);
  }

  #endLine(): void {
    this.#isInLine = false;
    this.#delayed.endLine();
    this.#alternates.endLine();
    const visible = this.#visible;
    if (!visible.isWhole || visible.count === 0) return this.#wraps.end();
    const last = visible.ends[visible.count - 1]!;
    // A line that the runner has cut was not wrapped by a terminal.
    if (this.#isContinuation) this.#wraps.end();
    else this.#wraps.addLine(visible, this.#places);
    if (this.#returns > 0 && !(this.#returns === 1 && this.#raw.bytes[last - 1] === CR)) {
      const rendering = withoutReturns(visible);
      if (rendering !== undefined) this.#addRendering(rendering);
    }
    this.#truncation.readLine(this.#raw.bytes, visible.starts[0]!, this.#line);
  }

  /** The address of a link, in an escape sequence that begins at `sequence`. */
  #addLink({ start, end }: Span, sequence: number): void {
    const { bytes, base } = this.#raw;
    const column = this.#column + utf16Length(bytes, sequence, start);
    const link = new Rendering();
    link.add(bytes, start, end, base + start, this.#line, column);
    this.#addRendering(link);
  }

  #addRendering(rendering: Rendering): void {
    this.#delayed.add(rendering);
    // A line may never end.
    if (!this.#isInLine || !this.#delayed.isTooMuch(this.#alternates.last === SPACE)) return;
    this.#delayed.endLine();
    this.#delayed.flush();
  }

  #end(): void {
    this.#options.masked(this.#masked.total);
    if (this.#isInLine) this.#endLine();
    this.#wraps.end();
    this.#delayed.flush();
    this.#delayed.flushJoined();
  }
}
