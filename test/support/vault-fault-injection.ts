/**
 * Rotations into a Vault with random policies, secrets and failures. Whatever happens: a token is at its destination, or in the
 * user's file, or nothing was rotated; and "done" is reported only if the token can be read at its destination.
 */

import fc from 'fast-check';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { fakeIssuer } from './fake-issuer.ts';
import {
  answerVault,
  DENIED,
  errors,
  type FakeVault,
  fakeVault,
  jobJwt,
  type VaultMount,
  writeVersion,
} from './fake-vault.ts';
import { mint, Random } from './mint.ts';
import { glaive } from './run-cli.ts';
import { tempFolder } from './temp-folder.ts';
import { type Capability, capabilitiesOn, DEFAULT_POLICY, mayEnter, type Policy } from './vault-acl.ts';

type State = 'present' | 'missing' | 'deleted' | 'destroyed' | 'settings';

interface Case {
  readonly kind: 'kv-v2' | 'kv-v1' | 'generic';
  readonly state: State;
  readonly casRequired: boolean;
  readonly policies: readonly Policy[];
  readonly noDefaultPolicy: boolean;
  readonly uses: number;
  /** What goes wrong, at which request to the Vault, of all or of those after the rotation, and for how many. */
  readonly failures: readonly {
    readonly isAfter: boolean;
    readonly at: number;
    readonly times: number;
    readonly how: Failure;
  }[];
  /** Before which request another client writes there. */
  readonly others: readonly number[];
}

const FAILURES = [
  'forgotten',
  'forgotten',

  'denied',
  'unknown',
  'sealed',
  'broken',
  'busy',
  'reset',
  'heard',
  'slow',
  'page',
  'bounced',
] as const;
type Failure = (typeof FAILURES)[number];

const KEY = 'team/app';
const pathOf = (kind: Case['kind']): string => (kind === 'kv-v2' ? `ops/data/${KEY}` : `ops/${KEY}`);

const policyFor = (kind: Case['kind']): fc.Arbitrary<Policy> => {
  const data = kind === 'kv-v2' ? 'ops/data' : 'ops';
  const paths = [
    `${data}/team/app`,
    `${data}/team/app`,
    `${data}/team/*`,
    `${data}/team/+`,
    `${data}/+/app`,
    `${data}/*`,
    `${data}/te*`,
    '+/+/team/app',
    'ops/*',
    'ops/metadata/*',
    'ops/metadata/team/app',
    `${data}/other`,
    'sys/capabilities-self',
  ];
  const capabilities: fc.Arbitrary<Capability[]> = fc.oneof(
    { weight: 6, arbitrary: fc.constant<Capability[]>(['create', 'read', 'update']) },
    { weight: 5, arbitrary: fc.subarray<Capability>(['create', 'read', 'update', 'list', 'delete'], { minLength: 1 }) },
    { weight: 1, arbitrary: fc.constant<Capability[]>(['deny']) },
  );
  return fc
    .array(fc.tuple(fc.constantFrom(...paths), capabilities), { minLength: 1, maxLength: 2 })
    .map((rules) => Object.fromEntries(rules));
};

const CASES: fc.Arbitrary<Case> = fc
  .constantFrom<Case['kind']>('kv-v2', 'kv-v2', 'kv-v2', 'kv-v1', 'generic')
  .chain((kind) =>
    fc
      .record({
        kind: fc.constant(kind),
        isCalm: fc.boolean(),
        state: fc.constantFrom<State>('present', 'present', 'missing', 'deleted', 'destroyed', 'settings'),
        casRequired: fc.boolean(),
        policies: fc.array(policyFor(kind), { minLength: 1, maxLength: 3 }),
        noDefaultPolicy: fc.integer({ min: 0, max: 9 }).map((number) => number === 0),
        uses: fc.oneof(
          { weight: 3, arbitrary: fc.constant(0) },
          { weight: 1, arbitrary: fc.integer({ min: 1, max: 9 }) },
        ),
        failures: fc.array(
          fc.record({
            isAfter: fc.boolean(),
            at: fc.integer({ min: 0, max: 9 }),
            times: fc.constantFrom(1, 2, 3, 99),
            how: fc.constantFrom(...FAILURES),
          }),
          { maxLength: 2 },
        ),
        others: fc.array(fc.integer({ min: 2, max: 12 }), { maxLength: 2 }),
      })
      // In every second one nothing goes wrong: then the policies alone decide.
      .map(({ isCalm, ...one }) => (isCalm ? { ...one, uses: 0, failures: [], others: [] } : one)),
  );

