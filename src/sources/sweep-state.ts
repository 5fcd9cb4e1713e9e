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
  /** The ids of what was looked at, sorted: hex, each with its line feed. */
  readonly ids: Buffer;
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

/** The same for rule sets that find the same. @param version of glaive, and whatever else must be the same */
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
    throw new GlaiveError(
      'usage',
      `the state ${path} was made with other rules, other limits or another version of glaive`,
      {
        hint,
      },
    );
  if (head.roots.length > 0 && !head.roots.some((root) => roots.includes(root)))
    throw new GlaiveError('usage', `the state ${path} is that of another repository`, { hint });
  const ids = bytes.subarray(end + 1);
  return {
    ids,
    tips: head.tips,
    found: new Map(head.found.map(([blob, secrets]) => [blob, new Set(secrets)])),
    count: Math.floor(ids.length / (head.width + 1)),
  };
}

/** @param ids sorted: hex, each with its line feed @throws GlaiveError */
export async function writeState(
  path: string,
  ids: Buffer,
  head: Pick<Head, 'rules' | 'roots' | 'tips'> & { readonly found: ReadonlyMap<string, ReadonlySet<string>> },
): Promise<void> {
  const first: Head = {
    glaive: 'sweep-state',
    version: 1,
    ...head,
    found: [...head.found].map(([blob, secrets]) => [blob, [...secrets]]),
    width: widthOf(ids),
  };
  try {
    await writeWhole(path, [`${JSON.stringify(first)}\n`, ids.toString('latin1')]);
  } catch (error) {
    throw new GlaiveError('output', `cannot write the state ${path}: ${reasonOf(error)}`, { cause: error });
  }
}

/** Those of `now` that `before` does not have. Both are sorted lines. */
export function newIds(now: Buffer, before: Buffer): string[] {
  if (now.equals(before)) return [];
  const line = widthOf(now) + 1;
  const fresh: string[] = [];
  let at = 0;
  for (let start = 0; start < now.length; start += line) {
    let order = 1;
    while (at < before.length) {
      order = now.compare(before, at, at + line, start, start + line);
      if (order <= 0) break;
      at += line;
    }
    if (at >= before.length || order !== 0) fresh.push(now.toString('latin1', start, start + line - 1));
  }
  return fresh;
}

/** Without some of them. */
export function withoutIds(ids: Buffer, some: ReadonlySet<string>): Buffer {
  if (some.size === 0) return ids;
  const lines = ids.toString('latin1').split('\n');
  return Buffer.from(lines.filter((id) => !some.has(id)).join('\n'), 'latin1');
}

function widthOf(ids: Buffer): number {
  const end = ids.indexOf(0x0a);
  return end < 0 ? 40 : end;
}

function parseHead(text: string): Head | undefined {
  try {
    const head = JSON.parse(text) as Partial<Head>;
    return head.glaive === 'sweep-state' && head.version === 1 ? (head as Head) : undefined;
  } catch {
    return undefined;
  }
}
