/** Which paths are passed over: `exclude` of the configuration, and the `.glaiveignore` at the base of URIs. */

import { join } from 'node:path';
import { reasonOf } from '../lib/errno.ts';
import { createPathMatcher } from '../lib/path-patterns.ts';
import { readIfThere } from '../lib/read-if-there.ts';
import { GlaiveError } from '../model/errors.ts';
import type { PathPatterns } from './config.ts';

const IGNORE_FILE = '.glaiveignore';

/**
 * A function that tells whether a path (relative to the base, `/`-separated) is passed over.
 *
 * @param base undefined: the `.glaiveignore` has no say
 * @throws GlaiveError (`config`) when there is a `.glaiveignore` that cannot be read
 */
export function createExcluder(exclude: readonly PathPatterns[], base: string | undefined): (path: string) => boolean {
  const matchers = [...exclude, { folder: '', patterns: base === undefined ? [] : ignoreFileLines(base) }]
    .filter(({ patterns }) => patterns.length > 0)
    .map(({ folder, patterns }) => ({
      folder: folder === '' ? '' : `${folder}/`,
      matches: createPathMatcher(patterns),
    }));
  return (path) =>
    matchers.some(({ folder, matches }) => path.startsWith(folder) && matches(path.slice(folder.length)));
}

function ignoreFileLines(base: string): string[] {
  try {
    return readIfThere(join(base, IGNORE_FILE))?.split(/\r?\n/) ?? [];
  } catch (error) {
    throw new GlaiveError('config', `${IGNORE_FILE}: cannot read it: ${reasonOf(error)}`, { cause: error });
  }
}
