/**
 * The folder of a fleet, and what is where in it:
 *
 *     plans/ID.jsonl                what must be swept
 *     plans/ID/                     its configuration, as a file for workers
 *     state/KK/KEY.N                what was scanned, as generation N of the repository KEY
 *     report/KK/KEY.N.json          what came between the generations N and N+1
 *     report/KK/KEY.N.lost          a mark: nothing up to the generation N counts
 *     attempt/PLAN/KK/KEY.json      how the last try ended
 *     mirror/KK/KEY.git             the clone, if it is kept
 *     network/NN/NETWORK.ids        objects that forks share, and that are clean
 *     tmp/                          files until they get their names
 *     index/                        what merge makes of all that
 *
 * Everything is written under another name and renamed, so what has its name is whole.
 */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Ids of plans begin with the day, so the last in order is the newest. */
export function isPlanId(text: string): boolean {
  return /^[0-9A-Za-z][0-9A-Za-z-]{0,63}$/.test(text);
}

export function planPath(store: string, id: string): string {
  return join(store, 'plans', `${id}.jsonl`);
}

/** The ids of the plans, in ascending order. */
export function planIds(store: string): readonly string[] {
  return namesIn(join(store, 'plans'))
    .flatMap((name) => (name.endsWith('.jsonl') ? [name.slice(0, -'.jsonl'.length)] : []))
    .filter(isPlanId)
    .toSorted();
}

/** @param key of a repository; its first digits spread the files over folders */
export function statePath(store: string, key: string, generation: number): string {
  return join(store, 'state', key.slice(0, 2), `${key}.${generation}`);
}

/** @param copy from 2: another report of the same generation, of a worker that died before its state was there */
export function reportPath(store: string, key: string, generation: number, copy = 1): string {
  return join(store, 'report', key.slice(0, 2), `${key}.${generation}${copy === 1 ? '' : `.${copy}`}.json`);
}

export function lostPath(store: string, key: string, generation: number): string {
  return join(store, 'report', key.slice(0, 2), `${key}.${generation}.lost`);
}

export function attemptPath(store: string, plan: string, key: string): string {
  return join(store, 'attempt', plan, key.slice(0, 2), `${key}.json`);
}

export function mirrorPath(store: string, key: string): string {
  return join(store, 'mirror', key.slice(0, 2), `${key}.git`);
}

export function networkPath(store: string, network: string): string {
  return join(store, 'network', network.slice(0, 2), `${network}.ids`);
}

/** Where files are written before they are renamed: below the store, as a rename works on one disk only. */
export function stagingFolder(store: string): string {
  return join(store, 'tmp');
}

/** The folder with the configuration of a plan and its rule files, for workers. */
export function planConfigFolder(store: string, id: string): string {
  return join(store, 'plans', id);
}

export function indexPath(store: string, name: string): string {
  return join(store, 'index', name);
}

/** The names in a folder; none if it does not exist. @throws the file system's error */
export function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
