/** A whole night with real repositories: plan, work and merge agree with the truth, and issuers are asked. */

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fakeIssuer } from '../../support/fake-issuer.ts';
import { makeFleet } from '../../support/fleet.ts';
import { glaiveProcess } from '../../support/run-program.ts';
import { tempFolder } from '../../support/temp-folder.ts';

interface Row {
  readonly status: string;
  readonly secretFingerprint: string;
  readonly tokenStatus: string;
}

it('finds what is there, asks about it, and sees what is pruned', async () => {
  const folder = tempFolder();
  const [disk, store] = [join(folder, 'disk'), join(folder, 'store')];
  const fleet = makeFleet(disk, { seed: 5, alone: 6, leaks: 4, empty: 1 });
  const fleetOf = async (verb: string, ...args: string[]) =>
    await glaiveProcess(['fleet', verb, '--store', store, ...args]);
  const night = async (...args: string[]) => {
    await fleetOf('plan', '--disk', disk);
    await fleetOf('work', '--disk-free', '1');
    return await fleetOf('merge', ...args);
  };
  const rows = (): Row[] =>
    readFileSync(join(store, 'index/findings.jsonl'), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Row);
  const first = await night();
  expect([first.code, first.stdout]).toEqual([1, expect.stringContaining('Complete, plan ')]);
  const truth = fleet.repositories.flatMap(({ secrets }) => secrets);
  expect(
    rows()
      .map(({ secretFingerprint }) => secretFingerprint)
      .toSorted(),
  ).toEqual(truth.toSorted());
  expect(new Set(rows().map(({ status }) => status))).toEqual(new Set(['new']));

  // One of them is active, the others were revoked.
  const issuer = await fakeIssuer();
  for (const [at, token] of fleet.tokens.entries())
    issuer.tokens.set(token, { kind: 'access', id: at + 1, state: at === 0 ? 'active' : 'revoked', scopes: ['api'] });
  await fleetOf('merge', '--verify', '--gitlab-url', issuer.url);
  expect(rows().filter(({ tokenStatus }) => tokenStatus === 'active').length).toBe(1);

  // A leak whose branch is deleted, and whose objects are pruned.
  const victim = fleet.repositories.find(({ secrets }) => secrets.length === 0);
  expect(victim).toBeDefined();
  const secret = fleet.leakInto(victim!);
  await night();
  expect(rows().filter((row) => row.secretFingerprint === secret)).toMatchObject([{ status: 'new' }]);
  const inRepository = (...args: string[]): string =>
    execFileSync('git', ['--git-dir', victim!.dir, ...args], { encoding: 'utf8' }).trim();
  for (const ref of inRepository('for-each-ref', '--format=%(refname)', 'refs/heads/new-*').split('\n'))
    inRepository('update-ref', '-d', ref);
  inRepository('gc', '--quiet', '--prune=now');
  await night();
  expect(rows().filter((row) => row.secretFingerprint === secret)).toMatchObject([{ status: 'no-longer-stored' }]);

  const texts = readdirSync(join(store, 'index')).map((name) => readFileSync(join(store, 'index', name), 'utf8'));
  for (const token of fleet.tokens) for (const text of texts) expect(text.includes(token)).toBe(false);
});