interface Tally {
  done: number;
  refused: number;
  kept: number;
}

/** Does so many, eight side by side. @returns what came of them */
export async function injectFaults(runs: number, seed: number): Promise<Tally> {
  const random = new Random(seed);
  const waiting = fc.sample(CASES, { numRuns: runs, seed });
  const tally: Tally = { done: 0, refused: 0, kept: 0 };
  const work = async (): Promise<void> => {
    for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) await rehearse(one, random, tally);
  };
  await Promise.all(Array.from({ length: 8 }, work));
  return tally;
}

async function rehearse(one: Case, random: Random, tally: Tally): Promise<void> {
  const [gitlab, vault] = [await fakeIssuer(), await fakeVault()];
  const cwd = tempFolder();
  const { uses, noDefaultPolicy, policies, kind } = one;
  vault.roles.set('ops', { audiences: ['v'], claims: {}, policies, noDefaultPolicy, uses });
  const mount = mountOf(one);
  vault.mounts.set('ops', mount);
  const [token, fresh] = [mint('pat legacy', random), mint('pat legacy', random)];
  gitlab.tokens.set(token, { kind: 'access', id: 1, state: 'active', scopes: ['api'] });
  gitlab.successor = () => fresh;
  let isRotating = false;
  gitlab.intercept = (request) => {
    isRotating ||= request.method === 'POST';
    return false;
  };
  troubled(vault, mount, one, () => isRotating);
  const log = join(cwd, 'audit.jsonl');
  const ran = await glaive(
    ['rotate', '-', '--yes', '--gitlab-url', gitlab.url, '--audit-log', log, '--output', `vault:${KEY}/token@ops`],
    {
      cwd,
      input: token,
      env: {
        HOME: cwd,
        VAULT_SERVER_URL: vault.url,
        VAULT_AUTH_ROLE: 'ops',
        VAULT_ID_TOKEN: jobJwt({ aud: 'v', exp: 4e9 }),
      },
    },
  );
  const context = JSON.stringify({ one, ran, calls: vault.calls.map(({ method, url }) => `${method} ${url}`) });
  const folder = join(cwd, '.local', 'state', 'glaive', 'tokens');
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.token')) : [];
  const kept = files.map((name) => join(folder, name));
  const isRotated = gitlab.tokens.get(token)?.state !== 'active';
  const isThere = mount.secrets[KEY]?.['token'] === fresh;
  const all = [...policies, ...(noDefaultPolicy ? [] : [DEFAULT_POLICY])];
  const rights = capabilitiesOn(pathOf(kind), all);

  expect(ran.stdout + ran.stderr + (existsSync(log) ? readFileSync(log, 'utf8') : ''), context).not.toContain(
    fresh.slice(6),
  );
  expect(ran.stderr, context).not.toContain('internal error');
  if (ran.code === 0) {
    tally.done++;
    expect([isRotated, isThere, rights.has('read'), kept], context).toEqual([true, true, true, []]);
  } else if (isRotated) {
    tally.kept++;
    expect([ran.code, kept.length, readFileSync(kept[0]!, 'utf8')], context).toEqual([2, 1, `${fresh}\n`]);
    expect(statSync(kept[0]!).mode & 0o777, context).toBe(0o600);
    expect(ran.stderr, context).toContain(kept[0]);
  } else {
    tally.refused++;
    expect([ran.code, kept, isThere], context).toEqual([2, [], false]);
  }
  // No other field is lost, from before or from meanwhile.
  const fields = mount.secrets[KEY] ?? {};
  if (one.state === 'present') expect(fields['user'], context).toBe('root');
  if (kind === 'kv-v2')
    for (const name of written.get(mount) ?? []) expect(Object.keys(fields), context).toContain(name);
  // Where nothing goes wrong, the policies alone decide.
  if (one.failures.length > 0 || one.others.length > 0 || uses > 0 || one.state === 'settings') return;
  const need = existsIn(one) ? 'update' : 'create';
  const isAsked = capabilitiesOn('sys/capabilities-self', all).has('update');
  const isEnough = mayEnter('ops', all) && rights.has('read') && rights.has(need) && (isAsked || existsIn(one));
  // And what is not enough is known before.
  expect([ran.code === 0, isRotated], context).toEqual([isEnough, isEnough]);
}

