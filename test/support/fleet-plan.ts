/** A plan for a storage that a test has made, and what its sweeps have found. */

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { detectionOf } from '../../src/fleet/detection.ts';
import { type PlanHead, type PlanItem, writePlan } from '../../src/fleet/plan.ts';
import { builtinRuleset } from '../../src/rules/builtin.ts';
import type { Fleet, FleetRepository } from './fleet.ts';

export function keyOfPlace(place: string): string {
  return createHash('sha256').update(`disk\0${place}`).digest('hex').slice(0, 24);
}

export interface PlanOptions {
  readonly id?: string;
  readonly detection?: string;
  /** Changes an item, or leaves it as it is. */
  readonly change?: (item: PlanItem, repository: FleetRepository) => PlanItem;
}

/** Writes a plan of all repositories. @returns its head and its items */
export async function planOf(
  { root, repositories }: Pick<Fleet, 'root' | 'repositories'>,
  store: string,
  { id = 'p1', detection, change = (item) => item }: PlanOptions = {},
): Promise<{ readonly head: PlanHead; readonly items: readonly PlanItem[] }> {
  const items = repositories.map((each) => {
    const { place, project, path, dir, pool, isPool } = each;
    return change(
      {
        key: keyOfPlace(place),
        project,
        path,
        dir,
        ...(pool === undefined ? {} : { network: keyOfPlace(pool) }),
        ...(isPool ? { isPool } : {}),
      },
      each,
    );
  });
  const options = { archives: false };
  const head: PlanHead = {
    glaive: 'fleet-plan',
    version: 1,
    id,
    at: '2027-01-15T08:00:00.000Z',
    detection: detection ?? detectionOf(builtinRuleset(), options),
    options,
    source: { kind: 'disk', root },
    items: items.length,
  };
  await writePlan(store, { head, items });
  return { head, items };
}

/** The fingerprints of the secrets in all reports of a repository, ascending. */
export function secretsIn(store: string, key: string): string[] {
  const secrets = reportsOf(store, key).flatMap(({ findings }) => findings.map((each) => each.secretFingerprint));
  return [...new Set(secrets)].toSorted();
}

export interface StoredReport {
  readonly name: string;
  readonly findings: readonly { readonly secretFingerprint: string; readonly ruleId: string }[];
  readonly gaps: readonly { readonly kind: string; readonly message: string }[];
  readonly notes: readonly string[];
}

/** The reports of a repository, in the order of their names. */
export function reportsOf(store: string, key: string): StoredReport[] {
  return filesOf(join(store, 'report', key.slice(0, 2)), key).map((path) => ({
    ...(JSON.parse(readFileSync(path, 'utf8')) as Omit<StoredReport, 'name'>),
    name: path.slice(path.lastIndexOf(key) + key.length + 1),
  }));
}

/** The generations that a repository has states of. */
export function generationsOf(store: string, key: string): number[] {
  return filesOf(join(store, 'state', key.slice(0, 2)), key).map((path) =>
    Number(path.slice(path.lastIndexOf('.') + 1)),
  );
}

function filesOf(folder: string, key: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.startsWith(`${key}.`))
    .toSorted()
    .map((name) => join(folder, name));
}
