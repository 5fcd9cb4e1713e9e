/**
 * The state of history scans, which lets the next scan read only new objects: the ids of the scanned objects, which of them contain
 * which secret (as fingerprints), and the leaks that were reported. Ids survive gc, repack, force pushes and a deeper clone;
 * objects that are gone are forgotten. Of two runs at the same time each writes its own result. A state contains no secret.
 *
 * The file: a line of JSON, then the ids of all scanned objects, of the suspects and of those left out; in bytes, sorted.
 */

import { createHash } from 'node:crypto';
import { hasId, idsInBoth, idsWithout } from '../git/id-sets.ts';
import { SortedIds } from '../git/sorted-ids.ts';
import { LF } from '../lib/bytes.ts';
import { fsErrorMessage } from '../lib/fs-error-message.ts';
import { writeWhole } from '../lib/output-file.ts';
import { readOptionalBytes } from '../lib/optional-file.ts';
import { GlaiveError } from '../model/errors.ts';
import type { KnownLeak } from '../model/known-leak.ts';

export interface HistoryState {
  /** The scanned objects. */
  readonly ids: SortedIds;
  /** Those among them with a possible credential of any confidence, accepted or not. */
  readonly suspects: SortedIds;
  /** Those among them that a limit or a skip has left out, as a whole or in part. */
  readonly skipped: SortedIds;
  /** Commits whose whole history was scanned. */
  readonly tips: readonly string[];
  /** Secret fingerprints by the blobs that contain them. */
  readonly found: ReadonlyMap<string, ReadonlySet<string>>;
  /** Secrets of blobs that a scan has found and, because it was cut short, has not listed with their commits. */
  readonly pending: readonly string[];
  /** The reported leaks, accepted or not. */
  readonly leaks: readonly KnownLeak[];
  readonly identity: Identity;
  /** For a member of an object pool: a digest of its tips and of the pool's suspects, all of which were dealt with; else empty. */
  readonly borrowed: string;
}

/** How a state recognises its repository. Blobs do not help: unrelated repositories share many. */
export interface Identity {
  /** Ids of first commits and of tips of refs: one of them still exists, unless the whole history was rewritten. */
  readonly commits: readonly string[];
  /** Digests of the repository's location and of its remote, for a rewritten history. */
  readonly places: readonly string[];
}

/**
 * The objects that were read whole, and in which nothing was found: no finding of any confidence, before anything was accepted. Another
 * repository with the same rules and limits (`sweepDigest`) need not scan them.
 */
export function cleanIdsOf({ ids, suspects, skipped }: HistoryState): SortedIds {
  return idsWithout(idsWithout(ids, suspects), skipped);
}

/** Bytes: fifty million objects. */
const STATE_MAX = 1024 * 1024 * 1024;
const VERSION = 3;

interface Head {
  readonly glaive: 'history-state';
  readonly version: typeof VERSION;
  readonly rules: string;
  readonly identity: Identity;
  readonly leaks: readonly KnownLeak[];
  readonly tips: readonly string[];
  readonly pending: readonly string[];
  readonly found: readonly (readonly [string, readonly string[]])[];
  /** Bytes of an id. */
  readonly width: number;
  readonly borrowed: string;
  /** How many ids there are of each kind, in the order in which they follow. */
  readonly counts: readonly [all: number, suspects: number, skipped: number];
  /** SHA-256 of this line with an empty checksum, and of all ids. */
  readonly checksum: string;
}

/** A state, or why none can be used. */
export type StoredState =
  | { readonly kind: 'state'; readonly state: HistoryState }
  | { readonly kind: 'none' }
  /** `why` is a sentence that names the file. */
  | { readonly kind: 'unfit'; readonly why: string };

/**
 * Reads a state; undefined if there is no file.
 *
 * @throws GlaiveError if it was made with other rules, is damaged, or is not a state
 */
export function readState(path: string, rules: string): HistoryState | undefined {
  const stored = openState(path, rules);
  if (stored.kind === 'unfit') throw new GlaiveError('usage', stored.why, { hint: AFRESH });
  return stored.kind === 'none' ? undefined : stored.state;
}

