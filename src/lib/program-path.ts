/**
 * Programs on the PATH: only absolute folders of it count, because any other is in the working directory, which may be a repository.
 */

import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';
import { fileIn } from './file-in.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The rules of an operating system for paths. Tests pass those of Windows. */
export type Paths = Pick<typeof path, 'delimiter' | 'isAbsolute' | 'sep'>;

/** On Windows without a drive or a server a path depends on the working directory. */
const WITH_ROOT = /^(?:[a-z]:[\\/]|[\\/]{2})/i;

/** The absolute entries of a `PATH`. An empty entry or `.` is the working directory, that is, the repository's. */
export function absoluteEntries(value: string, paths: Paths = path): string[] {
  const entries = value.split(paths.delimiter);
  if (paths.sep === '/') return entries.filter((entry) => paths.isAbsolute(entry));
  // Windows allows quotes around an entry.
  return entries.map((entry) => entry.replaceAll('"', '')).filter((entry) => WITH_ROOT.test(entry));
}

/** The name of the variable: `Path` on Windows, or whatever case a program gave it. */
export function pathName(env: Environment, { sep }: Paths = path): string {
  const named = sep === '/' ? undefined : Object.keys(env).find((key) => key.toUpperCase() === 'PATH');
  return named ?? 'PATH';
}

/** The environment with another PATH. */
export function withPath(env: Environment, change: (value: string) => string, paths: Paths = path): Environment {
  const name = pathName(env, paths);
  return { ...env, [name]: change(env[name] ?? '') };
}

/** The first program of one of these names, in the absolute folders of the PATH. */
export function programOnPath(
  files: readonly string[],
  env: Environment,
  { test = isProgram, paths = path }: { readonly test?: (file: string) => boolean; readonly paths?: Paths } = {},
): string | undefined {
  for (const folder of absoluteEntries(env[pathName(env, paths)] ?? '', paths)) {
    for (const file of files) {
      const program = fileIn(folder, file, paths.sep);
      if (test(program)) return program;
    }
  }
  return undefined;
}

/** Whether it is a file that this user may run. */
export function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
