/** Archives and compressed files, told by their first bytes. */

export type ArchiveKind = 'zip' | 'gzip' | 'tar' | 'other';

/** The farthest byte that tells: `ustar` in the header of a tar file. */
export const ARCHIVE_HEAD = 262;

const USTAR = [0x75, 0x73, 0x74, 0x61, 0x72]; // its name

/** Git's own: packs, and bundles, which are packs behind a list of refs. */
const PACKS = ['PACK\0\0\0\x02', 'PACK\0\0\0\x03', '# v2 git bundle\n', '# v3 git bundle\n'];

/** bzip2, xz, zstd, 7z, rar, lz4: there is no reader for them here. */
const OTHERS = [
  ...['425a68', 'fd377a585a00', '28b52ffd', '377abcaf271c', '526172211a07', '04224d18'].map((hex) =>
    Buffer.from(hex, 'hex'),
  ),
  ...PACKS.map((text) => Buffer.from(text, 'latin1')),
];

/** The kind of what begins with `bytes[0, length)`; undefined for anything that is no archive. */
export function archiveKind(bytes: Uint8Array, length: number): ArchiveKind | undefined {
  const [a, b, c, d] = bytes as unknown as [number, number, number, number];
  if (length >= 22 && a === 0x50 && b === 0x4b && ((c === 3 && d === 4) || (c === 5 && d === 6))) return 'zip';
  if (length >= 18 && a === 0x1f && b === 0x8b && c === 8) return 'gzip';
  if (length >= ARCHIVE_HEAD && USTAR.every((byte, at) => bytes[257 + at] === byte)) return 'tar';
  const isOther = OTHERS.some((magic) => length > 2 * magic.length && magic.every((byte, at) => bytes[at] === byte));
  return isOther ? 'other' : undefined;
}
