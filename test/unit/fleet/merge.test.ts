/** The fold of many nights into one index. */

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readIndex } from '../../../src/fleet/merge/fold.ts';
import { mergeStore } from '../../../src/fleet/merge/merge.ts';
import type { FindingRow, RepositoryRow } from '../../../src/fleet/merge/rows.ts';
import { readPlan } from '../../../src/fleet/plan.ts';
import { reportPath, statePath } from '../../../src/fleet/store.ts';
import { createTextRedactor } from '../../../src/scan/redact-text.ts';
import {
  keyOf,
  type MadeFinding,
  makeAttempt,
  makePlan,
  makeReport,
  makeState,
  type Night,
  sweep,
} from '../../support/fleet-store.ts';
import { runs } from '../../support/runs.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const redact = createTextRedactor();

const night = (day: number): Night => ({
  plan: `2026110${day}-a`,
  at: `2026-11-0${day}T02:00:00.000Z`,
});
const planned = async (store: string, day: number, items: Parameters<typeof makePlan>[3]) =>
  await makePlan(store, night(day).plan, `2026-11-0${day}T01:00:00.000Z`, items);
const merge = async (store: string, plan?: string) =>
  await mergeStore(store, readPlan(store, plan), { failOn: 'likely', redact });

function index(store: string): { repositories: Record<string, RepositoryRow>; findings: FindingRow[] } {
  const all = [...readIndex(store)];
  return {
    repositories: Object.fromEntries(all.map(({ row }) => [row.name, row])),
    findings: all.flatMap(({ findings }) => findings),
  };
}

const statuses = (store: string): Record<string, string> =>
  Object.fromEntries(index(store).findings.map(({ name, uri, status }) => [`${name} ${uri}`, status]));
const bytes = (store: string): string[] =>
  readdirSync(join(store, 'index'))
    .toSorted()
    .map((name) => `${name}: ${readFileSync(join(store, 'index', name), 'utf8')}`);

const A: MadeFinding = { secret: 'a' };
const B: MadeFinding = { secret: 'b' };
const C: MadeFinding = { secret: 'c' };

describe('what a plan says about each repository', () => {
  it('names everything that has no whole result', async () => {
    const store = tempFolder();
    await planned(store, 1, [
      'whole',
      'gaps',
      'killed',
      'missing',
      'lost',
      { path: 'same', unchanged: 3 },
      { path: 'empty', nothing: 'empty' },
      'emptied',
    ]);
    sweep(store, night(1), 'whole', 0);
    sweep(store, night(1), 'gaps', 0, { gaps: ['a blob is damaged'] });
    makeReport(store, 'same', [2], { at: night(1).at });
    makeAttempt(store, night(1).plan, 'killed', { outcome: 'killed', try: 3, reason: 'signal 9' });
    makeAttempt(store, night(1).plan, 'lost', {});
    makeAttempt(store, night(1).plan, 'emptied', { outcome: 'empty' });
    const { summary, code } = await merge(store);
    expect(code).toBe(2);
    expect(summary.isComplete).toBe(false);
    expect(summary.repositories).toEqual({
      planned: 8,
      whole: 1,
      gaps: 1,
      failed: 1,
      missing: 2,
      unchanged: 1,
      nothing: 2,
      stale: 0,
    });
    expect(summary.broken.map(({ name, status, reason }) => `${name} ${status} ${reason}`)).toEqual([
      'killed failed signal 9',
      'lost missing its report is gone',
      'missing missing undefined',
      'gaps gaps undefined',
    ]);
  });

  it('exits with 1 for findings, and with 0 without', async () => {
    const store = tempFolder();
    await planned(store, 1, ['one']);
    sweep(store, night(1), 'one', 0, { findings: [{ ...A, accepted: true }] });
    expect((await merge(store)).code).toBe(0);
    await planned(store, 2, ['one']);
    sweep(store, night(2), 'one', 1, { findings: [B], known: [] });
    expect((await merge(store)).code).toBe(1);
    const plan = readPlan(store, undefined);
    expect((await mergeStore(store, plan, { failOn: 'proven', redact })).code).toBe(0);
    expect(await mergeStore(store, plan, { failOn: 'active', redact })).toMatchObject({ code: 2, unasked: 1 });
  });

  it('keeps what other plans have found, as stale', async () => {
    const store = tempFolder();
    await planned(store, 1, ['one', 'two']);
    sweep(store, night(1), 'one', 0, { findings: [A] });
    sweep(store, night(1), 'two', 0, { findings: [B] });
    await merge(store);
    await planned(store, 2, ['two']);
    const { summary, code } = await merge(store);
    expect([code, summary.repositories.stale, summary.repositories.missing]).toEqual([2, 1, 1]);
    expect(statuses(store)).toEqual({ 'one config/a.env': 'stale', 'two config/b.env': 'stale' });
  });

  it('a damaged report is a gap until a newer one lists everything again, and nothing is deleted', async () => {
    const store = tempFolder();
    await planned(store, 1, ['one']);
    sweep(store, night(1), 'one', 0);
    await planned(store, 2, ['one']);
    sweep(store, night(2), 'one', 1);
    const path = reportPath(store, keyOf('one'), 1);
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.slice(0, 100));
    makeState(store, 'one', 1);
    const { summary } = await merge(store);
    expect(summary.broken).toMatchObject([{ status: 'gaps', reason: 'its report 1 is damaged' }]);
    expect(existsSync(statePath(store, keyOf('one'), 1))).toBe(true);
    expect((await merge(store)).summary).toEqual(summary);
    sweep(store, night(2), 'one', 2);
    expect((await merge(store)).code).toBe(0);
  });
});

