/**
 * What forks need not scan again. Members of an object pool scan their own objects, and those of the pool that are not clean. Forks that
 * are clones leave out the objects that others of their network have, and that are clean.
 *
 * Only sweeps with the same detection share anything. The files of networks have one writer, `merge`; workers read what is there.
 */

import { createHash } from 'node:crypto';
import { idsOfBoth } from '../git/id-sets.ts';
import { SortedIds } from '../git/sorted-ids.ts';
import { type PoolMember, suspectsOf } from '../history/pool.ts';
import { cleanIdsOf, type HistoryState, openState } from '../history/state.ts';
import { LF } from '../lib/bytes.ts';
import { readOptionalBytes } from '../lib/optional-file.ts';
import { writeWhole } from '../lib/output-file.ts';
import { readAttempt } from './attempt.ts';
import { highestGeneration } from './generations.ts';
import type { Plan, PlanHead, PlanItem } from './plan.ts';
import { networkPath, statePath } from './store.ts';

export interface Shared {
  readonly known?: SortedIds;
  readonly own?: PoolMember;
}

export interface SharingOptions {
  readonly store: string;
  readonly head: PlanHead;
  /** The pool is the one that was swept whole in an earlier plan. */
  readonly isPoolUnchanged: boolean;
}

/** What a repository need not scan; nothing is always right, and costs more. */
export function sharedOf({ key, network, isPool, dir }: PlanItem, options: SharingOptions): Shared {
  if (network === undefined || network === key || isPool === true) return {};
  const { store, head, isPoolUnchanged } = options;
  if (head.source.kind === 'disk') {
    // The objects of a pool that could not be swept tonight are scanned with each member.
    if (!isPoolUnchanged && readAttempt(store, head.id, network)?.outcome !== 'whole') return {};
    const pool = stateOf(store, network, head.detection);
    if (pool === undefined || pool.tips.length === 0) return {};
    return { own: { storage: head.source.root, suspects: suspectsOf(pool), complete: pool.tips } };
  }
  if (dir !== undefined) return {};
  const known = readNetwork(store, network, head.detection) ?? cleanIn(stateOf(store, network, head.detection));
  return known === undefined ? {} : { known };
}

function cleanIn(state: HistoryState | undefined): SortedIds | undefined {
  return state === undefined ? undefined : cleanIdsOf(state);
}

/** Undefined without one that fits. */
function stateOf(store: string, key: string, detection: string): HistoryState | undefined {
  const generation = highestGeneration(store, key);
  if (generation === 0) return undefined;
  const stored = openState(statePath(store, key, generation), detection);
  return stored.kind === 'state' ? stored.state : undefined;
}

interface Head {
  readonly glaive: 'fleet-network';
  readonly version: 1;
  readonly detection: string;
  /** The states that it was made of. */
  readonly from: string;
  /** Bytes of an id. */
  readonly width: number;
  readonly count: number;
  /** SHA-256 of the ids. */
  readonly checksum: string;
}

/** Bytes. */
const NETWORK_MAX = 2 * 1024 * 1024 * 1024 - 1;

/** The clean ids of a network; undefined without a file that fits. */
function readNetwork(store: string, network: string, detection: string): SortedIds | undefined {
  const bytes = readOptionalBytes(networkPath(store, network), { max: NETWORK_MAX });
  if (bytes === undefined) return undefined;
  const head = headOf(bytes);
  const ids = bytes.subarray(bytes.indexOf(LF) + 1);
  if (head?.detection !== detection || ids.length !== head.width * head.count || head.checksum !== checksumOf(ids))
    return undefined;
  return SortedIds.of(ids, head.width);
}

function headOf(bytes: Buffer): Head | undefined {
  try {
    const head = JSON.parse(bytes.toString('utf8', 0, Math.max(0, bytes.indexOf(LF)))) as Partial<Head>;
    return head.glaive === 'fleet-network' && head.version === 1 ? (head as Head) : undefined;
  } catch {
    return undefined;
  }
}

function checksumOf(ids: Uint8Array): string {
  return createHash('sha256').update(ids).digest('hex');
}

/**
 * Writes the clean ids of each network of clones, for the next plan. One process does so at a time.
 *
 * @throws the file system's error
 */
export async function writeNetworks(store: string, { head, items }: Plan): Promise<void> {
  if (head.source.kind === 'disk') return;
  const networks = new Map<string, string[]>();
  for (const { key, network = key, dir } of items) {
    if (dir !== undefined) continue;
    const members = networks.get(network);
    if (members === undefined) networks.set(network, [key]);
    else members.push(key);
  }
  for (const [network, members] of networks)
    if (members.length > 1) await writeNetwork(store, network, members, head.detection);
}

async function writeNetwork(store: string, network: string, members: readonly string[], detection: string) {
  const path = networkPath(store, network);
  const states = members.map((key) => `${key}.${highestGeneration(store, key)}`).join('\n');
  const from = createHash('sha256').update(states).digest('hex');
  const before = readOptionalBytes(path, { max: NETWORK_MAX });
  const last = before === undefined ? undefined : headOf(before);
  if (last?.from === from && last.detection === detection) return;
  let ids: SortedIds | undefined;
  for (const key of members) {
    const clean = cleanIn(stateOf(store, key, detection));
    if (clean === undefined || clean.length === 0) continue;
    // The objects of a repository with the other hash algorithm have other ids.
    if (ids === undefined || ids.width === clean.width) ids = ids === undefined ? clean : idsOfBoth(ids, clean);
  }
  if (ids === undefined) return;
  const first: Head = {
    glaive: 'fleet-network',
    version: 1,
    detection,
    from,
    width: ids.width,
    count: ids.length,
    checksum: checksumOf(ids.bytes),
  };
  await writeWhole(path, [`${JSON.stringify(first)}\n`, ids.bytes], { mode: 0o600, makeFolders: true });
}
