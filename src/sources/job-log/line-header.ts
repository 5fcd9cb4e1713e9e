/**
 * What stands before a line of a job log.
 *
 * GitLab Runner 16.11 and newer (`common/buildlogger/internal/timestamper`), on by default since 18.7:
 * `2026-08-22T00:00:02.000001Z 01O+`: UTC with microseconds, the stream in two hex digits, its type, and a plus where the
 * line goes on from the stream's last one. GitHub Actions: `2026-08-22T00:00:02.0000001Z `.
 */

export interface LineHeader {
  /** Bytes of it. */
  readonly length: number;
  /** Number and type of the stream; 0 where there is only one. */
  readonly stream: number;
  /** Whether the line goes on from the last one of its stream. */
  readonly isContinuation: boolean;
}

/** Bytes that must be known to tell. */
export const HEADER_MAX = 33;

const RUNNER = 32;
const GITHUB = 29;
const NONE: LineHeader = { length: 0, stream: 0, isContinuation: false };
const OF_GITHUB: LineHeader = { length: GITHUB, stream: 0, isContinuation: false };
/** `0` stands for a digit. */
const STAMP = '0000-00-00T00:00:00.000000';
const WANTED = Buffer.from(STAMP);
const SPACE = 0x20;
const PLUS = 0x2b;
const LETTER_E = 0x45;
const LETTER_O = 0x4f;
const LETTER_Z = 0x5a;

/** By stream, type and joint: there may be one at every line. */
const OF_RUNNER: readonly LineHeader[] = Array.from({ length: 1024 }, (_, key) => ({
  length: RUNNER,
  stream: 1 + (key >> 1),
  isContinuation: (key & 1) === 1,
}));

/** What stands at `start`; `end` is the end of the line, or of what is known of it. */
export function lineHeader(bytes: Uint8Array, start: number, end: number): LineHeader {
  if (end - start < GITHUB || bytes[start + 10] !== 0x54 || !isStamp(bytes, start)) return NONE;
  const at = start + STAMP.length;
  if (isDigit(bytes[at]!) && bytes[at + 1] === LETTER_Z && bytes[at + 2] === SPACE) return OF_GITHUB;
  if (end - start < RUNNER || bytes[at] !== LETTER_Z || bytes[at + 1] !== SPACE) return NONE;
  const [high, low] = [hexDigit(bytes[at + 2]!), hexDigit(bytes[at + 3]!)];
  const type = bytes[at + 4]!;
  const joint = bytes[at + 5]!;
  if (high < 0 || low < 0 || (type !== LETTER_O && type !== LETTER_E) || (joint !== SPACE && joint !== PLUS))
    return NONE;
  const key = high * 64 + low * 4 + (type === LETTER_E ? 2 : 0) + (joint === PLUS ? 1 : 0);
  return OF_RUNNER[key]!;
}

/** The time in a header as two numbers: `20260822000002` and microseconds. */
export function stampAt(bytes: Uint8Array, start: number): { readonly seconds: number; readonly micros: number } {
  let seconds = 0;
  for (let at = 0; at < 19; at++) {
    const byte = bytes[start + at]!;
    if (isDigit(byte)) seconds = seconds * 10 + (byte - 0x30);
  }
  let micros = 0;
  for (let at = 20; at < 26; at++) micros = micros * 10 + (bytes[start + at]! - 0x30);
  return { seconds, micros };
}

/** RFC 3339, as it stands in the log. */
export function stampText(seconds: number, micros: number): string {
  const digits = String(seconds).padStart(14, '0');
  const [year, month, day, hour, minute, second] = [0, 4, 6, 8, 10, 12].map((at, index) =>
    digits.slice(at, index === 0 ? 4 : at + 2),
  );
  return `${year}-${month}-${day}T${hour}:${minute}:${second}.${String(micros).padStart(6, '0')}Z`;
}

function isStamp(bytes: Uint8Array, start: number): boolean {
  for (let at = 0; at < STAMP.length; at++) {
    const wanted = WANTED[at]!;
    const byte = bytes[start + at]!;
    if (wanted === 0x30 ? !isDigit(byte) : byte !== wanted) return false;
  }
  return true;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function hexDigit(byte: number): number {
  if (isDigit(byte)) return byte - 0x30;
  return byte >= 0x61 && byte <= 0x66 ? byte - 0x57 : -1;
}
