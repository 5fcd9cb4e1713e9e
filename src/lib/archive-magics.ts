/**
 * The magic numbers of containers: archives, compressed and encrypted files, disk images, compressed columns. Most are not
 * opened: they are counted and reported, because their content is not scanned. Not listed: formats without a magic number (raw
 * deflate, brotli), formats that store text as it is (Python and Java byte code, asar), and pictures without compressed text, sound and fonts.
 */

import { crc32 } from './crc32.ts';
import { DOCUMENTS, type Magic } from './document-magics.ts';
import { isUuencoded } from './uuencode.ts';

const hex = (name: string, digits: string, at = 0): Magic => ({ name, at, bytes: Buffer.from(digits, 'hex') });
const text = (name: string, characters: string, at = 0, fits?: Magic['fits']): Magic => ({
  name,
  at,
  bytes: Buffer.from(characters, 'latin1'),
  ...(fits === undefined ? {} : { fits }),
});
/** A text may begin with these letters; in a container binary numbers follow. */
const letters = (name: string, characters: string, at = 0): Magic =>
  text(name, characters, at, (head) => head.subarray(at, at + 64).some((byte) => byte < 9));

/** Containers with a magic number at a fixed place. */
export const MAGICS: readonly Magic[] = [
  text('bzip2', 'BZh', 0, (head) =>
    /^[1-9](?:314159265359|177245385090)$/.test(`${head.toString('latin1', 3, 4)}${head.toString('hex', 4, 10)}`),
  ),
  hex('xz', 'fd377a585a00'),
  hex('zstd', '28b52ffd'),
  // Frames that readers skip; zstd and lz4 share them.
  ...Array.from({ length: 16 }, (_, index) => hex('zstd', `5${index.toString(16)}2a4d18`)),
  ...['04224d18', '02214c18'].map((magic) => hex('lz4', magic)),
  hex('lzip', '4c5a495001'),
  hex('lzop', '894c5a4f000d0a1a0a'),
  text('lrzip', 'LRZI\0'),
  text('snappy', '\u00ff\u0006\0\0sNaPpY'),
  hex('7z', '377abcaf271c'),
  hex('rar', '526172211a07'),
  text('uuencode', 'begin', 0, (head) => isUuencoded(head, 0)),
  text('arj', '\u0060\u00ea', 0, isArj),
  text('lha', '-l', 2, (head) => /^-l(?:h[0-9dx]|z[s45])-/.test(head.toString('latin1', 2, 7)) && head.includes(0)),
  text('arc', '\u001a', 0, isArc),
  letters('ace', '**ACE**', 7),
  hex('zoo', 'dca7c4fd', 20),
  hex('ar', '213c617263683e0a'),
  hex('rpm', 'edabeedb'),
  hex('cab', '4d53434600000000'),
  hex('xar', '78617221001c'),
  text('appimage', 'AI', 8, (head) => head[0] === 0x7f && head[10]! <= 2),
  hex('ole', 'd0cf11e0a1b11ae1'),
  hex('pack200', 'cafed00d'),
  text('wim', 'MSWIM\0\0\0'),
  text('swf', 'CWS', 0, (head) => head[3]! < 64 && head[8] === 0x78),
  text('swf', 'ZWS', 0, (head) => head[3]! < 64 && head[12] === 0x5d),
  // Disks and file systems.
  ...['hsqs', 'sqsh'].map((magic) => letters('squashfs', magic)),
  ...['453dcd28', '28cd3d45'].map((magic) => hex('cramfs', magic)),
  hex('erofs', 'e2e1f5e0', 1024),
  text('ext', '\u0053\u00ef', 1080, (head) => head.readUInt32LE(1024 + 24) < 7 && head.readUInt16LE(1024 + 58) < 8),
  text('btrfs', '_BHRfS_M', 0x1_0040),
  letters('ntfs', 'NTFS    ', 3),
  text('fat', 'FAT', 54, isBootSector),
  text('fat', 'FAT32   ', 82, isBootSector),
  text('iso9660', 'CD001', 0x8001),
  text('qcow2', 'QFI\u00fb'),
  letters('vmdk', 'KDMV'),
  text('vmdk', 'COWD\u0001\0\0\0'),
  letters('vhd', 'conectix'),
  letters('vhdx', 'vhdxfile'),
  hex('vdi', '7f10dabe', 64),
  // Columns, mostly compressed.
  letters('parquet', 'PAR1'),
  text('avro', 'Obj\u0001'),
  letters('orc', 'ORC'),
  text('arrow', 'ARROW1\0\0'),
  letters('feather', 'FEA1'),
  hex('hdf5', '894844460d0a1a0a'),
  // Git: packs, and bundles, which are packs behind a list of refs.
  text('git pack', 'PACK\0\0\0\u0002'),
  text('git pack', 'PACK\0\0\0\u0003'),
  text('git bundle', '# v2 git bundle\n'),
  text('git bundle', '# v3 git bundle\n'),
  ...DOCUMENTS,
];

