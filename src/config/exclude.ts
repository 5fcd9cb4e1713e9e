/** Which paths are passed over: `exclude` of the configuration, and the `.glaiveignore` at the base of URIs. */

import { join } from 'node:path';
import { reasonOf } from '../lib/errno.ts';
import { createPathMatcher } from '../lib/path-patterns.ts';
import { readIfThere } from '../lib/read-if-there.ts';
import { GlaiveError } from '../model/errors.ts';
import type { PathPatterns } from './config.ts';
import type { ReadText } from './load.ts';

const IGNORE_FILE = '.glaiveignore';

/** A function that tells whether a path (relative to the base, `/`-separated) is passed over. */
export function createExcluder(exclude: readonly PathPatterns[]): (path: string) => boolean {
  const matchers = exclude
    .filter(({ patterns }) => patterns.length > 0)
    .map(({ folder, patterns }) => ({
      folder: folder === '' ? '' : `${folder}/`,
      matches: createPathMatcher(patterns),
    }));
  return (path) =>
    matchers.some(({ folder, matches }) => path.startsWith(folder) && matches(path.slice(folder.length)));
}

/**
 * What the `.glaiveignore` says.
 *
 * @param base where it stands
 * @throws GlaiveError (`config`) when it is there and cannot be read
 */
export async function readIgnoreFile(base: string, read: ReadText = readIfThere): Promise<PathPatterns> {
  try {
    return { folder: '', patterns: (await read(join(base, IGNORE_FILE)))?.split(/\r?\n/) ?? [] };
  } catch (error) {
    throw new GlaiveError('config', `${IGNORE_FILE}: cannot read it: ${reasonOf(error)}`, { cause: error });
  }
}