function existsIn({ kind, state }: Case): boolean {
  return state === 'present' || (kind === 'kv-v2' && (state === 'deleted' || state === 'destroyed'));
}

function mountOf({ kind, state, casRequired }: Case): VaultMount {
  const hasVersions = kind === 'kv-v2';
  const isGone = hasVersions && (state === 'deleted' || state === 'destroyed');
  const hasSettings = hasVersions && (state === 'settings' || (casRequired && state !== 'missing'));
  return {
    kind,
    secrets: state === 'present' ? { [KEY]: { user: 'root', token: 'before' } } : isGone ? { [KEY]: null } : {},
    destroyed: new Set(state === 'destroyed' ? [KEY] : []),
    settings: hasSettings ? { [KEY]: { cas_required: casRequired } } : {},
  };
}

/** The fields that another client has written meanwhile. */
const written = new WeakMap<VaultMount, string[]>();

function troubled(
  vault: FakeVault,
  mount: VaultMount,
  { failures, others, kind }: Case,
  isRotating: () => boolean,
): void {
  let count = -1;
  let after = -1;
  vault.intercept = (request, response, body) => {
    count++;
    if (isRotating()) after++;
    if (kind === 'kv-v2' && others.includes(count) && mount.secrets[KEY]) {
      const name = `other${count}`;
      written.set(mount, [...(written.get(mount) ?? []), name]);
      writeVersion(mount, KEY, { ...mount.secrets[KEY], [name]: 'x' });
    }
    const failure = failures.find(({ isAfter, at, times }) => {
      const now = isAfter ? after : count;
      return now >= at && now < at + times;
    });
    return failure !== undefined && fail(failure.how, vault, request, response, body);
  };
}

function fail(
  how: Failure,
  vault: FakeVault,
  request: IncomingMessage,
  response: ServerResponse,
  body: string,
): boolean {
  const say = (status: number, value: unknown): boolean => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    return true;
  };
  switch (how) {
    case 'denied':
      return say(403, errors(DENIED));
    case 'unknown':
      return say(403, errors('permission denied'));
    case 'sealed':
      return say(503, errors('Vault is sealed'));
    case 'broken':
      return say(500, errors('internal error'));
    case 'busy':
      response.writeHead(429, { 'retry-after': '0' }).end('{"errors":[]}');
      return true;
    case 'reset':
      response.destroy();
      return true;
    case 'heard': {
      // It is done, and the answer does not arrive.
      const silent = { writeHead: () => silent, end: () => response.destroy() } as unknown as ServerResponse;
      answerVault(vault, request, silent, body);
      return true;
    }
    case 'slow':
      setTimeout(() => answerVault(vault, request, response, body), 60);
      return true;
    case 'forgotten': {
      // It says that it has written, and has not.
      if (request.method !== 'POST' || !request.url!.startsWith('/v1/ops/')) return false;
      if (request.url!.includes('/data/')) return say(200, { data: { version: 99 } });
      response.writeHead(204).end();
      return true;
    }
    case 'page':
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>hello</html>');
      return true;
    default:
      response.writeHead(307, { location: 'https://other.example.com/' }).end();
      return true;
  }
}