/** The first bytes of an OpenPGP message, a zlib stream, LZMA, compress, and cpio in ASCII and in binary numbers. */
const PGP_TAGS: readonly number[] = [0x84, 0x85, 0x8c, 0xc1, 0xc3];
const [ZLIB, LZMA] = [0x78, 0x5d];
const OTHERS = [...PGP_TAGS.map((tag) => [tag]), [ZLIB], [LZMA], [0x1f, 0x9d], [0x30, 0x37], [0xc7, 0x71]];

/** Files that are encrypted as a whole. */
export const ENCRYPTED: readonly Magic[] = [
  text('age', 'age-encryption.org/v1\n'),
  text('age', '-----BEGIN AGE ENCRYPTED FILE-----'),
  text('gpg', '-----BEGIN PGP MESSAGE-----'),
  text('gpg', '', 0, isPgpMessage),
  text('openssl', 'Salted__'),
  text('openssl', 'U2FsdGVkX1'),
  text('ansible-vault', '$ANSIBLE_VAULT;'),
  text('git-crypt', '\0GITCRYPT\0'),
  text('luks', 'LUKS\u00ba\u00be'),
];

/** The number of first bytes that the checks need. */
export const MAGIC_REACH = 0x1_0048;

/** The bytes of which any of the checks here needs some. */
export const BEGINNINGS: readonly { readonly at: number; readonly bytes: ArrayLike<number> }[] = [
  ...[...MAGICS, ...ENCRYPTED].filter(({ bytes }) => bytes.length > 0),
  ...OTHERS.map((bytes) => ({ at: 0, bytes })),
];

/** Where the magic numbers begin that are not at the start. */
const LATER: readonly number[] = [...new Set(BEGINNINGS.map(({ at }) => at))].filter((at) => at > 0);
const [AT_START, AT_LATER] = [pairsOf((at) => at === 0), pairsOf((at) => at > 0)];

/** A bit for the first two bytes of each beginning at some places. */
function pairsOf(isPlace: (at: number) => boolean): Uint8Array {
  const bits = new Uint8Array(0x10000 / 8);
  for (const { at, bytes } of BEGINNINGS) {
    if (!isPlace(at)) continue;
    const [first, second] = [bytes[0]!, bytes[1]];
    if (second !== undefined) bits[(first << 5) | (second >> 3)]! |= 1 << (second & 7);
    // After a single byte, any may follow.
    else bits.fill(255, first << 5, (first + 1) << 5);
  }
  return bits;
}

function hasPair(bits: Uint8Array, head: Uint8Array, at: number): boolean {
  const second = head[at + 1]!;
  return ((bits[(head[at]! << 5) | (second >> 3)]! >> (second & 7)) & 1) !== 0;
}

/** False for nearly every text, and then no check of a magic number, an encrypted file, compress, lzma, cpio or zlib can succeed. */
export function mayHaveMagic(head: Uint8Array): boolean {
  if (head.length > 1 && hasPair(AT_START, head, 0)) return true;
  return LATER.some((at) => at + 1 < head.length && hasPair(AT_LATER, head, at));
}

