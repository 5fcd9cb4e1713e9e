/** Archives and compressed files, told by their first bytes; and zip files, which are told by their last ones. */

/** Those that can be opened. */
export type OpenedKind = 'zip' | 'gzip' | 'tar' | 'zlib';
/** Any other is known by name only: there is no reader for it here. */
export type ArchiveKind = OpenedKind | UnopenedKind;
export interface UnopenedKind {
  readonly name: string;
}

/** The farthest byte that tells: `ustar` in the header of a tar file. */
export const ARCHIVE_HEAD = 262;
/** Behind a script that unpacks itself. */
const SCRIPT_MAX = 64 * 1024;
const PDF_HEAD = 256 * 1024;

const USTAR = [0x75, 0x73, 0x74, 0x61, 0x72]; // its name

const OTHERS: readonly (readonly [name: string, hex: string])[] = [
  ['bzip2', '425a68'],
  ['xz', 'fd377a585a00'],
  ['zstd', '28b52ffd'],
  ['7z', '377abcaf271c'],
  ['rar', '526172211a07'],
  ['lz4', '04224d18'],
  ['lz4', '02214c18'],
  ['lzip', '4c5a495001'],
  ['ar', '213c617263683e0a'],
  ['rpm', 'edabeedb'],
  ['cab', '4d53434600000000'],
  ['xar', '78617221001c'],
  ['squashfs', '68737173'],
];
/** Git's own: packs, and bundles, which are packs behind a list of refs. */
const PACKS: readonly (readonly [name: string, text: string])[] = [
  ['git pack', 'PACK\0\0\0\u0002'],
  ['git pack', 'PACK\0\0\0\u0003'],
  ['git bundle', '# v2 git bundle\n'],
  ['git bundle', '# v3 git bundle\n'],
];
const MAGICS = [
  ...OTHERS.map(([name, hex]) => ({ kind: { name }, magic: Buffer.from(hex, 'hex') })),
  ...PACKS.map(([name, text]) => ({ kind: { name }, magic: Buffer.from(text, 'latin1') })),
];
const named = (name: string): UnopenedKind => ({ name });

/** The kind of what begins with `bytes[0, length)`; undefined for anything that is no archive. */
export function archiveKind(bytes: Uint8Array, length: number): ArchiveKind | undefined {
  const [a, b, c, d] = bytes as unknown as [number, number, number, number];
  if (length >= 22 && a === 0x50 && b === 0x4b && ((c === 3 && d === 4) || (c === 5 && d === 6))) return 'zip';
  if (isGzip(bytes, 0, length)) return 'gzip';
  if (length >= ARCHIVE_HEAD && USTAR.every((byte, at) => bytes[257 + at] === byte)) return 'tar';
  if (length < 8) return undefined;
  const other = MAGICS.find(({ magic }) => length > 2 * magic.length && magic.every((byte, at) => bytes[at] === byte));
  if (other !== undefined) return other.kind;
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, length);
  if (isCompress(head)) return named('compress');
  if (isLzma(head)) return named('lzma');
  if (isCpio(head)) return named('cpio');
  if (isZlib(head)) return 'zlib';
  // Its streams are compressed, each by itself.
  if (head.subarray(0, 5).equals(PDF) && head.subarray(0, PDF_HEAD).includes('/FlateDecode')) return named('pdf');
  const within = head.subarray(0, SCRIPT_MAX).indexOf(GZIP, 1);
  return within > 0 && isGzip(head, within, length) ? named('gzip behind other bytes') : undefined;
}

const PDF = Buffer.from('%PDF-');
const GZIP = Buffer.from([0x1f, 0x8b, 8]);

function isGzip(bytes: Uint8Array, at: number, length: number): boolean {
  if (at + 18 > length || bytes[at] !== 0x1f || bytes[at + 1] !== 0x8b || bytes[at + 2] !== 8) return false;
  if (at === 0) return true;
  const [flags, extra, system] = [bytes[at + 3]!, bytes[at + 8]!, bytes[at + 9]!];
  return flags < 0x20 && [0, 2, 4].includes(extra) && (system < 14 || system === 255);
}

/** Unix compress: most bits of a code, and two bits that are always zero. */
function isCompress(head: Buffer): boolean {
  if (head[0] !== 0x1f || head[1] !== 0x9d) return false;
  const bits = head[2]! & 0x1f;
  return bits >= 9 && bits <= 16 && (head[2]! & 0x60) === 0;
}

/** LZMA alone: the usual properties, a dictionary whose size is one or two bits, and a length that may be. */
function isLzma(head: Buffer): boolean {
  if (head.length < 14 || head[0] !== 0x5d) return false;
  const dictionary = head.readUInt32LE(1);
  const lowest = dictionary & -dictionary;
  const isSize = dictionary >= 4096 && (dictionary === lowest || dictionary === 3 * lowest);
  const unpacked = head.readBigUInt64LE(5);
  return isSize && (unpacked === 0xffff_ffff_ffff_ffffn || unpacked < 1n << 40n) && head[13] === 0;
}

function isCpio(head: Buffer): boolean {
  const text = head.toString('latin1', 0, 110);
  if (/^07070[12][0-9A-Fa-f]{104}$/.test(text) || /^070707[0-7]{70}/.test(text)) return true;
  if (head.length < 28 || head.readUInt16LE(0) !== 0x71c7) return false;
  const nameEnd = 26 + head.readUInt16LE(20) - 1;
  return nameEnd > 26 && nameEnd < head.length && head.indexOf(0, 26) === nameEnd;
}

/** A zlib stream by its header, that is no text either. Whether it is one, those who open it see. */
function isZlib(head: Buffer): boolean {
  if (head[0] !== 0x78 || (head[0] * 256 + head[1]!) % 31 !== 0 || (head[1]! & 0x20) !== 0) return false;
  return head.subarray(2, 64).some((byte) => byte >= 0x7f || byte < 9);
}

/** The end of a zip file's table, without a comment. */
const END = 22;
const COMMENT_MAX = 0xffff;
/** How many of the last bytes tell whether a file ends as a zip file. */
export const ARCHIVE_TAIL = END + COMMENT_MAX + 1;

export interface ZipEnd {
  /** Where the zip file begins that ends here. */
  readonly start: number;
  /** Where it ends. */
  readonly end: number;
}

/**
 * The zip file at the end of a text, whatever stands before it: a script that runs it, another zip file.
 *
 * @param tail the last bytes of the text, up to {@link ARCHIVE_TAIL} of them
 * @param length of the text
 */
export function zipAtEnd(tail: Uint8Array, length: number): ZipEnd | undefined {
  const view = Buffer.from(tail.buffer, tail.byteOffset, tail.length);
  const base = length - tail.length;
  let at = view.length - END;
  for (; at >= 0; at--) {
    at = view.lastIndexOf('PK\u0005\u0006', at, 'latin1');
    if (at < 0) return undefined;
    const rest = view.length - at - END - view.readUInt16LE(at + 20);
    // A change's lines may have one line feed more.
    if (rest !== 0 && !(rest === 1 && view.at(-1) === 0x0a)) continue;
    const [size, offset] = [view.readUInt32LE(at + 12), view.readUInt32LE(at + 16)];
    const end = length - rest;
    // Of a large one another record has the numbers.
    if (offset === 0xffff_ffff || size === 0xffff_ffff) return { start: 0, end };
    const table = base + at - size;
    const isTable = size === 0 || table < base || view.readUInt32LE(table - base) === 0x02014b50;
    if (table >= offset && isTable) return { start: table - offset, end };
  }
  return undefined;
}
