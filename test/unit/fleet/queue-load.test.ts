/** Where the queue is loaded from, what its address may be, and what Redis must be like. */

import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { queueAddress, withoutPasswords } from '../../../src/fleet/queue/address.ts';
import { limiterOf } from '../../../src/fleet/queue/bullmq.ts';
import { openFleetQueue } from '../../../src/fleet/queue/load.ts';
import { refusalOf, warningsOf } from '../../../src/fleet/queue/redis.ts';
import { GlaiveError } from '../../../src/model/errors.ts';
import { CLI, DIST } from '../../support/run-cli.ts';
import { tempFolder } from '../../support/temp-folder.ts';

/** Port 1, where nothing listens. */
const options = { url: 'redis://127.0.0.1:1/0', plan: 'a', isOwner: false };
const refusal = async (main: string | undefined): Promise<GlaiveError> => {
  const error: unknown = await openFleetQueue(main, options).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(GlaiveError);
  return error as GlaiveError;
};

describe('the bundle', () => {
  it.each([
    ['of the npm package', CLI],
    ['of the single file', join(DIST, 'glaive.cjs')],
  ])('%s is found', async (_, main) => {
    expect((await refusal(main)).message).toBe(
      'cannot reach the queue redis://127.0.0.1:1/0: connect ECONNREFUSED 127.0.0.1:1',
    );
  });

  it('that is missing is named, with the place where it belongs', async () => {
    const folder = tempFolder();
    copyFileSync(join(DIST, 'glaive.cjs'), join(folder, 'glaive.cjs'));
    const { message, hint } = await refusal(join(folder, 'glaive.cjs'));
    expect(message).toBe(`--queue needs glaive-fleet.cjs in ${folder}`);
    expect(hint).toMatch(/^It is a file of the release, \d.*: put it next to glaive\.cjs\.$/);
  });

  it('of another version is refused', async () => {
    const folder = join(tempFolder(), 'a');
    mkdirSync(folder);
    writeFileSync(join(folder, 'glaive-fleet.cjs'), "exports.VERSION = '0.0.1';\n");
    expect((await refusal(join(folder, 'glaive.cjs'))).message).toMatch(
      /glaive-fleet\.cjs is of another version of glaive/,
    );
  });

  it('cannot be used by the executable', async () => {
    expect((await refusal(undefined)).message).toBe('the executable cannot use a queue');
  });
});

describe('an address', () => {
  it.each([
    ['redis://user:se%20cret@host:6379/2', 'redis', 'redis://host:6379/2'],
    ['rediss://:secret@host/0', 'redis', 'rediss://host/0'],
    ['postgres://user:secret@host/base?sslmode=verify-full', 'postgres', 'postgres://host/base'],
    ['postgresql://[::1]:5432/base?password=secret', 'postgres', 'postgresql://[::1]:5432/base'],
  ] as const)('%s', (text, kind, shown) => {
    expect(queueAddress(text)).toEqual({ kind, shown });
    expect(withoutPasswords('AUTH secret se cret se%20cret', text)).not.toMatch(
      text.includes('%20') ? /se(?: |%20)cret/ : /\bsecret\b/,
    );
  });

  it.each(['secret', 'http://host/secret', 'mysql://secret@host', ''])('%s is refused, and not repeated', (text) => {
    expect(() => queueAddress(text)).toThrow(/^--queue must be the address of a queue$/);
  });
});

describe('Redis', () => {
  const info = (version: string, policy = 'noeviction', aof = 1): string =>
    `# Server\r\nredis_version:${version}\r\nmaxmemory_policy:${policy}\r\naof_enabled:${aof}\r\n`;

  it.each([
    [info('6.0.16'), 'is Redis 6.0.16'],
    [info('5.0.3'), 'is Redis 5.0.3'],
    ['# Server\r\n', 'of an unknown version'],
    [info('7.0.15', 'allkeys-lfu'), 'maxmemory-policy is allkeys-lfu'],
    ['redis_version:7.0.0\r\n', 'maxmemory-policy is unknown'],
  ])('%j is refused', (text, why) => {
    expect(refusalOf(text, 'redis://h')?.message).toContain(why);
  });

  it.each([info('6.2.0'), info('7.2.4'), info('10.0.0')])('%j is taken', (text) => {
    expect([refusalOf(text, ''), warningsOf(text, '')]).toEqual([undefined, []]);
  });
});

it.each([
  [1, { max: 1, duration: 3_600_000 }],
  [100, { max: 1, duration: 36_000 }],
  [3600, { max: 10, duration: 10_000 }],
])('%i jobs an hour are spread over it', (jobsPerHour, limiter) => {
  expect(limiterOf(jobsPerHour)).toEqual(limiter);
});
