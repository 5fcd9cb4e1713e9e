/** Paths against patterns in gitignore syntax; the one file that knows the `ignore` package. */

import ignore from 'ignore';

/**
 * A function that tells whether a path (`/`-separated, relative to where the patterns belong) is matched, the last
 * match deciding. A path that leads out of there, or is absolute, never is.
 */
export function createPathMatcher(patterns: readonly string[]): (path: string) => boolean {
  const matcher = ignore({ ignorecase: false }).add([...patterns]);
  return (path) => ignore.isPathValid(path) && matcher.ignores(path);
}

/**
 * What one list may hold. Each pattern becomes a regular expression, and V8 makes code of it, about a hundred bytes for a
 * character: the lists of the largest repositories have some thousand short lines, while one of megabytes takes all memory.
 */
export const PATTERN_BOUNDS = { count: 10_000, length: 1000, characters: 256 * 1024 } as const;

export interface PatternProblem {
  /** Of the first pattern that cannot be used. */
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
      return { index, message: `a pattern has at most ${PATTERN_BOUNDS.length} characters` };
    if (++count > PATTERN_BOUNDS.count) return { index, message: `at most ${PATTERN_BOUNDS.count} patterns are taken` };
    characters += pattern.length;
    if (characters > PATTERN_BOUNDS.characters)
      return { index, message: `patterns of at most ${PATTERN_BOUNDS.characters} characters together are taken` };
    try {
      // Most are compiled only where they are used.
      createPathMatcher([pattern])('x');
    } catch {
      return { index, message: 'it is not a pattern in gitignore syntax' };
    }
  }
  return undefined;
}
