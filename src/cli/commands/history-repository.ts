/** The repository that a command is about: the one around the working directory, or the one that a PATH names. */

import { realpathSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { GitOptions } from '../../git/spawn.ts';
import { fsErrorMessage } from '../../lib/fs-error-message.ts';
import { GlaiveError } from '../../model/errors.ts';
import type { Io } from '../../model/io.ts';
import type { ParsedArgs } from '../args/parse.ts';

/** @throws GlaiveError for a PATH that is no folder */
export function namedRepository(args: ParsedArgs, io: Io): GitOptions {
  const [path] = args.positionals;
  const { signal } = io;
  if (path === undefined) return { cwd: io.cwd, env: io.env, signal };
  const cwd = realFolder(resolve(io.cwd, path), `${args.command}: ${path}`);
  // The repository itself and not one around it: of a broken one git would go up to the next, and that one may be clean.
  return { cwd, env: { ...io.env, GIT_CEILING_DIRECTORIES: dirname(cwd) }, about: 'around', signal };
}

function realFolder(path: string, what: string): string {
  const hint = 'PATH is a repository: the root of its work tree, its .git, or a bare one.';
  try {
    if (statSync(path).isDirectory()) return realpathSync(path);
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new GlaiveError('usage', `${what}: ${isMissing ? 'no such folder' : fsErrorMessage(error)}`, {
      hint,
      cause: error,
    });
  }
  throw new GlaiveError('usage', `${what} is no folder`, { hint });
}
