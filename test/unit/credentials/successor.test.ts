/** What takes the place of a credential: how long it is waited for, and what an answer without it is. */

import { expect, it } from 'vitest';
import type { Verdict } from '../../../src/model/verification.ts';
import { HttpClient } from '../../../src/http/http-client.ts';
import type { HttpRequest } from '../../../src/http/network.ts';
import { JsonClient } from '../../../src/http/json-client.ts';
import { approveServer } from '../../../src/http/server.ts';
import { accessToken } from '../../../src/credentials/revoke-access-token.ts';
import { oauthSecret } from '../../../src/credentials/revoke-oauth-secret.ts';
import type { ExecutionResult, Remediator } from '../../../src/credentials/remediator.ts';
import { runnerToken } from '../../../src/credentials/revoke-runner-token.ts';

/** Milliseconds after which GitLab itself gives up a request (Rack::Timeout), and some for the way. */
const LONGEST = 60_000 + 10_000;

/** Plans with a GitLab that gives an answer to every POST; what is made of it, and the POST itself. */
function rotation(responder: Remediator, { scopes = [], own, answer }: Case) {
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
  const conversation = new HttpClient({ network, signal, requestsPerHour: 10 });
  const probe = new JsonClient(approveServer('https://gitlab.example.com', 'test'), conversation);
  const verdict: Verdict = {
    status: { state: 'active' },
    verification: { checkedAt: '', notes: [], id: '1', scopes, expiresAt: '2030-01-01' },
  };
  const run = async (): Promise<ExecutionResult> => {
    const plan = await responder.plan(
      { ruleId: '', token: 'y', facts: {}, hint: () => 'app', verdict },
      { action: 'rotate', probe, own, asAdmin: true, expires: undefined },
    );
    if (plan.kind !== 'can') throw new Error(plan.why);
    return await plan.run();
  };
  return { run, post: () => asked.find(({ method }) => method === 'POST') };
}

interface Case {
  readonly scopes?: readonly string[];
  readonly own?: string | undefined;
  readonly answer?: object;
}

const WAYS: readonly (readonly [string, Remediator, Case, string])[] = [
  ['a token by itself', accessToken, { scopes: ['api'] }, 'token'],
  ["a token, with glaive's own", accessToken, { scopes: ['read_api'], own: 'z' }, 'token'],
  ['a runner', runnerToken, {}, 'token'],
  ['an application', oauthSecret, { own: 'z' }, 'secret'],
];

it.each(WAYS)('is waited for longer than any GitLab works at it: %s', async (_, responder, how, field) => {
  const successor = 'x'.repeat(20);
  const { run, post } = rotation(responder, { ...how, answer: { [field]: successor } });
  expect((await run()).successor).toBe(successor);
  expect(Math.min(post()!.idleTimeout, post()!.timeout!)).toBeGreaterThanOrEqual(LONGEST);
});

it.each(WAYS)('an answer without it is a failure: %s', async (_, responder, how, field) => {
  for (const answer of [{}, { [field]: null }, { [field]: '' }, { [field]: 'a b c d e f' }])
    await expect(rotation(responder, { ...how, answer }).run()).rejects.toThrow('it said yes, and gave no new');
});
