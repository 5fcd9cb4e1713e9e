/** The repository to scan: the one around the working directory, or the one that PATH names. */

import { realpathSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { GitOptions } from '../../git/spawn.ts';
import { fsErrorMessage } from '../../lib/fs-error-message.ts';
import { GlaiveError } from '../../model/errors.ts';
import type { Io } from '../../model/io.ts';
import type { ParsedArgs } from '../args/parse.ts';

/** @throws GlaiveError if PATH is not a folder */
export function namedRepository(args: ParsedArgs, io: Io): GitOptions {
  const [path] = args.positionals;
  return path === undefined ? { cwd: io.cwd, env: io.env, signal: io.signal } : repositoryAt(path, args, io);
}

/** @throws GlaiveError if PATH is not a folder */
export function repositoryAt(path: string, args: ParsedArgs, io: Io): GitOptions {
  const { signal } = io;
  const cwd = realFolder(resolve(io.cwd, path), `${args.command}: ${path}`);
  // Git must not search the folders above: instead of a broken repository it would find the one around it, which may be clean.
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
  throw new GlaiveError('usage', `${what} is not a folder`, { hint });
}
