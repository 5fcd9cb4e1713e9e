/** `glaive -C FOLDER COMMAND`: as if it were started there, like git's. */

import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { fsErrorMessage } from '../lib/fs-error-message.ts';
import { showWord } from '../lib/show-word.ts';
import { GlaiveError } from '../model/errors.ts';
import type { Io } from '../model/io.ts';

/** The process without each leading `-C FOLDER`; a further one is relative to the one before. @throws GlaiveError */
export function inOtherFolder(io: Io): Io {
  let { argv, cwd } = io;
  while (argv[0] === '-C') {
    const [, folder] = argv;
    if (folder === undefined) throw new GlaiveError('usage', '-C needs a folder', { hint: 'glaive -C FOLDER COMMAND' });
    cwd = resolve(cwd, folder);
    checkFolder(cwd, folder);
    argv = argv.slice(2);
  }
  return { ...io, argv, cwd };
}

function checkFolder(path: string, named: string): void {
  const what = `-C ${showWord(named)}`;
  let isFolder: boolean;
  try {
    isFolder = statSync(path).isDirectory();
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new GlaiveError('usage', `${what}: ${isMissing ? 'no such folder' : fsErrorMessage(error)}`, {
      cause: error,
    });
  }
  if (!isFolder) throw new GlaiveError('usage', `${what} is not a folder`);
}
