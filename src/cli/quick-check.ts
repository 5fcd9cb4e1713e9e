/**
 * The quick check of a commit, before anything else is loaded: a hook runs at every commit, and most commits have nothing to report. It
 * decides nothing that the scan would decide in another way; whatever is unusual is left to the scan.
 */

import { lstatSync } from 'node:fs';
import { policyFiles } from '../config/places.ts';
import { findWorkTree } from '../git/find-work-tree.ts';
import { GitError } from '../git/spawn.ts';
import { encodePath } from '../lib/path-bytes.ts';
import type { Io } from '../model/io.ts';
import { createClearTest } from '../staged/clear-text.ts';
import { stagedDiff, stagedText } from '../staged/staged-diff.ts';

export interface QuickCheck {
  /** Whether the command would end with nothing to report. */
  readonly isClear: boolean;
  /** The staged text, if it was read. */
  readonly diff?: Buffer | undefined;
}

const NOT_CLEAR: QuickCheck = { isClear: false };

/** For the hook of a commit, without flags. */
export async function quickCheck({ env, cwd, signal }: Io): Promise<QuickCheck> {
  if (env['GLAIVE_SKIP'] !== undefined) return NOT_CLEAR;
  const root = findWorkTree(cwd);
  if (root === undefined || policyFiles(cwd, root, env).some(mayExist)) return NOT_CLEAR;
  const options = { cwd, env, signal };
  try {
    const diff = await stagedText(options);
    return diff === undefined ? NOT_CLEAR : { isClear: await isClear(diff, options), diff };
  } catch (error) {
    // The scan reports it.
    if (error instanceof GitError) return NOT_CLEAR;
    throw error;
  }
}

function mayExist(path: string): boolean {
  try {
    return lstatSync(encodePath(path), { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    // Below a file nothing exists: services have /dev/null as their home.
    return (error as NodeJS.ErrnoException).code !== 'ENOTDIR';
  }
}

async function isClear(text: Buffer, options: Parameters<typeof stagedDiff>[0]): Promise<boolean> {
  const diff = stagedDiff(options, text);
  const isFileClear = createClearTest();
  for await (const file of diff.files()) if (!isFileClear(file)) return false;
  return diff.unmerged.length === 0;
}
