/**
 * What a sweep has looked at, so that the next one costs only what is new: the ids of all objects, and which of them hold
 * what secret (as fingerprints). Ids do not change with gc, repack or force pushes, and two runs at once each write
 * what they know. Holds no secret.
 */

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { reasonOf } from '../lib/errno.ts';
import { writeWhole } from '../lib/output-file.ts';
import { GlaiveError } from '../model/errors.ts';
import type { Ruleset } from '../model/ruleset.ts';

export interface SweepState {
  /** Whether an object was looked at. @param id hex */
  has(id: string): boolean;
  /** Commits whose whole history was looked at. */
  readonly tips: readonly string[];
  /** Secret fingerprints by the blobs that hold them. */
  readonly found: ReadonlyMap<string, ReadonlySet<string>>;
  readonly count: number;
}

interface Head {
  readonly glaive: 'sweep-state';
  readonly version: 1;
  readonly rules: string;
  readonly roots: readonly string[];
  readonly tips: readonly string[];
  readonly found: readonly (readonly [string, readonly string[]])[];
  readonly width: number;
}

/** The same for rule sets that find the same. @param version of glaive */
export function rulesDigest(ruleset: Ruleset, version: string): string {
  return createHash('sha256').update(version).update(JSON.stringify(ruleset.rules)).digest('hex');
}

/**
 * Reads a state; undefined where there is no file.
 *
 * @param roots the commits without parents that this repository has now
 * @throws GlaiveError when it belongs to another repository or other rules, or is no state
 */
export function readState(path: string, rules: string, roots: readonly string[]): SweepState | undefined {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new GlaiveError('usage', `cannot read the state ${path}: ${reasonOf(error)}`, { cause: error });
  }
  const end = bytes.indexOf(0x0a);
  const head = parseHead(bytes.subarray(0, Math.max(0, end)).toString('utf8'));
  const hint = 'Name another file, or delete this one: then everything is looked at again.';
  if (head === undefined) throw new GlaiveError('usage', `${path} is no state of glaive history`, { hint });
  if (head.rules !== rules)
    throw new GlaiveError('usage', `the state ${path} was made with other rules or another version of glaive`, {
      hint,
    });
  if (head.roots.length > 0 && !head.roots.some((root) => roots.includes(root)))
    throw new GlaiveError('usage', `the state ${path} is that of another repository`, { hint });
  const ids = bytes.subarray(end + 1);
  const line = head.width + 1;
  return {
    tips: head.tips,
    found: new Map(head.found.map(([blob, secrets]) => [blob, new Set(secrets)])),
    count: Math.floor(ids.length / line),
    has: (id) => contains(ids, line, id),
  };
}

/** @param ids hex, in any order */
export async function writeState(
  path: string,
  ids: readonly string[],
  head: Pick<Head, 'rules' | 'roots' | 'tips'> & { readonly found: ReadonlyMap<string, ReadonlySet<string>> },
): Promise<void> {
  const sorted = ids.toSorted();
  const first: Head = {
    glaive: 'sweep-state',
    version: 1,
    ...head,
    found: [...head.found].map(([blob, secrets]) => [blob, [...secrets]]),
    width: sorted[0]?.length ?? 40,
  };
  try {
    await writeWhole(path, pieces(first, sorted));
  } catch (error) {
    throw new GlaiveError('output', `cannot write the state ${path}: ${reasonOf(error)}`, { cause: error });
  }
}

function* pieces(head: Head, sorted: readonly string[]): Generator<string> {
  yield `${JSON.stringify(head)}\n`;
  for (let at = 0; at < sorted.length; at += 10_000) yield `${sorted.slice(at, at + 10_000).join('\n')}\n`;
}

function parseHead(text: string): Head | undefined {
  try {
    const head = JSON.parse(text) as Partial<Head>;
    return head.glaive === 'sweep-state' && head.version === 1 ? (head as Head) : undefined;
  } catch {
    return undefined;
  }
}

/** Binary search in sorted lines of one width. */
function contains(ids: Buffer, line: number, id: string): boolean {
  const wanted = Buffer.from(id, 'latin1');
  let low = 0;
  let high = Math.floor(ids.length / line);
  while (low < high) {
    const middle = (low + high) >>> 1;
    const order = ids.compare(wanted, 0, wanted.length, middle * line, middle * line + line - 1);
    if (order === 0) return true;
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return false;
}
