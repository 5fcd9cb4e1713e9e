/** The baseline on disk. */

import { join, resolve } from 'node:path';
import { reasonOf } from '../lib/errno.ts';
import { readIfThere } from '../lib/read-if-there.ts';
import { GlaiveError } from '../model/errors.ts';
import type { BaselineEntry } from '../model/suppression.ts';
import type { ReadText } from './load.ts';

const BASELINE_FILE = '.glaive-baseline';

/** Where the baseline is: what `--baseline` names, else at the base of URIs. */
export function baselinePath(named: string | undefined, cwd: string, base: string): string {
  return named === undefined ? join(base, BASELINE_FILE) : resolve(cwd, named);
}

/**
 * The entries of a baseline; none where there is no file.
 *
 * @param mustExist whether somebody named the file
 * @param read default: as it stands on the disk
 * @throws GlaiveError (`config`) that names file and line: a broken baseline is never ignored
 */
export async function readBaseline(
  path: string,
  mustExist: boolean,
  read: ReadText = readIfThere,
): Promise<readonly BaselineEntry[]> {
  let text: string | undefined;
  try {
    text = await read(path);
  } catch (error) {
    throw new GlaiveError('config', `cannot read the baseline ${path}: ${reasonOf(error)}`, { cause: error });
  }
  if (text === undefined) {
    if (!mustExist) return [];
    throw new GlaiveError('config', `cannot read the baseline ${path}: no such file`, {
      hint: 'glaive baseline writes one.',
    });
  }
  const { parseBaseline } = await import('./baseline.ts');
  const parsed = parseBaseline(text);
  if (parsed.ok) return parsed.entries;
  throw new GlaiveError('config', `${path}:${parsed.line}: ${parsed.message}`, {
    hint: 'Mend the line, or take it out.',
  });
}
