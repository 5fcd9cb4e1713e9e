/**
 * The header of a line of a job log.
 *
 * GitLab Runner 16.11 and newer (`common/buildlogger/internal/timestamper`), on by default since 18.7:
 * `2026-08-22T00:00:02.000001Z 01O+`: UTC with microseconds, the stream in two hex digits, its type, and a plus if the
 * line continues the stream's last one. GitHub Actions: `2026-08-22T00:00:02.0000001Z `.
 */

import { COLON, DASH, PLUS, SPACE, ZERO } from '../lib/bytes.ts';

const RUNNER = 32;
const GITHUB = 29;
/** Where the digits of date and time are, and those of the fraction. */
const SECONDS = Uint8Array.of(0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18);
const MICROS = Uint8Array.of(20, 21, 22, 23, 24, 25);
const LETTER_E = 0x45;
const LETTER_O = 0x4f;
const LETTER_Z = 0x5a;

/** Reads headers, one after the other. Every line may have one, so the fields of this object are those of the last one. */
export class LineHeader {
  /** In bytes; 0 if the line has none. */
  length = 0;
  /** Number and type of the stream; 0 for a log of one stream. */
  stream = 0;
  /** Whether the line continues the last one of its stream. */
  isContinuation = false;
  /** The time: `20260822000002` and microseconds, or -1. */
  seconds = -1;
  micros = 0;

  /** Reads the header at `start`; `end` is the end of the line, or of the bytes that are there. */
  read(bytes: Uint8Array, start: number, end: number): void {
    this.length = 0;
    this.stream = 0;
    this.isContinuation = false;
    this.seconds = -1;
    if (end - start < GITHUB || bytes[start + 10] !== 0x54 || bytes[start + 4] !== DASH || bytes[start + 7] !== DASH)
      return;
    if (bytes[start + 13] !== COLON || bytes[start + 16] !== COLON || bytes[start + 19] !== 0x2e) return;
    const seconds = digits(bytes, start, SECONDS);
    const micros = digits(bytes, start, MICROS);
    if (seconds < 0 || micros < 0) return;
    const at = start + 26;
    if (bytes[at] === LETTER_Z) {
      if (end - start < RUNNER || bytes[at + 1] !== SPACE) return;
      const [high, low] = [hexDigit(bytes[at + 2]!), hexDigit(bytes[at + 3]!)];
      const type = bytes[at + 4]!;
      const joint = bytes[at + 5]!;
      if (high < 0 || low < 0 || (type !== LETTER_O && type !== LETTER_E) || (joint !== SPACE && joint !== PLUS))
        return;
      this.length = RUNNER;
      this.stream = 1 + high * 32 + low * 2 + (type === LETTER_E ? 1 : 0);
      this.isContinuation = joint === PLUS;
    } else {
      if (!isDigit(bytes[at]!) || bytes[at + 1] !== LETTER_Z || bytes[at + 2] !== SPACE) return;
      this.length = GITHUB;
    }
    this.seconds = seconds;
    this.micros = micros;
  }
}

/** RFC 3339, as in the log. */
export function stampText(seconds: number, micros: number): string {
  const text = String(seconds).padStart(14, '0');
  const [year, month, day] = [text.slice(0, 4), text.slice(4, 6), text.slice(6, 8)];
  const [hour, minute, second] = [text.slice(8, 10), text.slice(10, 12), text.slice(12)];
  return `${year}-${month}-${day}T${hour}:${minute}:${second}.${String(micros).padStart(6, '0')}Z`;
}

/** The number that the digits at those places spell; -1 if one of them is no digit. */
function digits(bytes: Uint8Array, start: number, places: Uint8Array): number {
  let number = 0;
  for (let index = 0; index < places.length; index++) {
    const digit = bytes[start + places[index]!]! - ZERO;
    if (digit < 0 || digit > 9) return -1;
    number = number * 10 + digit;
  }
  return number;
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= 0x39;
}

function hexDigit(byte: number): number {
  if (isDigit(byte)) return byte - ZERO;
  return byte >= 0x61 && byte <= 0x66 ? byte - 0x57 : -1;
}
