/** Recognises archives and compressed files by their first bytes, and some by their last ones. */

import { LF } from './bytes.ts';
import { isUtf8 } from 'node:buffer';
import {
  BEGINNINGS,
  BEHIND,
  ENCRYPTED,
  hasMagic,
  isCompress,
  isCpio,
  isLzma,
  MAGICS,
  mayHaveMagic,
  STREAM_HEAD,
} from './archive-magics.ts';
import { programEnd } from './program-end.ts';
import { hasUuencoded, UUENCODE_LINES } from './uuencode.ts';

/** Archives that glaive can open. */
const OPENED = [
  'zip',
  'gzip',
  'tar',
  'zlib',
  'bzip2',
  'xz',
  'zstd',
  'lz4',
  'lzip',
  'lzma',
  'compress',
  'brotli',
  'uuencode',
  '7z',
  'rar',
  'cab',
  'lha',
  'cpio',
  'ar',
  'rpm',
  'iso9660',
  'git pack',
  'git bundle',
  'pdf',
  'sqlite',
  'sqlite wal',
  'png',
  'gif',
  'office text',
  'base64',
] as const;
export type OpenedKind = (typeof OPENED)[number];
/** All others are only named: glaive has no reader for them. */
export type ArchiveKind = OpenedKind | UnopenedKind;
export interface UnopenedKind {
  readonly name: string;
  readonly isEncrypted?: true;
}

/** How far a stream is searched behind the script or program of a self-extracting file. */
const BEHIND_MAX = 256 * 1024;
const PDF_HEAD = 256 * 1024;
/** PDF readers accept this many other bytes before the header. */
const PDF_JUNK = 1024;
const TAR_HEAD = 262;
const TAR_AT = 257;

const USTAR = [0x75, 0x73, 0x74, 0x61, 0x72]; // "ustar"

/** Kinds that only the name of a file shows. */
const NAMED: readonly (readonly [ending: string, kind: OpenedKind])[] = [['.br', 'brotli']];

/** The kind of archive that a file may be by its name. */
export function archiveKindByName(name: string): OpenedKind | undefined {
  return NAMED.find(([ending]) => name.endsWith(ending))?.[1];
}

/** The kind of archive that begins with `bytes[0, length)`; undefined if it is not an archive. */
export function archiveKind(bytes: Uint8Array, length: number): ArchiveKind | undefined {
  const kind = kindAtStart(bytes, length);
  if (kind !== undefined || length < 8) return kind;
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, length);
  return isPdf(head) ? 'pdf' : hasUuencoded(head.subarray(0, BEHIND_MAX)) ? 'uuencode' : undefined;
}

/** The kinds that are recognised at fixed places. */
function kindAtStart(bytes: Uint8Array, length: number): ArchiveKind | undefined {
  const [a, b, c, d] = bytes as unknown as [number, number, number, number];
  if (length >= 22 && a === 0x50 && b === 0x4b && ((c === 3 && d === 4) || (c === 5 && d === 6))) return 'zip';
  if (length >= 18 && a === 0x1f && b === 0x8b && c === 8) return 'gzip';
  if (length >= TAR_HEAD && USTAR.every((byte, at) => bytes[TAR_AT + at] === byte)) return 'tar';
  if (length < 8 || !mayHaveMagic(bytes)) return undefined;
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, length);
  const known = MAGICS.find((magic) => hasMagic(magic, head));
  if (known !== undefined) return named(known.name);
  const encrypted = ENCRYPTED.find((magic) => hasMagic(magic, head));
  if (encrypted !== undefined) return { name: encrypted.name, isEncrypted: true };
  if (isCompress(head)) return 'compress';
  if (isLzma(head)) return 'lzma';
  if (isCpio(head)) return 'cpio';
  return isZlib(head) ? 'zlib' : undefined;
}

function named(name: string): ArchiveKind {
  return OPENED.find((opened) => opened === name) ?? { name };
}

