/** Names that Windows reserves for devices, in every folder. Node opens files by paths that skip this rule, and would make such a file. */

import { sep } from 'node:path';

const IS_WINDOWS = sep === '\\';
const RESERVED = /(?:^|[\\/])(?:con|prn|aux|nul|com[1-9]|lpt[1-9])(?:\.[^\\/]*)?$/i;

/** Whether a path names the null device. Git Bash turns `/dev/null` into `nul`. @param isWindows given by tests */
export function isNullDevice(path: string, isWindows: boolean = IS_WINDOWS): boolean {
  return isWindows && /(?:^|[\\/])nul$/i.test(path);
}

/** Whether no file can have the name of a path. */
export function isReserved(path: string, isWindows: boolean = IS_WINDOWS): boolean {
  return isWindows && RESERVED.test(path);
}