describe('findings over time', () => {
  it('are new once, then known; what is not in HEAD is not fixed, what is pruned is no longer stored', async () => {
    const store = tempFolder();
    await planned(store, 1, ['one']);
    const old = { ...B, inHead: false };
    sweep(store, night(1), 'one', 0, { findings: [A, old, C] });
    await merge(store);
    expect(statuses(store)).toEqual({
      'one config/a.env': 'new',
      'one config/b.env': 'new',
      'one config/c.env': 'new',
    });
    await planned(store, 2, ['one']);
    sweep(store, night(2), 'one', 1, { known: [A, old] });
    const { summary } = await merge(store);
    expect(statuses(store)).toEqual({
      'one config/a.env': 'known',
      'one config/b.env': 'gone-from-head',
      'one config/c.env': 'no-longer-stored',
    });
    expect(summary.findings).toMatchObject({ open: 2, new: 0 });
    const [first] = index(store).findings;
    expect(first).toMatchObject({ firstPlan: night(1).plan, firstSeen: night(1).at });
  });

  it('an issuer decides: inactive is fixed, active stays active', async () => {
    const store = tempFolder();
    await planned(store, 1, ['one']);
    sweep(store, night(1), 'one', 0, {
      findings: [
        { ...A, tokenStatus: 'active', checkedAt: night(1).at },
        { ...B, tokenStatus: 'inactive', checkedAt: night(1).at },
      ],
    });
    expect((await merge(store)).summary.findings).toMatchObject({ open: 1, active: 1 });
    await planned(store, 2, ['one']);
    // Found again, and not asked about.
    sweep(store, night(2), 'one', 1, { findings: [A, B] });
    await merge(store);
    expect(statuses(store)).toEqual({ 'one config/a.env': 'active', 'one config/b.env': 'fixed' });
    const checked = new Map(
      index(store).findings.map((each) => [
        `${each.key} ${each.fingerprint} ${each.kind}`,
        { tokenStatus: 'inactive' as const, tokenStatusReason: 'revoked', checkedAt: night(3).at },
      ]),
    );
    await mergeStore(store, readPlan(store, undefined), { failOn: 'likely', redact, checked });
    expect(new Set(Object.values(statuses(store)))).toEqual(new Set(['fixed']));
    // Kept without being asked again.
    await merge(store);
    expect(index(store).findings.map(({ severity, checkedAt }) => [severity, checkedAt])).toEqual([
      ['low', night(3).at],
      ['low', night(3).at],
    ]);
  });

  it('of two reports of one generation the union counts, also if one comes late', async () => {
    const store = tempFolder();
    await planned(store, 1, ['one']);
    sweep(store, night(1), 'one', 0, { findings: [A] });
    await merge(store);
    makeReport(store, 'one', [0, 2], { at: '2026-11-01T02:30:00.000Z', findings: [B] });
    expect((await merge(store)).summary.findings.open).toBe(2);
    expect(statuses(store)).toEqual({ 'one config/a.env': 'new', 'one config/b.env': 'new' });
  });

  it('a secret in many repositories is one', async () => {
    const store = tempFolder();
    const names = Array.from({ length: 40 }, (_, at) => `fork-${at}/project`);
    await planned(store, 1, names);
    for (const name of names) sweep(store, night(1), name, 0, { findings: [A, { secret: name }] });
    const { summary } = await merge(store);
    expect(summary.secrets).toEqual({ open: 41, shared: 1 });
    expect(summary.sharedSecrets).toMatchObject([{ repositories: 40, places: 40, names: { length: 5 } }]);
  });
});

