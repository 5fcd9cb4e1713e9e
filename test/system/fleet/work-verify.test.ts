/** `glaive fleet work --verify`: issuers are asked while the repositories are swept, and the index has their answers. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fakeIssuer } from '../../support/fake-issuer.ts';
import { makeFleet } from '../../support/fleet.ts';
import { glaiveProcess } from '../../support/run-program.ts';
import { tempFolder } from '../../support/temp-folder.ts';

interface Row {
  readonly tokenStatus?: string;
  readonly status: string;
}

it('each secret is asked about, the index says which is active, and a server without an answer is a gap', async () => {
  const folder = tempFolder();
  const [disk, store] = [join(folder, 'disk'), join(folder, 'store')];
  const fleet = makeFleet(disk, { seed: 9, alone: 3, leaks: 3 });
  const issuer = await fakeIssuer();
  for (const [at, token] of fleet.tokens.entries())
    issuer.tokens.set(token, { kind: 'access', id: at + 1, state: at === 0 ? 'active' : 'revoked', scopes: ['api'] });
  const fleetOf = async (verb: string, ...args: string[]) => {
    const ran = await glaiveProcess(['fleet', verb, '--store', store, ...args]);
    for (const token of fleet.tokens) expect(ran.stdout + ran.stderr).not.toContain(token.slice(6));
    return ran;
  };
  const statuses = (): string[] =>
    readFileSync(join(store, 'index/findings.jsonl'), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => (JSON.parse(line) as Row).tokenStatus ?? '')
      .toSorted();
  await fleetOf('plan', '--disk', disk);
  const other = join(folder, 'other');
  await fleetOf('plan', '--disk', disk, '--store', other);
  await fleetOf('work', '--disk-free', '1', '--store', other);
  expect(await fleetOf('merge', '--fail-on', 'active', '--store', other)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('3 secrets not checked'),
  });
  const worked = await fleetOf('work', '--disk-free', '1', '--verify', '--gitlab-url', issuer.url);
  expect(worked.code, worked.stderr).toBe(1);
  expect(await fleetOf('merge', '--fail-on', 'active')).toMatchObject({ code: 1 });
  expect(statuses()).toEqual(['active', 'inactive', 'inactive']);

  // What was active is still known the next night, when nothing is new.
  await fleetOf('plan', '--disk', disk, '--since-last');
  expect((await fleetOf('work', '--disk-free', '1', '--verify', '--gitlab-url', issuer.url)).code).toBe(0);
  expect((await fleetOf('merge', '--fail-on', 'active')).code).toBe(1);
  expect(statuses()).toEqual(['active', 'inactive', 'inactive']);

  // A new leak, and no server to ask.
  fleet.leakInto(fleet.repositories[0]!);
  await fleetOf('plan', '--disk', disk, '--since-last');
  const unreachable = await fleetOf('work', '--disk-free', '1', '--verify', '--gitlab-url', 'http://127.0.0.1:9');
  expect(unreachable.code, unreachable.stderr).toBe(2);
  expect((await fleetOf('merge', '--fail-on', 'active')).code).toBe(2);
});
