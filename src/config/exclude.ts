/** Which paths are passed over: `exclude` of the configuration, and the `.glaiveignore` at the base of URIs. */

import { join } from 'node:path';
import { reasonOf } from '../lib/errno.ts';
import { createPathMatcher, problemOfPatterns } from '../lib/path-patterns.ts';
import { showPath } from '../lib/path-bytes.ts';
import { UnfitFile } from '../lib/unfit-file.ts';
import { GlaiveError } from '../model/errors.ts';
import type { Uncounted } from '../model/source.ts';
import type { AllowEntry } from '../model/suppression.ts';
import type { PathPatterns } from './config.ts';
import { type ReadText, repositoryFile, UNFIT_HINT } from './load.ts';

const IGNORE_FILE = '.glaiveignore';

/** Where the ignore file is. */
export function ignorePath(base: string): string {
  return join(base, IGNORE_FILE);
}

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

/** What accepts and excludes paths. */
interface Pathwise {
  readonly excludes: (path: string) => boolean;
  readonly config: { readonly allow: readonly AllowEntry[] };
}

/** What of the past does not count: what was at an excluded path, now or then, or accepted for a path that it has left. */
export function createUncounted(now: Pathwise, then: readonly Pathwise[] = []): Uncounted {
  const accepts = acceptedPaths(now);
  const accepted = then.map(acceptedPaths);
  return (from, to) =>
    [now, ...then].some(({ excludes }) => excludes(from)) ||
    ([accepts, ...accepted].some((test) => test(from)) && (to === undefined || !accepts(to)));
}

function acceptedPaths({ config }: Pathwise): (path: string) => boolean {
  const patterns = config.allow.flatMap(({ path }) => (path === undefined ? [] : [path]));
  if (patterns.length === 0) return () => false;
  // Each alone: together, an entry that begins with `!` would take others back.
  const tests = patterns.map((pattern) => createPathMatcher([pattern]));
  return (path) => tests.some((matches) => matches(showPath(path)));
}

/**
 * What the `.glaiveignore` says.
 *
 * @param base where it stands
 * @throws GlaiveError (`config`) when it is there and cannot be read, or holds what cannot be used
 */
export async function readIgnoreFile(base: string, read: ReadText = repositoryFile(base)): Promise<PathPatterns> {
  let patterns: readonly string[];
  try {
    patterns = (await read(ignorePath(base)))?.split(/\r?\n/) ?? [];
  } catch (error) {
    throw new GlaiveError('config', `${IGNORE_FILE}: cannot read it: ${reasonOf(error)}`, {
      ...(error instanceof UnfitFile ? { hint: UNFIT_HINT } : {}),
      cause: error,
    });
  }
  const problem = problemOfPatterns(patterns);
  if (problem === undefined) return { folder: '', patterns };
  throw new GlaiveError('config', `${IGNORE_FILE}:${problem.index + 1}: ${problem.message}`, {
    hint: 'Name folders instead of single files, or take the line out.',
  });
}
