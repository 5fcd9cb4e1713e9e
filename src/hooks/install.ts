/**
 * Puts glaive into a repository's hooks and takes it out again. Where they are is git's to say (`core.hooksPath`,
 * worktrees); under husky it is the folder above `.husky/_`. Somebody's own hook is added to, never replaced, and
 * where that cannot be done safely the line to add is given instead.
 */

import { chmodSync, lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { GlaiveError } from '../model/errors.ts';
import { addBlock, hasBlock, HOOK_NAMES, type HookName, type Launcher, lineToAdd, removeBlock } from './block.ts';

/** Where a repository keeps its hooks, as git tells it. */
export interface HooksFolder {
  /** Absolute. */
  readonly path: string;
  /** `shared` belongs to more than this repository: a folder that the user's or the system's configuration names. */
  readonly kind: 'own' | 'committed' | 'husky' | 'shared';
}

export interface Change {
  readonly hook: HookName;
  readonly path: string;
  readonly what:
    | 'added to the hook that was there'
    | 'made'
    | 'brought up to date'
    | 'taken out'
    | 'removed'
    | 'was not there';
}

/** @param hooksPath what `git rev-parse --git-path hooks` says, absolute */
export function hooksFolder(hooksPath: string, workTree: string, gitFolder: string): HooksFolder {
  if (hooksPath === join(workTree, '.husky', '_')) return { path: dirname(hooksPath), kind: 'husky' };
  if (isInside(hooksPath, gitFolder)) return { path: hooksPath, kind: 'own' };
  return { path: hooksPath, kind: isInside(hooksPath, workTree) ? 'committed' : 'shared' };
}

/** @throws GlaiveError (`usage`) with the line to add, before anything is changed, where a hook cannot be added to */
export function installHooks(folder: HooksFolder, hooks: readonly HookName[], installed: Launcher): Change[] {
  const plans = planHooks(folder, hooks, installed);
  return plans.map(({ hook, path, existing, text }) => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { encoding: 'latin1' });
    if (existing === undefined) chmodSync(path, 0o755);
    const what =
      existing === undefined ? 'made' : hasBlock(existing) ? 'brought up to date' : 'added to the hook that was there';
    return { hook, path, what };
  });
}

export interface Plan {
  readonly hook: HookName;
  readonly path: string;
  /** What is there; undefined: nothing. */
  readonly existing: string | undefined;
  readonly text: string;
}

/** What installing would write. @throws GlaiveError (`usage`) */
export function planHooks(folder: HooksFolder, hooks: readonly HookName[], installed: Launcher): Plan[] {
  const launcher: Launcher = folder.kind === 'own' ? installed : { kind: 'path' };
  if (folder.kind === 'shared') {
    throw refusal(folder.path, 'core.hooksPath leads out of this repository, so other repositories share that folder');
  }
  return hooks.map((hook) => {
    const path = join(folder.path, hook);
    const existing = readHook(path, folder.kind === 'husky');
    return { hook, path, existing, text: addBlock(existing, hook, launcher) };
  });
}

/** Takes glaive's lines out; every other byte stays. */
export function uninstallHooks(folder: HooksFolder): Change[] {
  return HOOK_NAMES.map((hook) => {
    const path = join(folder.path, hook);
    const existing = readText(path);
    if (existing === undefined || !hasBlock(existing)) return { hook, path, what: 'was not there' };
    const rest = removeBlock(existing);
    if (rest === undefined) rmSync(path);
    else writeFileSync(path, rest, { encoding: 'latin1' });
    return { hook, path, what: rest === undefined ? 'removed' : 'taken out' };
  });
}

/** The text of a hook that can be added to; undefined where there is none. */
function readHook(path: string, husky: boolean): string | undefined {
  const text = readText(path);
  if (text === undefined) return undefined;
  const stats = lstatSync(path);
  if (stats.isSymbolicLink()) throw refusal(path, 'it is a symbolic link, so it may belong to something else');
  const [shebang] = text.split('\n', 1);
  if (text.includes('\0') || (shebang!.startsWith('#!') && !/\b(?:ba|da|k|z|a)?sh\b/.test(shebang!))) {
    throw refusal(path, 'it is no shell script');
  }
  // husky reads its hooks; git runs the others, and only if they are executable.
  if (!husky && (stats.mode & 0o111) === 0) {
    throw refusal(path, 'it is not executable, so git does not run it; adding to it would switch it on');
  }
  return text;
}

/** The bytes of a file, one character each; undefined where there is none. */
function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new GlaiveError('usage', `cannot read the hook ${path}: ${code}`, { cause: error });
  }
}

function refusal(path: string, why: string): GlaiveError {
  const lines = HOOK_NAMES.map((hook) => `in ${hook}: ${lineToAdd(hook)}`).join('; ');
  return new GlaiveError('usage', `nothing was changed: ${path}: ${why}`, { hint: `Add the line yourself: ${lines}` });
}

function isInside(path: string, folder: string): boolean {
  const way = relative(resolve(folder), path);
  return (
    way === '' ||
    (!way.startsWith(`..${sep}`) && way !== '..' && !resolve(way).startsWith('..') && !/^[A-Za-z]:/.test(way))
  );
}
