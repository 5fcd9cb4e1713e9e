/** Folders that git takes for a repository: bare ones, and the `.git` of others. */

import { lstatSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { encodePath } from '../lib/path-bytes.ts';

/** The content of such a folder; in that of a linked work tree the last two are elsewhere. */
const OBJECTS = 'objects';
const REFS = 'refs';

/** Decides like git itself (`is_git_directory` in setup.c): by the content of HEAD, and by the folders of objects and refs. */
export function isGitDirectory(folder: string): boolean {
  return isHead(join(folder, 'HEAD')) && [OBJECTS, REFS].every((name) => isFolder(join(folder, name)));
}

/** A name below `refs/`, even of a missing ref; an object; or, in old repositories, a link. */
function isHead(path: string): boolean {
  try {
    const stats = lstatSync(encodePath(path));
    if (stats.isSymbolicLink()) return readlinkSync(encodePath(path)).startsWith('refs/');
    if (!stats.isFile() || stats.size > HEAD_MAX) return false;
    return /^(?:ref:\s*refs\/|[0-9a-f]{40})/.test(readFileSync(encodePath(path), 'latin1'));
  } catch {
    return false;
  }
}

const HEAD_MAX = 4096;

function isFolder(path: string): boolean {
  try {
    return lstatSync(encodePath(path)).isDirectory();
  } catch {
    return false;
  }
}

/** Loose objects, and packs with their indexes; any other file there is an ordinary one. */
const OBJECT_FILE =
  /^objects\/(?:[0-9a-f]{2}\/[0-9a-f]{38}(?:[0-9a-f]{24})?|pack\/(?:pack-[0-9a-f]+\.(?:pack|idx|rev|bitmap|mtimes)|multi-pack-index.*))$/;

/** Whether a file of such a folder contains objects. @param path relative to it, `/`-separated */
export function isObjectFile(path: string): boolean {
  return OBJECT_FILE.test(path);
}
