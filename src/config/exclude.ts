/** Excluded paths: `exclude` of the configuration, and the `.glaiveignore` at the base of URIs. */

import { join, relative, sep } from 'node:path';
import { realPath } from '../lib/real-path.ts';
import { fsErrorMessage } from '../lib/fs-error-message.ts';
import { createPathMatcher, problemOfPatterns } from '../lib/path-patterns.ts';
import { showPath } from '../lib/path-bytes.ts';
import { UnfitFile } from '../lib/unfit-file.ts';
import { GlaiveError } from '../model/errors.ts';
import type { PreviouslyExcluded } from '../model/source.ts';
import type { AllowEntry } from '../model/suppression.ts';
import type { PathPatterns } from './config.ts';
import { configFiles, type ConfigOptions, type ReadText, repositoryFile, UNFIT_HINT } from './load.ts';
import { IGNORE_FILE, ignorePath } from './places.ts';

/** Files that exclude paths. */
const EXCLUDING = /(?:^|\/)\.glaive(?:ignore|\.toml)$/;

/** Tests whether the exclusions may change with the file at a path, relative to the base. */
export function createPolicyFileTest(
  options: Pick<ConfigOptions, 'cwd' | 'root' | 'named'>,
): (path: string) => boolean {
  const base = options.root ?? options.cwd;
  const files = [ignorePath(base), ...configFiles(options)];
  // Through links, any file may be one of them.
  if (files.some((file) => isLink(file, base))) return () => true;
  const named = new Set(files.map((file) => relative(base, file).replaceAll(sep, '/')));
  return (path) => EXCLUDING.test(path) || named.has(path);
}

/** Whether the path of a file, below the base, leads through a link. */
function isLink(file: string, base: string): boolean {
  try {
    const [real, realBase] = [file, base].map(realPath);
    return real !== join(realBase!, relative(base, file));
  } catch {
    return false; // it does not exist
  }
}

/** Tests whether a path (relative to the base, `/`-separated) is excluded. */
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

/** The parts of a policy that accept and exclude paths. */
interface PathPolicy {
  readonly excludes: (path: string) => boolean;
  readonly config: { readonly allow: readonly AllowEntry[] };
}

/** A file of the past does not make a secret old if its path was excluded, now or then, or accepted and has changed since. */
export function createPreviouslyExcluded(now: PathPolicy, then: readonly PathPolicy[] = []): PreviouslyExcluded {
  const accepts = acceptedPaths(now);
  const accepted = then.map(acceptedPaths);
  return (from, to) =>
    [now, ...then].some(({ excludes }) => excludes(from)) ||
    ([accepts, ...accepted].some((test) => test(from)) && (to === undefined || !accepts(to)));
}

function acceptedPaths({ config }: PathPolicy): (path: string) => boolean {
  const patterns = config.allow.flatMap(({ path }) => (path === undefined ? [] : [path]));
  if (patterns.length === 0) return () => false;
  // One matcher each: in one list, an entry that begins with `!` would cancel others.
  const tests = patterns.map((pattern) => createPathMatcher([pattern]));
  return (path) => tests.some((matches) => matches(showPath(path)));
}

/**
 * The patterns of the `.glaiveignore`.
 *
 * @param base its folder
 * @throws GlaiveError (`config`) when it cannot be read, or has a pattern that cannot be used
 */
export async function readIgnoreFile(base: string, read: ReadText = repositoryFile(base)): Promise<PathPatterns> {
  let patterns: readonly string[];
  try {
    patterns = (await read(ignorePath(base)))?.split(/\r?\n/) ?? [];
  } catch (error) {
    if (error instanceof GlaiveError) throw error;
    throw new GlaiveError('config', `cannot read ${IGNORE_FILE}: ${fsErrorMessage(error)}`, {
      ...(error instanceof UnfitFile ? { hint: UNFIT_HINT } : {}),
      cause: error,
    });
  }
  const problem = problemOfPatterns(patterns);
  if (problem === undefined) return { folder: '', patterns };
  throw new GlaiveError('config', `${IGNORE_FILE}:${problem.index + 1}: ${problem.message}`, {
    hint: 'Name folders instead of single files, or delete the line.',
  });
}