export function hasMagic({ at, bytes, fits }: Magic, head: Buffer): boolean {
  if (head.length < at + 2 * bytes.length || head.length < 16) return false;
  for (let index = 0; index < bytes.length; index++) if (head[at + index] !== bytes[index]) return false;
  return fits === undefined || fits(head);
}

/** The basic header and its checksum. */
function isArj(head: Buffer): boolean {
  const size = head.readUInt16LE(2);
  return (
    size >= 30 && size <= 2600 && head.length >= size + 8 && crc32(head, 4, 4 + size) === head.readUInt32LE(4 + size)
  );
}

/** A method, and a DOS file name in 13 bytes that ends with NUL. */
function isArc(head: Buffer): boolean {
  const end = head.indexOf(0, 2);
  return (
    head.length >= 29 &&
    head[1]! >= 2 &&
    head[1]! <= 11 &&
    end > 2 &&
    end < 15 &&
    /^[!-~]+$/.test(head.toString('latin1', 2, end))
  );
}

function isBootSector(head: Buffer): boolean {
  return head.length >= 512 && head[510] === 0x55 && head[511] === 0xaa && (head[0] === 0xeb || head[0] === 0xe9);
}

/**
 * An OpenPGP message begins with an encrypted session key (RFC 9580, 5.1 and 5.3), whose packet has few possible lengths and
 * algorithms.
 */
function isPgpMessage(head: Buffer): boolean {
  const [tag, size] = [head[0]!, head[1]!];
  const isNew = (tag & 0xc0) === 0xc0;
  if (!PGP_TAGS.includes(tag)) return false;
  const isLong = tag === 0x85 || (isNew && size >= 192);
  const body = isLong ? 3 : 2;
  if (tag === 0x8c || tag === 0xc3)
    return (
      size < 192 && [4, 5, 6].includes(head[body]!) && head[body + 1]! <= 13 && [0, 1, 3, 4].includes(head[body + 2]!)
    );
  return head[body] === 3 ? [1, 2, 16, 18, 25].includes(head[body + 9]!) : head[body] === 6;
}

/** Three of the bits of gzip's flags are reserved. */
const GZIP_FLAGS = 0x20;

interface Stream {
  readonly name: string;
  /** A rare part of the magic number, and its offset. */
  readonly needle: Buffer;
  readonly at: number;
  readonly fits: (head: Buffer, start: number) => boolean;
  /** The bytes that may follow the needle. Absent: any. */
  readonly next?: readonly number[];
}
const stream = (name: string, digits: string, fits: Stream['fits'] = () => true, at = 0): Stream => ({
  name,
  needle: Buffer.from(digits, 'hex'),
  at,
  fits,
});

/**
 * Streams that may follow the script or program of a self-extracting file. More than the magic number must match, because
 * programs contain it as a constant.
 */
export const BEHIND: readonly Stream[] = [
  { ...stream('gzip', '1f8b08', isGzipHeader), next: Array.from({ length: GZIP_FLAGS }, (_, flags) => flags) },
  stream('xz', 'fd377a585a00', (head, at) => crc32(head, at + 6, at + 8) === head.readUInt32LE(at + 8)),
  stream('zstd', '28b52ffd', isZstdFrame),
  stream('bzip2', '314159265359', (head, at) => /^BZh[1-9]/.test(head.toString('latin1', at, at + 4)), 4),
  stream('7z', '377abcaf271c', (head, at) => crc32(head, at + 12, at + 32) === head.readUInt32LE(at + 8)),
  stream(
    'rar',
    '526172211a07',
    (head, at) => (head[at + 6] === 0 && head[at + 9] === 0x73) || (head[at + 6] === 1 && head[at + 7] === 0),
  ),
  stream(
    'lzop',
    '894c5a4f000d0a1a0a',
    (head, at) => head[at + 9]! <= 0x20 && head[at + 15]! >= 1 && head[at + 15]! <= 3,
  ),
  stream('lzip', '4c5a495001', (head, at) => (head[at + 5]! & 0x1f) >= 12 && (head[at + 5]! & 0x1f) <= 29),
  stream(
    'lz4',
    '04224d18',
    (head, at) => (head[at + 4]! & 0xc2) === 0x40 && /^[4-7]0$/.test(head.toString('hex', at + 5, at + 6)),
  ),
  stream('lz4', '02214c18', (head, at) => head.readUInt32LE(at + 4) > 0 && head.readUInt32LE(at + 4) < 9_000_000),
  stream('lzma', 'ffffffffffffffff00', (head, at) => isLzma(head.subarray(at)), 5),
  stream('zip', '504b0304', isZipEntry),
  stream('cab', '4d53434600000000', (head, at) => head[at + 24] === 3 && head[at + 25] === 1),
  stream(
    'squashfs',
    '68737173',
    (head, at) => head.readUInt16LE(at + 28) === 4 && head.readUInt32LE(at + 12) === 2 ** head.readUInt16LE(at + 22),
  ),
];