describe('the index', () => {
  it('is the same after a second merge, and keeps only what is needed of states and empty reports', async () => {
    const store = tempFolder();
    for (const day of [1, 2, 3]) {
      await planned(store, day, ['one', 'two']);
      sweep(store, night(day), 'one', day - 1, day === 1 ? { findings: [A] } : { known: [A] });
      sweep(store, night(day), 'two', day - 1);
    }
    await merge(store);
    const before = bytes(store);
    const left = (name: string): string[] =>
      ['report', 'state'].flatMap((folder) =>
        readdirSync(join(store, folder, keyOf(name).slice(0, 2))).map((each) => `${folder} ${each.slice(25)}`),
      );
    expect(left('one').toSorted()).toEqual(['report 0.json', 'report 2.json', 'state 3']);
    expect(left('two').toSorted()).toEqual(['report 2.json', 'state 3']);
    await merge(store);
    expect(bytes(store)).toEqual(before);
  });

  it('is made again from the reports where it is damaged', async () => {
    const store = tempFolder();
    await planned(store, 1, ['one']);
    sweep(store, night(1), 'one', 0, { findings: [A] });
    await merge(store);
    const path = join(store, 'index', 'findings.jsonl');
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.slice(0, 40));
    expect(await merge(store)).toMatchObject({ code: 1, repaired: 1 });
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it('does not depend on when the reports were merged', async () => {
    const secrets = ['a', 'b', 'c', 'd'];
    const nights = fc.array(
      fc.record({
        one: fc.option(fc.subarray(secrets), { nil: undefined }),
        two: fc.option(fc.subarray(secrets), { nil: undefined }),
        isMerged: fc.boolean(),
        hasGap: fc.boolean(),
      }),
      { minLength: 1, maxLength: 6 },
    );
    await fc.assert(
      fc.asyncProperty(nights, async (all) => {
        const [often, once] = [tempFolder(), tempFolder()];
        for (const store of [often, once]) {
          const generations = { one: 0, two: 0 };
          const found = { one: new Set<string>(), two: new Set<string>() };
          for (const [at, each] of all.entries()) {
            await planned(store, at + 1, ['one', 'two']);
            for (const name of ['one', 'two'] as const) {
              const now = each[name];
              if (now === undefined) continue;
              const known = [...found[name]].filter((secret) => now.includes(secret));
              const findings = now.filter((secret) => !found[name].has(secret));
              found[name] = new Set(now);
              sweep(store, night(at + 1), name, generations[name]++, {
                findings: findings.map((secret) => ({ secret })),
                known: known.map((secret) => ({ secret })),
                ...(each.hasGap ? { gaps: ['a gap'] } : {}),
              });
            }
            if (store === often && each.isMerged) await merge(store);
          }
          await merge(store);
        }
        expect(bytes(often)).toEqual(bytes(once));
      }),
      { numRuns: runs({ fast: 8, long: 200 }) },
    );
  });
});
