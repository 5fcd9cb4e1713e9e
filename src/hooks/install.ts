/**
 * Installs glaive in a repository's hooks, and removes it again. Git knows their folder (`core.hooksPath`, worktrees); under husky it
 * is the folder above `.husky/_`. An existing hook is extended, never replaced. If that is not safe, the error contains the line to
 * add by hand.
 */

import { lstatSync, realpathSync, rmSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { fsErrorMessage } from '../lib/fs-error-message.ts';
import { writeWhole } from '../lib/output-file.ts';
import { readOptionalBytes } from '../lib/optional-file.ts';
import { isInside } from '../lib/inside.ts';
import { encodePath } from '../lib/path-bytes.ts';
import { GlaiveError } from '../model/errors.ts';
import {
  addBlock,
  hasBlock,
  HOOK_NAMES,
  type HookName,
  type Launcher,
  lineToAdd,
  type LocalLauncher,
  removeBlock,
} from './block.ts';

/** The folder of a repository's hooks, according to git. */
export interface HooksFolder {
  /** Absolute. */
  readonly path: string;
  /** `shared`: other repositories may use it too, because the user's configuration or a link leads to it. */
  readonly kind: 'own' | 'committed' | 'husky' | 'shared';
}

export interface Change {
  readonly hook: HookName;
  readonly path: string;
  readonly what:
    | 'created'
    | 'updated'
    | 'unchanged'
    | 'added to the existing hook'
    | 'removed'
    | 'removed from the hook'
    | 'not installed';
}

/** @param hooksPath the output of `git rev-parse --git-path hooks`, absolute */
export function hooksFolder(hooksPath: string, workTree: string, gitFolder: string): HooksFolder {
  const isHusky = hooksPath === join(workTree, '.husky', '_');
  const path = isHusky ? dirname(hooksPath) : hooksPath;
  // The folder may be a link: its target decides.
  const real = realOf(path);
  if (!isHusky && isInside(real, realOf(gitFolder))) return { path, kind: 'own' };
  if (!isInside(real, realOf(workTree))) return { path, kind: 'shared' };
  return { path, kind: isHusky ? 'husky' : 'committed' };
}

function realOf(folder: string): string {
  try {
    return realpathSync.native(folder);
  } catch {
    return folder;
  }
}

/** @throws GlaiveError (`usage`) with the line to add, before anything is changed, if a hook cannot be extended */
export async function installHooks(
  folder: HooksFolder,
  hooks: readonly HookName[],
  installed: LocalLauncher,
): Promise<Change[]> {
  const changes: Change[] = [];
  for (const { hook, path, existing, text } of planHooks(folder, hooks, installed)) {
    // Written nevertheless: the file may have lost its mode.
    await write(path, text);
    changes.push({ hook, path, what: changeOf(existing, text) });
  }
  return changes;
}

function changeOf(existing: string | undefined, text: string): Change['what'] {
  if (existing === undefined) return 'created';
  if (existing === text) return 'unchanged';
  return hasBlock(existing) ? 'updated' : 'added to the existing hook';
}

/** A new hook is executable for all; an existing one keeps its mode. */
async function write(path: string, text: string): Promise<void> {
  const exactMode = (lstatSync(path, { throwIfNoEntry: false })?.mode ?? 0o755) & 0o7777;
  try {
    await writeWhole(path, [Buffer.from(text, 'latin1')], { makeFolders: true, exactMode });
  } catch (error) {
    throw new GlaiveError('output', `cannot write the hook ${path}: ${fsErrorMessage(error)}`, { cause: error });
  }
}

export interface Plan {
  readonly hook: HookName;
  readonly path: string;
  /** The existing bytes, one character each; undefined if there is no file. */
  readonly existing: string | undefined;
  /** Bytes as well. */
  readonly text: string;
}

/** The file that an installation would write. @throws GlaiveError (`usage`) */
export function planHooks(folder: HooksFolder, hooks: readonly HookName[], installed: LocalLauncher): Plan[] {
  const launcher: Launcher = folder.kind === 'own' ? inBytes(installed) : { kind: 'path' };
  if (folder.kind === 'shared') {
    throw refusal(
      folder.path,
      'it leads out of this repository (core.hooksPath, or a link), so other repositories share that folder',
    );
  }
  return hooks.map((hook) => {
    const path = join(folder.path, hook);
    const existing = readHook(path, folder.kind === 'husky');
    return { hook, path, existing, text: addBlock(existing, hook, launcher) };
  });
}

/** Hooks are changed as bytes, so the paths in them must be bytes too. */
function inBytes(launcher: LocalLauncher): LocalLauncher {
  const bytes = (path: string): string => Buffer.from(encodePath(path)).toString('latin1');
  return launcher.kind === 'executable'
    ? { kind: 'executable', program: bytes(launcher.program) }
    : { kind: 'installed', node: bytes(launcher.node), main: bytes(launcher.main) };
}

/** Removes glaive's lines; all other bytes remain. @param options.dryRun only say what would be done */
export async function uninstallHooks(
  folder: HooksFolder,
  { dryRun = false }: { readonly dryRun?: boolean } = {},
): Promise<Change[]> {
  const changes: Change[] = [];
  for (const hook of HOOK_NAMES) {
    const path = join(folder.path, hook);
    const existing = isLink(path) ? undefined : readText(path);
    if (existing === undefined || !hasBlock(existing)) {
      changes.push({ hook, path, what: 'not installed' });
      continue;
    }
    const rest = removeBlock(existing);
    if (!dryRun) {
      if (rest === undefined) rmSync(path);
      else await write(path, rest);
    }
    changes.push({ hook, path, what: rest === undefined ? 'removed' : 'removed from the hook' });
  }
  return changes;
}

/** The text of a hook that can be extended; undefined if there is no hook. @throws GlaiveError (`usage`) */
function readHook(path: string, husky: boolean): string | undefined {
  if (isLink(path)) throw refusal(path, 'it is a symbolic link, so it may belong to something else');
  const text = readText(path);
  if (text === undefined) return undefined;
  const [shebang] = text.split('\n', 1);
  if (text.includes('\0') || (shebang!.startsWith('#!') && !/\b(?:ba|da|k|z|a)?sh\b/.test(shebang!))) {
    throw refusal(path, 'it is not a shell script');
  }
  // husky reads its hooks; git runs the others, and only if they are executable.
  if (!husky && IS_UNIX && shebang!.startsWith('#!') && shebang!.endsWith('\r')) {
    throw refusal(path, 'its first line ends with CR LF, so only Windows can run it: save it with LF');
  }
  // Windows has no such mode, and git runs every hook.
  if (!husky && IS_UNIX && (lstatSync(path).mode & 0o111) === 0) {
    throw refusal(path, 'it is not executable, so git does not run it; extending it would activate it');
  }
  return text;
}

const IS_UNIX = sep === '/';

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

/** The bytes of a file, one character each; undefined if it does not exist. */
function readText(path: string): string | undefined {
  try {
    return readOptionalBytes(path)?.toString('latin1');
  } catch (error) {
    throw new GlaiveError('usage', `cannot read the hook ${path}: ${fsErrorMessage(error)}`, { cause: error });
  }
}

function refusal(path: string, why: string): GlaiveError {
  const lines = HOOK_NAMES.map((hook) => `in ${hook}: ${lineToAdd(hook)}`).join('; ');
  return new GlaiveError('usage', `nothing was changed: ${path}: ${why}`, { hint: `Add the line yourself: ${lines}` });
}