/** The number of first bytes of a stream that the checks need. */
export const STREAM_HEAD = 32;

export function isGzipHeader(bytes: Uint8Array, at: number): boolean {
  const [flags, extra, system] = [bytes[at + 3]!, bytes[at + 8]!, bytes[at + 9]!];
  if (flags >= GZIP_FLAGS || ![0, 2, 4].includes(extra) || (system >= 14 && system !== 255)) return false;
  // Without a file name, one of three kinds of blocks comes next.
  return flags !== 0 || (bytes[at + 10]! & 6) !== 6;
}

/** RFC 8878, 3.1.1: the fields that the descriptor announces, and a first block of a valid kind and size. */
function isZstdFrame(head: Buffer, at: number): boolean {
  const descriptor = head[at + 4]!;
  if ((descriptor & 8) !== 0) return false;
  const isSingle = (descriptor & 0x20) !== 0;
  const sizes = [isSingle ? 1 : 0, 2, 4, 8];
  const block = at + 5 + (isSingle ? 0 : 1) + [0, 1, 2, 4][descriptor & 3]! + sizes[descriptor >> 6]!;
  const header = head.readUIntLE(block, 3);
  return (header & 6) !== 6 && header >> 3 <= 128 * 1024;
}

/** APPNOTE 4.3.7: a valid version, method and name. */
function isZipEntry(head: Buffer, at: number): boolean {
  const [version, method, length] = [head.readUInt16LE(at + 4), head.readUInt16LE(at + 8), head.readUInt16LE(at + 26)];
  const name = head.subarray(at + 30, at + 30 + Math.min(length, 200));
  return (
    version >= 10 && version <= 63 && method <= 99 && length > 0 && length < 2000 && name.every((byte) => byte >= 0x20)
  );
}

/** LZMA alone: the usual properties, a dictionary size with one or two bits set, and a plausible length. */
export function isLzma(head: Buffer): boolean {
  if (head.length < 14 || head[0] !== LZMA) return false;
  const dictionary = head.readUInt32LE(1);
  const lowest = dictionary & -dictionary;
  const isSize = dictionary >= 4096 && (dictionary === lowest || dictionary === 3 * lowest);
  const unpacked = head.readBigUInt64LE(5);
  return isSize && (unpacked === 0xffff_ffff_ffff_ffffn || unpacked < 1n << 40n) && head[13] === 0;
}

/** Unix compress: a valid maximum code size, and two bits that are always zero. */
export function isCompress(head: Buffer): boolean {
  if (head[0] !== 0x1f || head[1] !== 0x9d) return false;
  const bits = head[2]! & 0x1f;
  return bits >= 9 && bits <= 16 && (head[2]! & 0x60) === 0;
}

export function isCpio(head: Buffer): boolean {
  const ascii = head.toString('latin1', 0, 110);
  if (/^07070[12][0-9A-Fa-f]{104}$/.test(ascii) || /^070707[0-7]{70}/.test(ascii)) return true;
  if (head.length < 28 || head.readUInt16LE(0) !== 0x71c7) return false;
  const nameEnd = 26 + head.readUInt16LE(20) - 1;
  return nameEnd > 26 && nameEnd < head.length && head.indexOf(0, 26) === nameEnd;
}