/** The same for a caller that scans from nothing if a state does not fit. @throws GlaiveError if the file cannot be read */
export function openState(path: string, rules: string): StoredState {
  let bytes: Buffer | undefined;
  try {
    bytes = readOptionalBytes(path, { max: STATE_MAX });
  } catch (error) {
    throw new GlaiveError('usage', `cannot read the state ${path}: ${fsErrorMessage(error)}`, { cause: error });
  }
  if (bytes === undefined) return { kind: 'none' };
  const line = bytes.indexOf(LF);
  const head = parseHead(bytes.subarray(0, Math.max(0, line)).toString('utf8'));
  if (head === undefined) return { kind: 'unfit', why: `${path} is not a state of glaive history` };
  if (head === 'old') return { kind: 'unfit', why: `the state ${path} was made by another version of glaive` };
  const ids = bytes.subarray(line + 1);
  let end = 0;
  const [all, suspects, skipped] = head.counts.map((count) => {
    const start = end;
    end += count * head.width;
    return SortedIds.of(ids.subarray(start, end), head.width);
  });
  const isWhole = ids.length === end && head.checksum === checksumOf(head, [ids]);
  if (!isWhole || all === undefined || suspects === undefined || skipped === undefined)
    return { kind: 'unfit', why: `the state ${path} is damaged` };
  if (head.rules !== rules) {
    const why = `the state ${path} was made with other rules or other limits, or by a version of glaive that finds something else`;
    return { kind: 'unfit', why };
  }
  const { tips, leaks, pending, identity, borrowed } = head;
  const found = new Map(head.found.map(([blob, secrets]) => [blob, new Set(secrets)]));
  return { kind: 'state', state: { ids: all, suspects, skipped, tips, found, pending, leaks, identity, borrowed } };
}

const AFRESH = 'Name another file, or delete this one: then everything is scanned again.';

/** What of the repository of today shows whose state it is. */
export interface Here {
  readonly ids: SortedIds;
  /** For the member of an object pool, whose commits may be elsewhere: which of the {@link holdersIn} its state are there. */
  readonly elsewhere?: ReadonlySet<string> | undefined;
  readonly identity: Identity;
}

/**
 * Returns the part of a state that this repository still has. Pruned objects are forgotten, so git is never asked for them.
 *
 * @param path of the state, for errors
 * @throws GlaiveError if nothing shows that the state belongs to this repository
 */
export function presentPart(state: HistoryState, { ids, elsewhere, identity: now }: Here, path: string): HistoryState {
  const isHere = (id: string): boolean => hasId(ids, id);
  const found = new Map([...state.found].filter(([blob]) => isHere(blob)));
  const secrets = new Set([...found.values()].flatMap((each) => [...each]));
  const remains = ({ holder, bare, secretFingerprint }: KnownLeak): boolean =>
    holder === undefined ? secrets.has(bare ?? secretFingerprint) : isHere(holder) || elsewhere?.has(holder) === true;
  const { identity, tips, leaks, pending } = state;
  const isOurs =
    state.ids.length === 0 ||
    identity.commits.some((id) => isHere(id) || now.commits.includes(id)) ||
    identity.places.some((each) => now.places.includes(each));
  if (!isOurs) throw new GlaiveError('usage', `the state ${path} is that of another repository`, { hint: AFRESH });
  return {
    ids: idsInBoth(state.ids, ids),
    suspects: idsInBoth(state.suspects, ids),
    skipped: idsInBoth(state.skipped, ids),
    tips: elsewhere === undefined ? tips.filter(isHere) : tips,
    found,
    pending: pending.filter((secret) => secrets.has(secret)),
    leaks: leaks.filter(remains),
    identity,
    borrowed: state.borrowed,
  };
}

/** The objects that hold leaks of a state, besides blobs. */
export function holdersIn({ leaks }: HistoryState): string[] {
  return [...new Set(leaks.flatMap(({ holder }) => holder ?? []))];
}

/** Replaces the file as a whole. @param rules as {@link readState} compares them @throws GlaiveError */
export async function writeState(path: string, state: HistoryState, rules: string): Promise<void> {
  const { ids, suspects, skipped, identity, leaks, tips, pending, borrowed } = state;
  const head: Head = {
    glaive: 'history-state',
    version: VERSION,
    rules,
    identity,
    leaks,
    tips,
    pending,
    found: [...state.found].map(([blob, secrets]) => [blob, [...secrets]]),
    width: ids.width,
    borrowed,
    counts: [ids.length, suspects.length, skipped.length],
    checksum: '',
  };
  const parts = [ids.bytes, suspects.bytes, skipped.bytes];
  const checksum = checksumOf(head, parts);
  try {
    await writeWhole(path, [`${JSON.stringify({ ...head, checksum })}\n`, ...parts]);
  } catch (error) {
    throw new GlaiveError('output', `cannot write the state ${path}: ${fsErrorMessage(error)}`, { cause: error });
  }
}

function checksumOf(head: Head, ids: readonly Uint8Array[]): string {
  const hash = createHash('sha256').update(JSON.stringify({ ...head, checksum: '' }));
  for (const bytes of ids) hash.update(bytes);
  return hash.digest('hex');
}

/** `old`: a state of another version. */
function parseHead(text: string): Head | 'old' | undefined {
  try {
    const head = JSON.parse(text) as Partial<Omit<Head, 'version'>> & { version?: unknown };
    if (head.glaive !== 'history-state') return undefined;
    if (head.version !== VERSION) return 'old';
    const isSound =
      [20, 32].includes(head.width!) &&
      head.counts?.length === 3 &&
      head.counts.every((each) => Number.isSafeInteger(each) && each >= 0);
    return isSound === true ? (head as Head) : undefined;
  } catch {
    return undefined;
  }
}