/** A stream that begins behind other bytes of `bytes[0, length)`. */
function archiveBehind(bytes: Uint8Array, length: number): (UnopenedKind & { readonly start: number }) | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(length, BEHIND_MAX));
  // Nearly all inputs are text, which holds no such stream.
  if (isUtf8(head)) return undefined;
  for (const { name, needle, at, fits } of BEHIND) {
    for (let found = head.indexOf(needle, at + 1); found >= 0; found = head.indexOf(needle, found + 1)) {
      const start = found - at;
      if (start + STREAM_HEAD <= head.length && fits(head, start)) return { name: `${name} behind other bytes`, start };
    }
  }
  return undefined;
}

/** Whether this may be a zlib stream: its header, and bytes that are not text. Opening it gives certainty. */
function isZlib(head: Buffer): boolean {
  if (head[0] !== 0x78 || (head[0] * 256 + head[1]!) % 31 !== 0 || (head[1]! & 0x20) !== 0) return false;
  return head.subarray(2, 64).some((byte) => byte >= 0x7f || byte < 9);
}

/** Whether this is a PDF. Mostly its streams are compressed, and its words are always in pieces. */
function isPdf(head: Buffer): boolean {
  const at = head.subarray(0, PDF_JUNK + PDF.length).indexOf(PDF);
  // A text may mention PDF.
  return at >= 0 && (head.toString('latin1', 0, at).trim() === '' || !isUtf8(head.subarray(0, PDF_HEAD)));
}

const PDF = Buffer.from('%PDF-');

/** What the end of a zip file's table begins with, and its length without a comment. */
const ZIP_END = Buffer.from('PK\u0005\u0006', 'latin1');
const END = 22;
const COMMENT_MAX = 0xffff;
/** The number of last bytes that show whether a file ends as a zip file. */
export const ARCHIVE_TAIL = END + COMMENT_MAX + 1;

export interface ZipEnd {
  /** Where the zip file begins. */
  readonly start: number;
  /** Where it ends. */
  readonly end: number;
}

/**
 * The zip file at the end of a text, after anything else: the script of a self-extracting file, another zip file.
 *
 * @param tail the last bytes of the text, up to {@link ARCHIVE_TAIL} of them
 * @param length of the text
 */
export function zipAtEnd(tail: Uint8Array, length: number): ZipEnd | undefined {
  const view = Buffer.from(tail.buffer, tail.byteOffset, tail.length);
  const base = length - tail.length;
  let at = view.length - END;
  for (; at >= 0; at--) {
    at = view.lastIndexOf(ZIP_END, at);
    if (at < 0) return undefined;
    const rest = view.length - at - END - view.readUInt16LE(at + 20);
    // The lines of a change may have an additional line feed.
    if (rest !== 0 && !(rest === 1 && view.at(-1) === LF)) continue;
    const [size, offset] = [view.readUInt32LE(at + 12), view.readUInt32LE(at + 16)];
    const end = length - rest;
    // ZIP64: another record has the numbers.
    if (offset === 0xffff_ffff || size === 0xffff_ffff) return { start: 0, end };
    const table = base + at - size;
    const isTable = size === 0 || table < base || view.readUInt32LE(table - base) === 0x02014b50;
    if (table >= offset && isTable) return { start: table - offset, end };
  }
  return undefined;
}

/** The trailer of a disk image of macOS, and its size. */
const KOLY = Buffer.from('koly\0\0\0\u0004\0\0\u0002\0', 'latin1');
const KOLY_SIZE = 512;

/**
 * Bytes of which one at least is in every archive that is not recognised at a fixed place: PDFs, zip files and streams behind others. Four
 * bytes or more, as the kernel needs them.
 */
export const SIGNATURES: readonly Uint8Array[] = [
  PDF,
  ZIP_END,
  ...UUENCODE_LINES,
  ...BEHIND.flatMap(({ needle, next = [] }) =>
    next.length === 0 ? [needle] : next.map((byte) => Buffer.from([...needle, byte])),
  ),
];

