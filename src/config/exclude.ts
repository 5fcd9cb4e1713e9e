/** Which paths are passed over: `exclude` of the configuration, and the `.glaiveignore` at the base of URIs. */

import { realpathSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fsErrorMessage } from '../lib/fs-error-message.ts';
import { createPathMatcher, problemOfPatterns } from '../lib/path-patterns.ts';
import { decodePath, encodePath, showPath } from '../lib/path-bytes.ts';
import { UnfitFile } from '../lib/unfit-file.ts';
import { GlaiveError } from '../model/errors.ts';
import type { Uncounted } from '../model/source.ts';
import type { AllowEntry } from '../model/suppression.ts';
import type { PathPatterns } from './config.ts';
import { configFiles, type ConfigOptions, type ReadText, repositoryFile, UNFIT_HINT } from './load.ts';

const IGNORE_FILE = '.glaiveignore';

/** Where the ignore file is. */
export function ignorePath(base: string): string {
  return join(base, IGNORE_FILE);
}

/** Files that say what is passed over. */
const EXCLUDING = /(?:^|\/)\.glaive(?:ignore|\.toml)$/;

/** A function that tells whether what is passed over may change with the file at a path (as above). */
export function createDecider(options: Pick<ConfigOptions, 'cwd' | 'root' | 'named'>): (path: string) => boolean {
  const base = options.root ?? options.cwd;
  const files = [ignorePath(base), ...configFiles(options)];
  // Links may lead to it by way of others.
  if (files.some((file) => isLink(file, base))) return () => true;
  const named = new Set(files.map((file) => relative(base, file).replaceAll(sep, '/')));
  return (path) => EXCLUDING.test(path) || named.has(path);
}

/** Whether a file is at another place than its name says, below the base. */
function isLink(file: string, base: string): boolean {
  try {
    const [real, realBase] = [file, base].map((path) => decodePath(realpathSync.native(encodePath(path), 'buffer')));
    return real !== join(realBase!, relative(base, file));
  } catch {
    return false; // it is not there
  }
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
    if (error instanceof GlaiveError) throw error;
    throw new GlaiveError('config', `${IGNORE_FILE}: cannot read it: ${fsErrorMessage(error)}`, {
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
