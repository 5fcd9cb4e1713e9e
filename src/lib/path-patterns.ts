/** Matches paths with patterns in gitignore syntax; the only file that uses the `ignore` package. */

import ignore from 'ignore';

/**
 * Returns a function that matches a path (`/`-separated, relative to the folder of the patterns). The last matching pattern
 * decides. Absolute paths, and paths that lead out of the folder, never match.
 */
export function createPathMatcher(patterns: readonly string[]): (path: string) => boolean {
  // An accent is a character of its own in the names that some macOS disks give.
  const matcher = ignore({ ignorecase: false }).add(patterns.map((pattern) => pattern.normalize('NFC')));
  return (path) => ignore.isPathValid(path) && matcher.ignores(path.normalize('NFC'));
}

/**
 * Limits of one list. V8 compiles each pattern to code of about a hundred bytes per character: a list of megabytes would use up
 * the memory. The largest repositories have a few thousand short lines.
 */
export const PATTERN_BOUNDS = { count: 10_000, length: 1000, characters: 256 * 1024 } as const;

export interface PatternProblem {
  /** The index of the first pattern that cannot be used. */
  readonly index: number;
  readonly message: string;
}

/** Why a list of patterns (or lines of an ignore file: comments and empty ones do not count) cannot be used. */
export function problemOfPatterns(patterns: readonly string[]): PatternProblem | undefined {
  let count = 0;
  let characters = 0;
  for (const [index, pattern] of patterns.entries()) {
    if (pattern.startsWith('#') || pattern.trim() === '') continue;
    if (pattern.length > PATTERN_BOUNDS.length)
      return { index, message: `a pattern may have at most ${PATTERN_BOUNDS.length} characters` };
    if (++count > PATTERN_BOUNDS.count)
      return { index, message: `at most ${PATTERN_BOUNDS.count} patterns are allowed` };
    characters += pattern.length;
    if (characters > PATTERN_BOUNDS.characters)
      return { index, message: `the patterns may have at most ${PATTERN_BOUNDS.characters} characters in total` };
    try {
      // The package compiles a pattern only when it is used.
      createPathMatcher([pattern])('x');
    } catch {
      return { index, message: 'it is not a pattern in gitignore syntax' };
    }
  }
  return undefined;
}
