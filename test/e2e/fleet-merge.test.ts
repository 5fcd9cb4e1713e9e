/** `glaive fleet merge` and `glaive fleet status`, with stores made by hand. */

import { describe, expect, it } from 'vitest';
import { makeAttempt, makePlan, sweep } from '../support/fleet-store.ts';
import { glaive } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp-folder.ts';

const NIGHT = { plan: '20261101-a', at: '2026-11-01T02:00:00.000Z' };

async function storeWith(items: readonly string[]): Promise<string> {
  const store = tempFolder();
  await makePlan(store, NIGHT.plan, '2026-11-01T01:00:00.000Z', items);
  return store;
}

describe('fleet merge', () => {
  it('says first what was reached, then what is new, on one screen', async () => {
    const names = Array.from({ length: 60 }, (_, at) => `group/project-${String(at).padStart(2, '0')}`);
    const store = await storeWith(names);
    for (const name of names.slice(0, 30))
      sweep(store, NIGHT, name, 0, { findings: [{ secret: 'a' }, { secret: name }] });
    for (const name of names.slice(30, 45))
      makeAttempt(store, NIGHT.plan, name, { outcome: 'timeout', reason: 'no end after 1800 s' });
    const { code, stdout, stderr } = await glaive(['fleet', 'merge', '--store', store]);
    expect([code, stderr]).toEqual([2, '']);
    const lines = stdout.split('\n');
    expect(lines[0]).toBe('INCOMPLETE, plan 20261101-a: 60 repositories: 15 failed, 15 missing, 30 scanned whole');
    expect(lines[1]).toBe('  failed  group/project-30: no end after 1800 s');
    expect(stdout).toContain('60 leaked credentials open, of 31 secrets: 60 critical');
    expect(stdout).toContain(
      'gitlab personal access token glpat-[MASKED]: 30 places in 30 repositories, such as group/project-0',
    );
    expect(lines.length).toBeLessThanOrEqual(41);
  });

  it('a complete sweep without findings is clean', async () => {
    const store = await storeWith(['a']);
    sweep(store, NIGHT, 'a', 0);
    const { code, stdout } = await glaive(['fleet', 'merge', '--store', store]);
    expect(code).toBe(0);
    expect(stdout).toContain('Complete, plan 20261101-a: 1 repository: 1 scanned whole');
    expect(stdout).toContain('No leaked credentials.');
    expect(await glaive(['fleet', 'merge', '--store', store, '--quiet'])).toMatchObject({ code: 0, stdout: '' });
  });

  it('no terminal interprets what a store says', async () => {
    const store = await storeWith(['a\u001b[31mb']);
    makeAttempt(store, NIGHT.plan, 'a\u001b[31mb', { outcome: 'error', reason: 'x\u0007\u202e' });
    for (const verb of ['merge', 'status']) {
      const { stdout } = await glaive(['fleet', verb, '--store', store]);
      expect(stdout).toContain('a␛[31mb');
      // oxlint-disable-next-line no-control-regex -- that is what must not be there
      expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
    }
  });

  it('needs a plan, and refuses names of repositories', async () => {
    const store = tempFolder();
    expect(await glaive(['fleet', 'merge', '--store', store])).toMatchObject({ code: 2 });
    const planned = await storeWith(['a']);
    for (const verb of ['merge', 'status'])
      expect((await glaive(['fleet', verb, '--store', planned, 'a'])).stderr).toContain(`${verb} takes no REPOSITORY`);
  });
});

describe('fleet status', () => {
  it('says how far a sweep is, without an index', async () => {
    const store = await storeWith(['a', 'b', 'c', 'd']);
    sweep(store, NIGHT, 'a', 0);
    sweep(store, NIGHT, 'b', 0, { gaps: ['damaged'] });
    makeAttempt(store, NIGHT.plan, 'c', { outcome: 'memory', try: 3, reason: 'more than 2.0 GB' });
    const { code, stdout } = await glaive(['fleet', 'status', '--store', store]);
    expect(code).toBe(2);
    expect(stdout).toContain('Plan 20261101-a of 2026-11-01 01:00: 2 of 4 repositories done');
    expect(stdout).toContain('1 scanned whole, 1 with gaps, 1 failed, 1 missing');
    expect(stdout).toContain('c  memory after 3 tries: more than 2.0 GB');
    const json = await glaive(['fleet', 'status', '--store', store, '--format', 'json']);
    expect(JSON.parse(json.stdout)).toMatchObject({
      glaive: 'fleet-status',
      planned: 4,
      done: 2,
      missingItems: [{ name: 'd' }],
      failures: [{ name: 'c', outcome: 'memory', tries: 3 }],
    });
  });
});
