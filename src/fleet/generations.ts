/** The generations of a repository's state: which is the highest, and how a report and a state become the next one. */

import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readOptionalFile } from '../lib/optional-file.ts';
import type { Attempt } from './attempt.ts';
import { wordOf } from './results.ts';
import { namesIn, reportPath, stagingFolder, statePath } from './store.ts';

/** The highest generation of a state; 0 without any. */
export function highestGeneration(store: string, key: string): number {
  let highest = 0;
  for (const name of namesIn(dirname(statePath(store, key, 0)))) {
    const [, digits = '0'] = name.startsWith(key) ? (/^\.(\d{1,15})$/.exec(name.slice(key.length)) ?? []) : [];
    highest = Math.max(highest, Number(digits));
  }
  return highest;
}

/** Bytes of a report: 50 000 findings take a third of it. */
export const REPORT_MAX = 256 * 1024 * 1024;

/** So many reports of one generation: each needs a worker that died between its report and its state. */
const COPIES_MAX = 1000;

/**
 * Gives a report its name, and never replaces another one by it: two workers may have read different objects.
 *
 * @param staged the file, whole and on the disk; it is gone afterwards
 * @param says what of a report must be equal for it to be left out
 * @returns the name and the digest of the report that says it @throws the file system's error
 */
export async function publishReport(
  staged: string,
  { store, key, generation }: { readonly store: string; readonly key: string; readonly generation: number },
  says: (text: string) => string,
): Promise<Required<Attempt>['report']> {
  const text = readFileSync(staged, 'utf8');
  let wanted: string | undefined;
  for (let copy = 1; copy < COPIES_MAX; copy++) {
    const path = reportPath(store, key, generation, copy);
    const name = wordOf({ generation, copy });
    if (await takeName(staged, path)) return { name, digest: reportDigest(text) };
    wanted ??= says(text);
    const there = reportAt(path);
    if (there === undefined || saidBy(there, says) !== wanted) continue;
    rmSync(staged, { force: true });
    return { name, digest: reportDigest(there) };
  }
  throw new Error(`there are ${COPIES_MAX} reports of one generation`);
}

/** SHA-256 of a report's text, in hex. */
export function reportDigest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Undefined for what cannot be read: it says nothing, and stays. */
function reportAt(path: string): string | undefined {
  try {
    return readOptionalFile(path, { max: REPORT_MAX });
  } catch {
    return undefined;
  }
}

/** Undefined for a damaged report. */
function saidBy(text: string, says: (text: string) => string): string | undefined {
  try {
    return says(text);
  } catch {
    return undefined;
  }
}

/** Moves a file to a name that is free. @returns whether it was */
async function takeName(from: string, to: string): Promise<boolean> {
  try {
    // Unlike a rename it fails where the name is taken, also by a worker that took it a moment ago.
    linkSync(from, to);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    // A file system without hard links.
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP' && code !== 'ENOSYS') throw error;
    if (statSync(to, { throwIfNoEntry: false }) !== undefined) return false;
    await rename(from, to);
    return true;
  }
  rmSync(from, { force: true });
  return true;
}

/** Makes the names in a folder durable. Where folders cannot be opened, the file system does so by itself. */
export function syncFolder(folder: string): void {
  let file: number;
  try {
    file = openSync(folder, 'r');
  } catch {
    return;
  }
  try {
    fsyncSync(file);
  } catch {
    // Some network file systems refuse it for folders.
  } finally {
    closeSync(file);
  }
}

/** Milliseconds after which a file that a dead worker has left is removed. */
const LEFT_OVER = 24 * 3600 * 1000;

/** Removes what dead workers have left. */
export function removeLeftOvers(store: string, now = Date.now()): void {
  for (const name of namesIn(stagingFolder(store))) {
    const path = join(stagingFolder(store), name);
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats !== undefined && now - stats.mtimeMs > LEFT_OVER) rmSync(path, { recursive: true, force: true });
  }
}