/**
 * Whether a text is an archive, or ends with one.
 *
 * @param hasSignature whether one of the {@link SIGNATURES} is in it; without them, only fixed places have to be read
 */
export function isArchive(text: Uint8Array, hasSignature: boolean): boolean {
  const { length } = text;
  const tail = text.subarray(Math.max(0, length - ARCHIVE_TAIL));
  if (hasSignature) return archivesIn(beginningOf(text, length), tail, length).length > 0;
  return kindAtStart(text, length) !== undefined || endsAsDiskImage(tail);
}

/** Bytes at a fixed place. */
export interface PlacedBytes {
  /** Negative: before the end of the text. */
  readonly at: number;
  readonly bytes: ArrayLike<number>;
}

/** Of these, everything has at least one that {@link isArchive} takes for an archive without a signature. */
export const FIXED_BYTES: readonly PlacedBytes[] = [
  ...BEGINNINGS,
  { at: 0, bytes: [0x50, 0x4b] },
  { at: 0, bytes: [0x1f, 0x8b, 8] },
  { at: TAR_AT, bytes: USTAR },
  { at: -KOLY_SIZE, bytes: KOLY },
];

/** What the first bytes of a text show. */
export interface Beginning {
  readonly kind: ArchiveKind | undefined;
  readonly behind: (UnopenedKind & { readonly start: number }) | undefined;
  /** Where a program ends that is longer than these bytes: an archive may follow. */
  readonly programEnd?: number;
}

/** @param length the number of `bytes` that are filled */
export function beginningOf(bytes: Uint8Array, length: number): Beginning {
  const kind = archiveKind(bytes, length);
  if (kind !== undefined) return { kind, behind: undefined };
  const behind = archiveBehind(bytes, length);
  if (behind !== undefined) return { kind, behind };
  const end = programEnd(Buffer.from(bytes.buffer, bytes.byteOffset, length));
  if (end === undefined) return { kind, behind };
  if (end + BEHIND_PROGRAM > length) return { kind, behind, programEnd: end };
  return { kind, behind: behindProgram(bytes.subarray(end, length), end) };
}

/** So many bytes behind a program show what follows it: an installer may have some settings before the archive. */
export const BEHIND_PROGRAM = 4096;

/** @param bytes those behind a program @param start where they are in the text */
export function behindProgram(bytes: Uint8Array, start: number): Beginning['behind'] {
  const kind = archiveKind(bytes, bytes.length);
  if (kind !== undefined) return { name: `${typeof kind === 'string' ? kind : kind.name} behind other bytes`, start };
  const behind = archiveBehind(bytes, bytes.length);
  return behind === undefined ? undefined : { ...behind, start: start + behind.start };
}

/**
 * Every archive in a text: it may begin with one, and end with another.
 *
 * @param tail the last bytes of the text, up to {@link ARCHIVE_TAIL} of them
 * @param length of the text
 */
export function archivesIn({ kind, behind }: Beginning, tail: Uint8Array, length: number): readonly ArchiveKind[] {
  const kinds: ArchiveKind[] = kind === undefined ? [] : [kind];
  const zip = kind === 'zip' ? undefined : zipAtEnd(tail, length);
  // A stream within the zip file is found when that is opened.
  if (behind !== undefined && (zip === undefined || behind.start < zip.start)) kinds.push({ name: behind.name });
  if (zip !== undefined) kinds.push('zip');
  if (endsAsDiskImage(tail)) kinds.push({ name: 'dmg' });
  return kinds;
}

function endsAsDiskImage(tail: Uint8Array): boolean {
  const start = tail.length - KOLY_SIZE;
  return start >= 0 && tail[start] === KOLY[0] && KOLY.equals(tail.subarray(start, start + KOLY.length));
}
