/**
 * Where users keep what programs write: by the XDG Base Directory Specification, on macOS too, as git and glab do; on Windows below
 * the folders of applications, because only some programs set HOME there. A variable with a relative path is ignored: the folder
 * would be in the repository.
 */

import path, { type PlatformPath } from 'node:path';
import { fileIn } from './file-in.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What a folder is for, with its variable, its place below a home, and the variable and the place on Windows. */
const PLACES = {
  config: ['XDG_CONFIG_HOME', '.config', 'APPDATA', String.raw`AppData\Roaming`],
  state: ['XDG_STATE_HOME', '.local/state', 'LOCALAPPDATA', String.raw`AppData\Local`],
} as const;

/** The folder of this program for a purpose; undefined where the environment names no home. @param paths tests pass those of Windows */
export function userFolder(
  purpose: keyof typeof PLACES,
  env: Environment,
  { isAbsolute, sep }: Pick<PlatformPath, 'isAbsolute' | 'sep'> = path,
): string | undefined {
  const [variable, belowHome, ofWindows, belowProfile] = PLACES[purpose];
  // An empty or relative home does not count: what is below it would be at the root, or in the repository.
  const below = (home: string | undefined, place: string): string | undefined =>
    home !== undefined && isAbsolute(home) ? fileIn(home, place.replaceAll('/', sep), sep) : undefined;
  const candidates = [
    env[variable],
    ...(sep === '/' ? [] : [env[ofWindows], below(env['USERPROFILE'], belowProfile)]),
    below(env['HOME'], belowHome),
  ];
  const folder = candidates.find((each) => each !== undefined && isAbsolute(each));
  return folder === undefined ? undefined : fileIn(folder, 'glaive', sep);
}
