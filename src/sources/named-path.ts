/** A path that the user names: it must exist, and be a file or a folder. */

import { lstatSync, readdirSync, type Stats, statSync } from 'node:fs';
import { dirname, join, parse, sep } from 'node:path';
import { decodePath, encodePath } from '../lib/path-bytes.ts';
import type { Gap } from '../model/gap.ts';
import type { Diagnostics } from '../model/source.ts';

/** The target of the path, symbolic links followed; undefined, and a gap, if it cannot be read. */
export function statNamed(path: string, uri: string, diagnostics: Diagnostics): Stats | undefined {
  const refuse = (kind: Gap['kind'], message: string, hint: string): undefined => {
    diagnostics.gap({ kind, uri, message, hint });
  };
  try {
    const stats = statSync(encodePath(path));
    if (stats.isFile() || stats.isDirectory()) return stats;
    const kind = stats.isFIFO() ? 'a FIFO' : stats.isSocket() ? 'a socket' : 'a device';
    return refuse('special-file', `it is ${kind}, not a file`, 'Pipe its output into `glaive scan -`.');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    switch (code) {
      case 'ENOENT':
      case 'ENOTDIR':
        return isLink(path)
          ? refuse('missing', 'it is a broken symbolic link', 'Repair the link, or leave it out.')
          : path.includes('\ufffd')
            ? refuse('missing', 'no such file or folder, or several whose names are not UTF-8', 'Name its folder.')
            : refuse(
                'missing',
                'no such file or folder',
                'Check the spelling; paths are relative to the current folder.',
              );
      case 'ELOOP':
        return refuse('unreadable', 'it is a loop of symbolic links', 'Repair the link, or leave it out.');
      case 'EACCES':
      case 'EPERM':
        return refuse('unreadable', 'cannot read it: permission denied', 'Run as a user who may read it.');
      default:
        return refuse('unreadable', `cannot read it: ${code}`, 'Check the path.');
    }
  }
}

/**
 * The path meant by an argument. Node replaces each byte that is not UTF-8 by U+FFFD, which loses the name: if exactly one name
 * in the folder decodes to the same text, that is the one.
 */
export function fileNamedBy(path: string): string {
  if (!path.includes('\ufffd')) return path;
  const { root } = parse(path);
  return path
    .slice(root.length)
    .split(sep)
    .reduce((folder, name) => join(folder, name.includes('\ufffd') ? nameIn(folder, name) : name), root);
}

function nameIn(folder: string, name: string): string {
  try {
    const [only, ...others] = readdirSync(encodePath(folder), { encoding: 'buffer' }).filter(
      (bytes) => bytes.toString('utf8') === name,
    );
    return only === undefined || others.length > 0 ? name : decodePath(only);
  } catch {
    return name;
  }
}

/** Whether the path is a symbolic link. */
export function isLink(path: string): boolean {
  try {
    return lstatSync(encodePath(path)).isSymbolicLink();
  } catch {
    return false;
  }
}

/** Whether a folder below `top` is reached over a symbolic link: git takes the files behind it for deleted. */
export function createLinkCheck(top: string): (folder: string) => boolean {
  const verdicts = new Map([['.', false]]);
  const isBehindLink = (folder: string): boolean => {
    const known = verdicts.get(folder);
    if (known !== undefined) return known;
    const verdict = isBehindLink(dirname(folder)) || isLink(join(top, folder));
    verdicts.set(folder, verdict);
    return verdict;
  };
  return isBehindLink;
}
