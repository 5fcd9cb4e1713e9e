/** The new secret of a rotation: how long glaive waits for it, and a response without one. */

import { expect, it } from 'vitest';
import type { Verdict } from '../../../src/model/verification.ts';
import { HttpClient } from '../../../src/http/http-client.ts';
import type { HttpRequest } from '../../../src/http/network.ts';
import { JsonClient } from '../../../src/http/json-client.ts';
import { approveServer } from '../../../src/http/server.ts';
import type { ExecutionResult, Planner } from '../../../src/credentials/credential-type.ts';
import { accessToken } from '../../../src/credentials/types/access-token.ts';
import { oauthSecret } from '../../../src/credentials/types/oauth-secret.ts';
import { runnerToken } from '../../../src/credentials/types/runner-token.ts';

/** Milliseconds after which GitLab itself ends a request (Rack::Timeout), plus the time on the network. */
const LONGEST = 60_000 + 10_000;

/** A rotation at a GitLab that returns `answer` for every POST. */
function rotation(rotate: Planner, { scopes = [], own, answer }: Case) {
  const asked: HttpRequest[] = [];
  const reply = async function* (request: HttpRequest) {
    yield Buffer.from(JSON.stringify(request.method === 'POST' ? answer : [{ id: 1, application_id: 'app' }]));
  };
  const network = {
    send: async (request: HttpRequest) => {
      asked.push(request);
      return { status: 200, header: () => undefined, body: reply(request), cancel() {} };
    },
  };
  const { signal } = new AbortController();
  const http = new HttpClient({ network, signal, requestsPerHour: 10 });
  const client = new JsonClient(approveServer('https://gitlab.example.com', 'test'), http);
  const verdict: Verdict = {
    status: { state: 'active' },
    verification: { checkedAt: '', notes: [], id: '1', scopes, expiresAt: '2030-01-01' },
  };
  const run = async (): Promise<ExecutionResult> => {
    const plan = await rotate(
      { ruleId: '', token: 'y', facts: {}, hint: () => 'app', verdict },
      { client, ownToken: own, useAdminApi: true, expires: undefined },
    );
    if (plan.kind !== 'possible') throw new Error(plan.why);
    return await plan.run();
  };
  return { run, post: () => asked.find(({ method }) => method === 'POST') };
}

interface Case {
  readonly scopes?: readonly string[];
  readonly own?: string | undefined;
  readonly answer?: object;
}

const WAYS: readonly (readonly [string, Planner, Case, string])[] = [
  ['a token by itself', accessToken.rotate, { scopes: ['api'] }, 'token'],
  ["a token, with glaive's own", accessToken.rotate, { scopes: ['read_api'], own: 'z' }, 'token'],
  ['a runner', runnerToken.rotate, {}, 'token'],
  ['an application', oauthSecret.rotate, { own: 'z' }, 'secret'],
];

it.each(WAYS)('glaive waits for a new secret longer than any GitLab works on it: %s', async (_, rotate, how, field) => {
  const successor = 'x'.repeat(20);
  const { run, post } = rotation(rotate, { ...how, answer: { [field]: successor } });
  expect((await run()).successor).toBe(successor);
  expect(Math.min(post()!.idleTimeout, post()!.timeout!)).toBeGreaterThanOrEqual(LONGEST);
});

it.each(WAYS)('a response without a new secret is a failure: %s', async (_, rotate, how, field) => {
  for (const answer of [{}, { [field]: null }, { [field]: '' }, { [field]: 'a b c d e f' }])
    await expect(rotation(rotate, { ...how, answer }).run()).rejects.toThrow('the server agreed, but returned no new');
});
