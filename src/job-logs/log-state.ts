/** Which jobs of a project were scanned, and what was found in them: the next run scans the new ones. It contains no secret. */

import { createHash } from 'node:crypto';
import { fsErrorMessage } from '../lib/fs-error-message.ts';
import { writeWhole } from '../lib/output-file.ts';
import { readOptionalFile } from '../lib/optional-file.ts';
import { GlaiveError } from '../model/errors.ts';
import type { KnownLeak } from '../model/known-leak.ts';

export interface LogState {
  /** All jobs up to this id were scanned. */
  readonly until: number;
  /** Later jobs that were scanned. */
  readonly done: ReadonlySet<number>;
  /** Everything that was reported, accepted or not; the holder of each is the id of its job. */
  readonly leaks: readonly KnownLeak[];
}

interface Stored {
  readonly glaive: 'log-state';
  readonly version: 2;
  /** Rules, server and project: a state is for those alone. */
  readonly key: string;
  readonly until: number;
  readonly done: readonly number[];
  readonly leaks: readonly KnownLeak[];
}

/** Bytes: some million jobs. */
const STATE_MAX = 64 * 1024 * 1024;

const NOTHING: LogState = { until: 0, done: new Set(), leaks: [] };

/** @param parts rules, server and project */
export function stateKey(...parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\0')).digest('hex');
}

/** Reads a state; an empty one if there is no file. @throws GlaiveError for another kind of file, or another key */
export function readLogState(path: string, key: string): LogState {
  const hint = 'Name another file, or delete this one: then everything is scanned again.';
  let text: string | undefined;
  try {
    text = readOptionalFile(path, { max: STATE_MAX });
  } catch (error) {
    throw new GlaiveError('usage', `cannot read the state ${path}: ${fsErrorMessage(error)}`, { cause: error });
  }
  if (text === undefined) return NOTHING;
  const stored = parse(text);
  if (stored === undefined) throw new GlaiveError('usage', `${path} is not a state of glaive logs`, { hint });
  if (stored.key !== key)
    throw new GlaiveError(
      'usage',
      `the state ${path} is that of another project or other rules, or of a version of glaive that finds something else`,
      {
        hint,
      },
    );
  return { until: stored.until, done: new Set(stored.done), leaks: stored.leaks };
}

/** @throws GlaiveError */
export async function writeLogState(path: string, key: string, { until, done, leaks }: LogState): Promise<void> {
  const stored: Stored = {
    glaive: 'log-state',
    version: 2,
    key,
    until,
    done: [...done].filter((id) => id > until).toSorted((a, b) => a - b),
    leaks,
  };
  try {
    await writeWhole(path, [`${JSON.stringify(stored)}\n`]);
  } catch (error) {
    throw new GlaiveError('output', `cannot write the state ${path}: ${fsErrorMessage(error)}`, { cause: error });
  }
}

function parse(text: string): Stored | undefined {
  try {
    const stored = JSON.parse(text) as Partial<Stored>;
    const isState =
      stored.glaive === 'log-state' &&
      stored.version === 2 &&
      Number.isSafeInteger(stored.until) &&
      Array.isArray(stored.leaks) &&
      Array.isArray(stored.done) &&
      stored.done.every((id) => Number.isSafeInteger(id));
    return isState ? (stored as Stored) : undefined;
  } catch {
    return undefined;
  }
}
