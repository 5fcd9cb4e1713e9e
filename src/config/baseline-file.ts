/** Finds and reads the baseline file. */

import { resolve } from 'node:path';
import { fsErrorMessage } from '../lib/fs-error-message.ts';
import { readOptionalFile } from '../lib/optional-file.ts';
import { UnfitFile } from '../lib/unfit-file.ts';
import { GlaiveError } from '../model/errors.ts';
import type { BaselineEntry } from '../model/suppression.ts';
import { type ReadText, repositoryFile, UNFIT_HINT } from './load.ts';
import { defaultBaseline } from './places.ts';

/**
 * The entries of the baseline before glaive rewrites it: that of the repository, or the one that the user names.
 *
 * @throws GlaiveError (`config`)
 */
export async function knownBaseline(
  named: string | undefined,
  cwd: string,
  base: string,
): Promise<readonly BaselineEntry[]> {
  const read = named === undefined ? repositoryFile(base, { max: BASELINE_MAX }) : undefined;
  return await readBaseline(baselinePath(named, cwd, base), false, read);
}

/** Bytes: some hundred thousand lines. */
export const BASELINE_MAX = 64 * 1024 * 1024;

/** The path of the baseline: the one that `--baseline` names, else at the base of URIs. */
export function baselinePath(named: string | undefined, cwd: string, base: string): string {
  return named === undefined ? defaultBaseline(base) : resolve(cwd, named);
}

/**
 * The entries of a baseline; none where there is no file.
 *
 * @param mustExist whether the user named the file
 * @param read default: from the disk, through any link
 * @throws GlaiveError (`config`) that names file and line: a broken baseline is never ignored
 */
export async function readBaseline(
  path: string,
  mustExist: boolean,
  read: ReadText = (file) => readOptionalFile(file, { max: BASELINE_MAX }),
): Promise<readonly BaselineEntry[]> {
  let text: string | undefined;
  try {
    text = await read(path);
  } catch (error) {
    if (error instanceof GlaiveError) throw error;
    throw new GlaiveError('config', `cannot read the baseline ${path}: ${fsErrorMessage(error)}`, {
      ...(error instanceof UnfitFile ? { hint: UNFIT_HINT } : {}),
      cause: error,
    });
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
    hint: 'Correct the line, or delete it.',
  });
}
