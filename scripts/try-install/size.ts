import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Bytes of files and folders; links count as nothing. */
export function sizeOf(paths: readonly string[]): number {
  let bytes = 0;
  for (const path of paths) {
    const stats = lstatSync(path);
    if (stats.isDirectory()) bytes += sizeOf(readdirSync(path).map((name) => join(path, name)));
    else if (stats.isFile()) bytes += stats.size;
  }
  return bytes;
}
