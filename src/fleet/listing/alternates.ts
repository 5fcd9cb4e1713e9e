/** Where a repository on a disk borrows objects: the lines of `objects/info/alternates`. */

import { join, resolve } from 'node:path';
import { fsErrorMessage } from '../../lib/fs-error-message.ts';
import { decodePath, encodePath } from '../../lib/path-bytes.ts';
import { readPlainFile } from '../../lib/plain-file.ts';
import { realPath } from '../../lib/real-path.ts';

/** Bytes; GitLab writes one line. */
const ALTERNATES_MAX = 64 * 1024;

export type Alternates =
  | {
      readonly kind: 'folders';
      /** Real paths, or as they are written if they do not exist. */ readonly folders: readonly string[];
    }
  | { readonly kind: 'unreadable'; readonly why: string };

/** @param directory the git directory, absolute and real */
export function alternatesOf(directory: string): Alternates {
  const objects = join(directory, 'objects');
  try {
    const bytes = readPlainFile(encodePath(join(objects, 'info', 'alternates')), ALTERNATES_MAX);
    if (bytes === undefined) return { kind: 'folders', folders: [] };
    const lines = decodePath(bytes)
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    return { kind: 'folders', folders: lines.map((line) => realOrAsWritten(resolve(objects, unquoted(line)))) };
  } catch (error) {
    return { kind: 'unreadable', why: fsErrorMessage(error) };
  }
}

function realOrAsWritten(folder: string): string {
  try {
    return realPath(folder);
  } catch {
    return folder;
  }
}

const ESCAPES: Readonly<Record<string, string>> = { a: '\u0007', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

/** Git quotes names with line feeds as C does (`link_alt_odb_entry` in `object-file.c`). */
function unquoted(line: string): string {
  if (!/^".*"$/.test(line)) return line;
  const bytes: Buffer[] = [];
  for (const [part, octal, escaped] of line.slice(1, -1).matchAll(/\\([0-3][0-7]{2})|\\(.)|[^\\]+/gu))
    bytes.push(
      octal === undefined
        ? Buffer.from(encodePath(escaped === undefined ? part : (ESCAPES[escaped] ?? escaped)))
        : Buffer.from([Number.parseInt(octal, 8)]),
    );
  return decodePath(Buffer.concat(bytes));
}
