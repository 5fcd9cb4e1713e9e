/** Stores that were damaged, or that lie: what is lost is named, and is swept again. */

import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { some } from '../../support/runs.ts';
import { makeFleet } from '../../support/fleet.ts';
import { glaiveProcess } from '../../support/run-program.ts';
import { tempFolder } from '../../support/temp-folder.ts';

/** A store after a whole night over two repositories with a leak, and one without. */
async function night() {
  const folder = tempFolder();
  const [disk, store] = [join(folder, 'disk'), join(folder, 'store')];
  makeFleet(disk, { seed: 3, alone: 3, leaks: 2 });
  const run = async (verb: string, ...args: string[]) =>
    await glaiveProcess(['fleet', verb, '--store', store, ...args]);
  const codes = async (...verbs: readonly string[]): Promise<string> => {
    const all: string[] = [];
    for (const verb of verbs) {
      const more =
        verb === 'plan' ? ['--disk', disk, '--since-last'] : verb === 'work' ? ['--disk-free', '1', '--jobs', '1'] : [];
      all.push(`${verb} ${(await run(verb, ...more)).code}`);
    }
    return all.join(', ');
  };
  expect(await codes('plan', 'work', 'merge')).toBe('plan 0, work 1, merge 1');
  const findings = (): string => readFileSync(join(store, 'index/findings.jsonl'), 'utf8');
  const secrets = (): string[] =>
    [...new Set([...findings().matchAll(/"secretFingerprint":"(\w+)"/g)].map(([, secret = '']) => secret))].toSorted();
  return { disk, store, run, codes, findings, secrets, truth: secrets() };
}

const reportsWithFindings = (store: string): string[] =>
  readdirSync(join(store, 'report'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .map((name) => join(store, 'report', name))
    .filter((path) => readFileSync(path, 'utf8').includes('secretFingerprint'));

describe('a report that is gone', () => {
  it('is missed by every verb, and swept again', async () => {
    const { store, codes, secrets, truth } = await night();
    rmSync(join(store, 'report'), { recursive: true });
    expect(await codes('status', 'merge')).toBe('status 2, merge 2');
    expect(await codes('work', 'status', 'merge')).toBe('work 1, status 0, merge 1');
    expect(secrets()).toEqual(truth);
  });

  it('is not unchanged in the next plan, also without an index', async () => {
    const { store, codes, secrets, truth } = await night();
    rmSync(join(store, 'report'), { recursive: true });
    rmSync(join(store, 'index'), { recursive: true });
    expect(await codes('plan', 'work', 'merge')).toBe('plan 0, work 1, merge 1');
    expect(secrets()).toEqual(truth);
  });
});

describe('a report that is damaged', () => {
  const DAMAGE: readonly (readonly [string, (path: string) => void])[] = [
    ['cut short', (path: string) => writeFileSync(path, readFileSync(path).subarray(0, 99))],
    [
      'that says something else',
      (path: string) =>
        writeFileSync(
          path,
          readFileSync(path, 'utf8').replace('"endTime": "2', '"endTime": "3').replace('"endTime":"2', '"endTime":"3'),
        ),
    ],
    [
      'a folder',
      (path: string) => {
        rmSync(path);
        mkdirSync(path);
      },
    ],
  ];

  it.each(some(DAMAGE, 1))('%s is named until it was swept again', async (_, damage) => {
    const { store, codes, secrets, truth } = await night();
    damage(reportsWithFindings(store)[0]!);
    rmSync(join(store, 'index'), { recursive: true });
    expect(await codes('merge', 'merge', 'status')).toBe('merge 2, merge 2, status 2');
    expect(await codes('plan', 'work', 'merge', 'merge')).toBe('plan 0, work 1, merge 1, merge 1');
    expect(secrets()).toEqual(truth);
  });
});

describe('an index that is damaged', () => {
  it('is made again: lost, cut, changed, or from another merge', async () => {
    const { store, run, findings } = await night();
    const path = join(store, 'index/findings.jsonl');
    const whole = findings();
    const other = join(store, 'index/repositories.jsonl');
    const rows = readFileSync(other, 'utf8');
    const kinds = [
      '',
      whole.slice(0, whole.indexOf('\n') + 1),
      whole.replace('"line":', '"line":1'),
      `${whole}${whole}`,
    ];
    for (const damaged of some(kinds, 2)) {
      writeFileSync(path, damaged);
      expect(await run('merge')).toMatchObject({ code: 1, stderr: expect.stringContaining('the index was damaged') });
      expect(findings()).toBe(whole);
    }
    writeFileSync(other, rows.replace('"status":"whole"', '"status":"stale"'));
    expect((await run('merge')).code).toBe(1);
    expect([findings(), readFileSync(other, 'utf8')]).toEqual([whole, rows]);
  });
});

it('merges at the same time take turns', async () => {
  const { run, findings } = await night();
  const whole = findings();
  const all = await Promise.all(Array.from({ length: 3 }, async () => await run('merge')));
  expect(all.map(({ code, stderr }) => [code, stderr])).toEqual(Array.from({ length: 3 }, () => [1, '']));
  expect(findings()).toBe(whole);
});

it('names what is left of a repository without HEAD and refs, whatever it is called', async () => {
  const { disk, run } = await night();
  const place = readdirSync(disk, { recursive: true, encoding: 'utf8' }).find((name) => name.endsWith('.git'));
  const remains = join(disk, 'remains');
  renameSync(join(disk, place!), remains);
  writeFileSync(join(remains, 'HEAD'), 'garbage');
  writeFileSync(join(remains, 'config'), '[core]\n\tbare = true\n');
  rmSync(join(remains, 'refs'), { recursive: true });
  expect(await run('plan', '--disk', disk)).toMatchObject({ code: 2, stderr: expect.stringContaining('refs missing') });
});
