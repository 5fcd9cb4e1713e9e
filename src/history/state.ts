/**
 * The state of history scans, which lets the next scan read only new objects: the ids of all objects, which of them contain
 * which secret (as fingerprints), and the leaks that were reported. Ids survive gc, repack, force pushes and a deeper clone;
 * objects that are gone are forgotten. Of two runs at the same time each writes its own result. A state contains no secret.
 */

import { LF } from '../lib/bytes.ts';
import { fsErrorMessage } from '../lib/fs-error-message.ts';
import { writeWhole } from '../lib/output-file.ts';
import { readOptionalBytes } from '../lib/optional-file.ts';
import { GlaiveError } from '../model/errors.ts';
import type { KnownLeak } from '../model/known-leak.ts';
import { partitionPoint } from '../lib/binary-search.ts';

export interface HistoryState {
  /** The ids of the scanned objects, sorted: hex, each with its line feed. */
  readonly ids: Buffer;
  /** Commits whose whole history was scanned. */
  readonly tips: readonly string[];
  /** Secret fingerprints by the blobs that contain them. */
  readonly found: ReadonlyMap<string, ReadonlySet<string>>;
  /** The reported leaks, accepted or not. */
  readonly leaks: readonly KnownLeak[];
  readonly identity: Identity;
  readonly count: number;
}

/** How a state recognises its repository. Blobs do not help: unrelated repositories share many. */
export interface Identity {
  /** Ids of first commits and of tips of refs: one of them still exists, unless the whole history was rewritten. */
  readonly commits: readonly string[];
  /** Digests of the repository's location and of its remote, for a rewritten history. */
  readonly places: readonly string[];
}

/** Bytes: twenty million objects. */
const STATE_MAX = 1024 * 1024 * 1024;

interface Head {
  readonly glaive: 'history-state';
  readonly version: 2;
  readonly rules: string;
  readonly identity: Identity;
  readonly leaks: readonly KnownLeak[];
  readonly tips: readonly string[];
  readonly found: readonly (readonly [string, readonly string[]])[];
  readonly width: number;
}

/**
 * Reads a state; undefined if there is no file.
 *
 * @throws GlaiveError if it was made with other rules, or is not a state
 */
export function readState(path: string, rules: string): HistoryState | undefined {
  let bytes: Buffer | undefined;
  try {
    bytes = readOptionalBytes(path, { max: STATE_MAX });
  } catch (error) {
    throw new GlaiveError('usage', `cannot read the state ${path}: ${fsErrorMessage(error)}`, { cause: error });
  }
  if (bytes === undefined) return undefined;
  const end = bytes.indexOf(LF);
  const head = parseHead(bytes.subarray(0, Math.max(0, end)).toString('utf8'));
  if (head === undefined) throw new GlaiveError('usage', `${path} is not a state of glaive history`, { hint: AFRESH });
  if (head.rules !== rules)
    throw new GlaiveError(
      'usage',
      `the state ${path} was made with other rules or other limits, or by a version of glaive that finds something else`,
      { hint: AFRESH },
    );
  const ids = bytes.subarray(end + 1);
  return {
    ids,
    tips: head.tips,
    found: new Map(head.found.map(([blob, secrets]) => [blob, new Set(secrets)])),
    leaks: head.leaks,
    identity: head.identity,
    count: Math.floor(ids.length / (head.width + 1)),
  };
}

const AFRESH = 'Name another file, or delete this one: then everything is scanned again.';

/**
 * Returns the part of a state that this repository still has. Pruned objects are forgotten, so git is never asked for them.
 *
 * @param now the ids of all objects, sorted: hex, each with its line feed
 * @param places digests of the repository's location, as in the state
 * @throws GlaiveError if nothing shows that the state belongs to this repository
 */
export function presentPart(state: HistoryState, now: Buffer, path: string, places: readonly string[]): HistoryState {
  const isHere = (id: string): boolean => hasId(now, id);
  const found = new Map([...state.found].filter(([blob]) => isHere(blob)));
  const secrets = new Set([...found.values()].flatMap((each) => [...each]));
  const remains = ({ holder, bare, secretFingerprint }: KnownLeak): boolean =>
    holder === undefined ? secrets.has(bare ?? secretFingerprint) : isHere(holder);
  const { identity } = state;
  const isOurs =
    state.count === 0 || identity.commits.some(isHere) || identity.places.some((each) => places.includes(each));
  if (!isOurs) throw new GlaiveError('usage', `the state ${path} is that of another repository`, { hint: AFRESH });
  return { ...state, tips: state.tips.filter(isHere), found, leaks: state.leaks.filter(remains) };
}

/** Whether sorted lines contain an id. */
export function hasId(ids: Buffer, id: string): boolean {
  const line = widthOf(ids) + 1;
  if (id.length !== line - 1) return false;
  const wanted = Buffer.from(id, 'latin1');
  const idAt = (index: number): Buffer => ids.subarray(index * line, index * line + line - 1);
  const at = partitionPoint(0, ids.length / line, (index) => Buffer.compare(idAt(index), wanted) < 0);
  return wanted.equals(idAt(at));
}

/** @param ids sorted: hex, each with its line feed @throws GlaiveError */
export async function writeState(
  path: string,
  ids: Buffer,
  head: Pick<Head, 'rules' | 'identity' | 'tips' | 'leaks'> & {
    readonly found: ReadonlyMap<string, ReadonlySet<string>>;
  },
): Promise<void> {
  const first: Head = {
    glaive: 'history-state',
    version: 2,
    ...head,
    found: [...head.found].map(([blob, secrets]) => [blob, [...secrets]]),
    width: widthOf(ids),
  };
  try {
    await writeWhole(path, [`${JSON.stringify(first)}\n`, ids.toString('latin1')]);
  } catch (error) {
    throw new GlaiveError('output', `cannot write the state ${path}: ${fsErrorMessage(error)}`, { cause: error });
  }
}

/** The ids of `now` that `before` does not have. Both are sorted lines. */
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

/** The ids without some of them. */
export function withoutIds(ids: Buffer, some: ReadonlySet<string>): Buffer {
  if (some.size === 0) return ids;
  const lines = ids.toString('latin1').split('\n');
  return Buffer.from(lines.filter((id) => !some.has(id)).join('\n'), 'latin1');
}

function widthOf(ids: Buffer): number {
  const end = ids.indexOf(LF);
  return end < 0 ? 40 : end;
}

function parseHead(text: string): Head | undefined {
  try {
    const head = JSON.parse(text) as Partial<Head>;
    return head.glaive === 'history-state' && head.version === 2 ? (head as Head) : undefined;
  } catch {
    return undefined;
  }
}
