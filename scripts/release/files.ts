/** The files of a release. */

import { createHash } from 'node:crypto';
import { chmodSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

/** The list of checksums. */
export const CHECKSUMS = 'SHA256SUMS';
/** Where and from what the files were built. */
export const PROVENANCE = 'provenance.json';
/** A signature has the name of its file with this behind it. */
export const SIGNATURE = '.minisig';

/** Paths of all files below a folder, with `/`, in the order of their bytes. */
export function filesBelow(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

/** Gives files and folders the usual rights: those that they have now depend on the umask of the clone. */
export function giveUsualRights(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) giveUsualRights(path);
    else if (entry.isFile()) chmodSync(path, (statSync(path).mode & 0o100) === 0 ? 0o644 : 0o755);
  }
}

export function sha256Of(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

export interface Checksum {
  readonly file: string;
  readonly sha256: string;
}

/** @throws Error if there is no list of checksums */
export function readChecksums(folder: string): readonly Checksum[] {
  const path = join(folder, CHECKSUMS);
  if (!existsSync(path)) throw new Error(`there is no ${CHECKSUMS}: run npm run release -- checksums first`);
  return [...readFileSync(path, 'utf8').matchAll(/^([0-9a-f]{64}) {2}(.+)$/gm)].map(([, sha256, file]) => ({
    file: file!,
    sha256: sha256!,
  }));
}
