/** A file at a path in a commit: its object id, or its text. */

import { decodeText } from '../lib/text-encoding.ts';
import { entriesOfTree } from './commits.ts';
import { createObjectReader, type ObjectReader, wholeObject } from './objects.ts';
import { GitError, type GitOptions } from './spawn.ts';

/** The id of the file; undefined if the commit does not have it. @throws GitError */
export async function blobAt(
  commit: string,
  path: string,
  objects: ObjectReader,
  options: GitOptions,
): Promise<string | undefined> {
  if (!/[\n\ud800-\udfff]/.test(path)) {
    try {
      const object = await objects.read(`${commit}:${path}`);
      object?.reader.close();
      return object?.type === 'blob' ? object.id : undefined;
    } catch (error) {
      if (!(error instanceof GitError) || error.reason !== 'partial') throw error;
    }
  }
  // Such a name cannot be sent on a line of text; and in a partial clone the tree has the name even if the file is missing.
  for await (const file of entriesOfTree(commit, options)) if (file.path === path) return file.blob;
  return undefined;
}

/**
 * The text of the file, links followed; undefined if the commit does not have it.
 *
 * @param path relative to the root of the repository, `/`-separated
 * @throws GitError, or UnfitFile if it is not text
 */
export async function textAt(commit: string, path: string, options: GitOptions): Promise<string | undefined> {
  const objects = createObjectReader(options, { followsLinks: true });
  try {
    const object = await objects.read(`${commit}:${path}`);
    if (object?.type !== 'blob') return undefined;
    const bytes = await wholeObject(object, Number.POSITIVE_INFINITY);
    return bytes === undefined ? undefined : decodeText(bytes);
  } finally {
    objects.close();
  }
}
