/** Plans of a fleet, as a command wrote them. */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Plan, type PlanItem, nameOf, readPlan } from '../../src/fleet/plan.ts';
import { glaive, type Ran, type RunOptions } from './run-cli.ts';
import { tempFolder } from './temp-folder.ts';

export interface Planned extends Ran {
  readonly store: string;
  /** The plan that was written; undefined if there is not one. */
  readonly plan: Plan | undefined;
  readonly items: readonly PlanItem[];
  /** The names of its repositories, as people see them. */
  readonly names: readonly string[];
}

/** Runs `glaive fleet plan`, and reads the newest plan of the store. */
export async function planned(
  argv: readonly string[],
  { store = join(tempFolder(), 'store'), ...options }: RunOptions & { readonly store?: string } = {},
): Promise<Planned> {
  const before = plansIn(store);
  const ran = await glaive(['fleet', 'plan', '--store', store, ...argv], options);
  const made = plansIn(store).find((name) => !before.includes(name));
  const plan = made === undefined ? undefined : readPlan(store, made.replace(/\.jsonl$/, ''));
  const items = plan?.items ?? [];
  return { ...ran, store, plan, items, names: items.map(nameOf) };
}

function plansIn(store: string): string[] {
  try {
    return readdirSync(join(store, 'plans'));
  } catch {
    return [];
  }
}
