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
