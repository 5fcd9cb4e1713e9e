/** Files of a repository that glaive adds lines to: what is in them stays as it is, to the byte. */

import { isUtf8 } from 'node:buffer';
import { relative } from 'node:path';
import { fsErrorMessage } from '../lib/fs-error-message.ts';
import { writeWhole, type WriteOptions } from '../lib/output-file.ts';
import { readOptionalBytes } from '../lib/optional-file.ts';
import { UnfitFile } from '../lib/unfit-file.ts';
import { GlaiveError } from '../model/errors.ts';

/** The text of a file in `root`, or undefined if it does not exist. @throws GlaiveError if nothing can be added to it */
export function textToChange(path: string, root: string): string | undefined {
  try {
    const bytes = readOptionalBytes(path, { within: root });
    if (bytes === undefined) return undefined;
    if (!isUtf8(bytes)) throw new UnfitFile('it is not UTF-8, so nothing can be added to it: save it as UTF-8');
    return bytes.toString('utf8');
  } catch (error) {
    throw cannot('read', path, root, error);
  }
}

/** Writes it. @throws GlaiveError */
export async function writeChanged(
  path: string,
  content: string | Uint8Array,
  root: string,
  options: WriteOptions = {},
): Promise<void> {
  try {
    await writeWhole(path, [content], { makeFolders: true, ...options });
  } catch (error) {
    throw cannot('write', path, root, error);
  }
}

export function cannot(what: 'read' | 'write', path: string, root: string, error: unknown): GlaiveError {
  return new GlaiveError('output', `cannot ${what} ${relative(root, path) || path}: ${fsErrorMessage(error)}`, {
    hint: 'The file is unchanged. Repair it, or delete it.',
    cause: error,
  });
}
