/**
 * `npm run release -- compare`: builds the commit in two clones that differ in all that must not matter, and compares every file.
 * `npm run release -- compare FOLDER`: builds it once, and compares that with the files of a release in FOLDER.
 */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { hasProgram } from '../has-program.ts';
import { CHECKSUMS, filesBelow, PROVENANCE, sha256Of, SIGNATURE } from './files.ts';
import { commitOf, isChanged } from './source.ts';

type Say = (line: string) => void;

interface Surroundings {
  readonly folder: string;
  readonly umask: string;
  /** Put before the command. */
  readonly prefix: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** @returns whether all files are equal */
export async function compare(root: string, [given]: readonly string[], say: Say): Promise<boolean> {
  if (isChanged(root)) say('files differ from the commit; only the commit is built');
  const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'glaive-compare-')));
  const surroundings: readonly Surroundings[] = [
    {
      folder: join(scratch, 'a'),
      umask: '022',
      prefix: [],
      env: { TZ: 'UTC', LANG: 'C', LC_ALL: 'C', HOME: join(scratch, 'home') },
    },
    {
      folder: join(scratch, 'second', 'clone-in-a-deeper-folder'),
      umask: '077',
      prefix: hasProgram('taskset') ? ['taskset', '--cpu-list', '0'] : [],
      env: {
        TZ: 'Pacific/Kiritimati',
        LANG: 'tr_TR.UTF-8',
        LC_ALL: 'tr_TR.UTF-8',
        HOME: join(scratch, 'another', 'home'),
        TMPDIR: join(scratch, 'temporary'),
        USER: 'another',
      },
    },
  ];
  let equal = false;
  try {
    if (given === undefined) {
      const [first = '', second = ''] = surroundings.map((each) => buildIn(each, root, say));
      equal = isEqual(first, second, say, () => true);
    } else {
      const built = buildIn(surroundings[0]!, root, say);
      // Only the builder of the release has its signing key, and is its builder.
      equal = isEqual(resolve(given), built, say, (file) => file !== PROVENANCE && !file.endsWith(SIGNATURE));
    }
    if (!equal) say(`both are kept in ${scratch}`);
  } finally {
    if (equal) rmSync(scratch, { recursive: true, force: true });
  }
  return equal;
}

/** Clones the commit, installs its packages and makes its release. @returns the folder of the release */
function buildIn({ folder, umask, prefix, env }: Surroundings, root: string, say: Say): string {
  say(`building in ${folder}`);
  for (const each of [env['HOME'], env['TMPDIR']]) if (each !== undefined) mkdirSync(each, { recursive: true });
  const config = (name: string): string => execFileSync('npm', ['config', 'get', name], { encoding: 'utf8' }).trim();
  const full: NodeJS.ProcessEnv = {
    ...process.env,
    // Where packages come from does not matter: the lock file has their hashes.
    NPM_CONFIG_CACHE: config('cache'),
    NPM_CONFIG_USERCONFIG: config('userconfig'),
    ...env,
  };
  const run = (...command: readonly string[]): void => {
    execFileSync('sh', ['-c', `umask ${umask} && exec "$@"`, 'sh', ...prefix, ...command], {
      cwd: existsSync(folder) ? folder : root,
      env: full,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  };
  // Git looks at the owner of a folder, so it runs with the settings of the user.
  execFileSync('git', ['clone', '--quiet', '--no-hardlinks', '--no-checkout', root, folder], { stdio: 'inherit' });
  execFileSync('git', ['-C', folder, 'config', 'core.hooksPath', '/dev/null']);
  run('git', 'checkout', '--quiet', '--detach', commitOf(root));
  run('npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--silent');
  run('npm', 'run', '--silent', 'release');
  for (const part of ['dist', 'release']) refusePath(join(folder, part), folder);
  return join(folder, 'release');
}

/** @throws Error if a file below `folder` has the path of the clone in it */
function refusePath(folder: string, path: string): void {
  for (const file of filesBelow(folder)) {
    const bytes = readFileSync(join(folder, file));
    const texts = /\.t?gz$/.test(file) ? [bytes, gunzipSync(bytes)] : [bytes];
    if (texts.some((text) => text.includes(path)))
      throw new Error(`${file} has the path of the folder in which it was built`);
  }
}

/** Prints both hashes of each file. @throws Error if nothing was compared */
export function isEqual(first: string, second: string, say: Say, counts: (file: string) => boolean): boolean {
  const files = [...new Set([...filesBelow(first), ...filesBelow(second)])].filter(counts).toSorted();
  let different = 0;
  for (const file of files) {
    const [a, b] = [first, second].map((folder) =>
      existsSync(join(folder, file)) ? sha256Of(join(folder, file)) : 'missing'.padEnd(64),
    );
    if (a !== b) different++;
    say(`${a === b ? 'equal    ' : 'DIFFERENT'}  ${a}  ${b}  ${file}`);
  }
  say(different === 0 ? `all ${files.length} files are equal` : `${different} of ${files.length} files differ`);
  if (files.length === 0 || !files.includes(CHECKSUMS))
    throw new Error(`there is no ${CHECKSUMS}: nothing was compared`);
  return different === 0;
}
