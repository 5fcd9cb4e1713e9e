/** `glaive fleet plan --since-last`: what need not be swept again, in nights that went well and badly. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Attempt, Outcome } from '../../../src/fleet/attempt.ts';
import type { Plan, PlanItem } from '../../../src/fleet/plan.ts';
import { attemptPath, planPath, reportPath } from '../../../src/fleet/store.ts';
import { fakeInstance } from '../../support/fake-instance.ts';
import { type Fleet, makeFleet } from '../../support/fleet.ts';
import { type Planned, planned } from '../../support/planned.ts';
import { tokenMint } from '../../support/scan-report.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const OWN = tokenMint(80)();
const DAY = 86_400;
/** The first second of a day. */
const START = Math.floor(1_800_000_000 / DAY) * DAY;

/** Nights of one store. */
class Nights {
  readonly store = join(tempFolder(), 'store');
  readonly #args: readonly string[];
  readonly #env: Readonly<Record<string, string>>;
  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.#args = args;
    this.#env = env;
  }

  async plan(day: number, ...flags: readonly string[]): Promise<Planned> {
    const env = { ...this.#env, SOURCE_DATE_EPOCH: String(START + day * DAY) };
    const made = await planned([...this.#args, '--since-last', ...flags], { store: this.store, env });
    expect(made.stderr).toBe('');
    return made;
  }

  /** Plans and sweeps everything that is to be swept. @returns what was */
  async night(day: number, ...flags: readonly string[]): Promise<readonly PlanItem[]> {
    const { plan } = await this.plan(day, ...flags);
    return this.sweep(plan!);
  }

  sweep(plan: Plan, outcome: (item: PlanItem) => Outcome | undefined = () => 'whole'): readonly PlanItem[] {
    const items = toSweep(plan);
    for (const item of items) {
      const how = outcome(item);
      if (how === undefined) continue;
      const path = attemptPath(this.store, plan.head.id, item.key);
      mkdirSync(dirname(path), { recursive: true });
      const attempt: Attempt = {
        try: 1,
        outcome: how,
        code: 0,
        generation: 1,
        seconds: 1,
        at: plan.head.at,
        worker: 'w',
      };
      writeFileSync(path, JSON.stringify(attempt));
      // Without its report a sweep does not count.
      const report = reportPath(this.store, item.key, 0);
      mkdirSync(dirname(report), { recursive: true });
      writeFileSync(report, '{}');
    }
    return items;
  }
}

const toSweep = ({ items }: Pick<Plan, 'items'>): PlanItem[] =>
  items.filter(({ unchanged, nothing }) => unchanged === undefined && nothing === undefined);

function storage(alone = 8): Fleet {
  return makeFleet(tempFolder(), { seed: 3, alone, pools: 1, members: 2, leaks: 1, packed: 3 });
}

describe('a storage on disk', () => {
  it('is swept once; then only what has changed', async () => {
    const fleet = storage();
    const nights = new Nights(['--disk', fleet.root]);
    expect((await nights.night(0)).length).toBe(11);
    expect(await nights.night(1)).toEqual([]);
    fleet.leakInto(fleet.repositories[5]!);
    expect((await nights.night(2)).map(({ dir }) => dir)).toEqual([fleet.repositories[5]!.dir]);
    // Weeks later: nothing is due by itself.
    const { items, stdout } = await nights.plan(40);
    expect(toSweep({ items })).toEqual([]);
    expect(items.find(({ dir }) => dir === fleet.repositories[5]!.dir)).toMatchObject({ unchanged: 1 });
    expect(stdout).toMatch(/11 unchanged since their last whole sweep\n +0 to sweep|11 unchanged/);
  });

  it('is swept again where the last sweep was not whole, or did not happen', async () => {
    const fleet = storage();
    const nights = new Nights(['--disk', fleet.root]);
    const first = (await nights.plan(0)).plan!;
    const outcomes: (Outcome | undefined)[] = ['whole', 'empty', 'gaps', 'killed', 'timeout', 'no-access', undefined];
    const of = (item: PlanItem): Outcome | undefined => outcomes[first.items.indexOf(item) % outcomes.length];
    nights.sweep(first, of);
    const expected = first.items.filter((item) => !['whole', 'empty'].includes(of(item) ?? ''));
    const second = (await nights.plan(1)).plan!;
    expect(toSweep(second).map(({ key }) => key)).toEqual(expected.map(({ key }) => key));
    // A night without workers: what was known before still counts.
    expect(toSweep((await nights.plan(2)).plan!).map(({ key }) => key)).toEqual(expected.map(({ key }) => key));
    nights.sweep(second);
    expect(await nights.night(3)).toEqual([]);
  });

  it('is swept again after what was recorded before the change, not after', async () => {
    const fleet = storage();
    const nights = new Nights(['--disk', fleet.root]);
    const { plan } = await nights.plan(0);
    // A push between plan and sweep: the sweep may have seen it or not.
    fleet.leakInto(fleet.repositories[4]!);
    nights.sweep(plan!);
    expect((await nights.night(1)).map(({ dir }) => dir)).toEqual([fleet.repositories[4]!.dir]);
    expect(await nights.night(2)).toEqual([]);
  });

  it('with --all-every: each once in the period, not all on one day, and after a missed day', async () => {
    const fleet = storage(17);
    const nights = new Nights(['--disk', fleet.root]);
    await nights.night(0, '--all-every', '5d');
    const swept: number[] = [];
    const keys: string[] = [];
    for (let day = 1; day <= 5; day++) {
      const items = await nights.night(day, '--all-every', '5');
      swept.push(items.length);
      keys.push(...items.map(({ key }) => key));
      // A second plan of the same day has nothing more.
      expect(await nights.night(day, '--all-every', '5')).toEqual([]);
    }
    expect(new Set(keys).size).toBe(20);
    expect(Math.max(...swept)).toBeLessThan(16);
    expect((await nights.night(30, '--all-every', '5d')).length).toBe(20);
    expect((await nights.night(30, '--all-every', '0d')).length).toBe(20);
  });

  it('with new rules: everything at once, or spread over --all-every, with what is stale marked', async () => {
    const fleet = storage(17);
    const once = new Nights(['--disk', fleet.root]);
    await once.night(0);
    expect((await once.night(1, '--archives')).length).toBe(20);
    expect(await once.night(2, '--archives')).toEqual([]);

    const spread = new Nights(['--disk', fleet.root]);
    await spread.night(0);
    await spread.night(200);
    const keys: string[] = [];
    for (let day = 201; day < 205; day++) {
      const { plan } = await spread.plan(day, '--archives', '--all-every', '4');
      const items = spread.sweep(plan!);
      expect(items.length).toBeLessThan(16);
      keys.push(...items.map(({ key }) => key));
      expect(plan!.items.filter(({ stale }) => stale !== undefined).length).toBe(20 - keys.length);
    }
    expect([keys.length, new Set(keys).size]).toEqual([20, 20]);
    // Without --all-every what is left is swept at once.
    const other = new Nights(['--disk', fleet.root]);
    await other.night(0);
    const some = await other.night(1, '--archives', '--all-every', '4');
    expect(some.length + (await other.night(2, '--archives')).length).toBe(20);
  });

  it('with damaged files of earlier nights: swept again', async () => {
    const fleet = storage();
    const nights = new Nights(['--disk', fleet.root]);
    const { plan } = await nights.plan(0);
    const [first] = nights.sweep(plan!);
    writeFileSync(attemptPath(nights.store, plan!.head.id, first!.key), '{"try":');
    expect((await nights.plan(1)).items.filter(({ unchanged }) => unchanged === undefined)).toMatchObject([
      { key: first!.key },
    ]);
    writeFileSync(planPath(nights.store, plan!.head.id), '{"glaive":"fleet-plan"');
    const others = (await nights.plan(2)).plan!;
    expect(toSweep(others).map(({ key }) => key)).toEqual([first!.key]);
  });

  it('of another root, or in another store, counts for itself', async () => {
    const [a, b] = [storage(), storage()];
    const nights = new Nights(['--disk', a.root]);
    await nights.night(0);
    const other = await planned(['--disk', b.root, '--since-last'], { store: nights.store });
    expect(toSweep(other).length).toBe(11);
    expect(await nights.night(1)).toEqual([]);
  });
});

it('of a GitLab: by activity, with two days to spare, and all of them every week', async () => {
  const fake = await fakeInstance(OWN);
  const at = (day: number): string => new Date((START + day * DAY) * 1000).toISOString();
  fake.projects = Array.from({ length: 30 }, (_, index) => ({
    id: index + 1,
    path: `a/p-${index}`,
    activity: at(-30),
  }));
  const nights = new Nights(['--gitlab-url', fake.url], { GLAIVE_GITLAB_TOKEN: OWN });
  expect((await nights.night(0)).length).toBe(30);
  const changed = (items: readonly PlanItem[]): number[] =>
    items.map(({ project }) => project!).filter((id) => id <= 2);
  fake.projects[0] = { ...fake.projects[0]!, activity: at(0.1) };
  fake.projects[1] = { ...fake.projects[1]!, activity: at(-1) };
  const swept = await nights.night(1);
  expect(changed(swept)).toEqual(expect.arrayContaining([1, 2]));
  expect(swept.length).toBeLessThan(20);
  const rest: number[] = [];
  for (let day = 2; day <= 7; day++) rest.push(...(await nights.night(day)).map(({ project }) => project!));
  expect(new Set([...swept.map(({ project }) => project!), ...rest]).size).toBe(30);
});
