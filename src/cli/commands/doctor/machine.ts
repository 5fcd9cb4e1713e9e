/** The programs that glaive needs, and the folders that it writes to. */

import { accessSync, constants, existsSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { stateFolder } from '../../../credentials/state-folder.ts';
import { GitError, gitLine } from '../../../git/spawn.ts';
import { type Check, note, ok, problem, problemOf } from './check.ts';

/** The newest Node that the tests of this version run on. */
const NODE_TESTED = 26;
/** Older ones lack `fetch --stdin` and `--no-write-fetch-head`. */
const GIT_OLDEST = [2, 29] as const;

export const nodeCheck: Check = {
  name: 'node',
  run: ({ io: { program } }) => {
    const [major = 0] = program.nodeVersion.split('.').map(Number);
    return major > NODE_TESTED
      ? [note(`Node ${program.nodeVersion} is newer than ${NODE_TESTED}, the newest that is tested`)]
      : [ok(`Node ${program.nodeVersion}`)];
  },
};

export const gitCheck: Check = {
  name: 'git',
  run: async ({ git }) => {
    let line: string;
    try {
      line = await gitLine(['version'], git);
    } catch (error) {
      if (!(error instanceof GitError) || error.reason === 'stopped') throw error;
      return [problemOf(error)];
    }
    const [major = 0, minor = 0] = (/\d+\.\d+/.exec(line)?.[0] ?? '').split('.').map(Number);
    const isOld = major < GIT_OLDEST[0] || (major === GIT_OLDEST[0] && minor < GIT_OLDEST[1]);
    return [isOld ? problem(`${line} is too old`, `Install git ${GIT_OLDEST.join('.')} or newer.`) : ok(line)];
  },
};

/** What glaive keeps between runs. */
export const foldersCheck: Check = {
  name: 'folders',
  run: ({ io: { env, program }, repository }) => {
    // As the loader decides: on Windows hooks have no cache.
    const cache = sep === '/' && (env['XDG_CACHE_HOME'] || (env['HOME'] && join(env['HOME'], '.cache')));
    const folders = [
      {
        // An executable has the code cache inside.
        folder: program.main && cache && join(cache, 'glaive'),
        result: note,
        effect: 'so each hook starts more slowly',
        hint: 'Set HOME or XDG_CACHE_HOME to a folder of this user.',
      },
      {
        folder: stateFolder(env),
        result: note,
        effect: 'so glaive revoke and rotate have no place for their audit log and for new tokens',
        hint: 'Set HOME or XDG_STATE_HOME to a folder of this user.',
      },
      {
        folder: 'root' in repository ? join(repository.root, '.glaive-state') : undefined,
        result: problem,
        effect: 'so a scan with --state in it fails',
        hint: 'Give it to the user that runs glaive.',
        isOptional: true,
      },
    ];
    return folders.flatMap(({ folder, result, effect, hint, isOptional }) =>
      !folder || isWritable(folder) || (isOptional === true && !existsSync(folder))
        ? []
        : [result(`${folder} cannot be written, ${effect}`, hint)],
    );
  },
};

/** Whether a folder, or the nearest one above it that exists, can be written to. */
function isWritable(folder: string): boolean {
  let nearest = folder;
  while (!existsSync(nearest) && dirname(nearest) !== nearest) nearest = dirname(nearest);
  try {
    accessSync(nearest, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
