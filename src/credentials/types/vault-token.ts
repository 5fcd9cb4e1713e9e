/**
 * Tokens of Vault and OpenBao. Almost every request is a use, `auth/token/lookup-self` included, and a token may have a limited
 * number of uses (`num_uses`). `sys/internal/ui/mounts` is the exception: the server looks the token up without counting a use
 * (vault/request_handling.go, handleLoginRequest), and its response shows whether it knows the token. So that is the check, and
 * details are looked up only if side effects are allowed. Batch tokens have no uses to count, and cannot be revoked.
 */

import type { JsonResponse } from '../../http/json-client.ts';
import { defined } from '../../lib/defined.ts';
import { dataOf, isBatchToken, isDeniedByPolicy, isUnknownToken, hasMessage } from '../../vault/responses.ts';
import { ACTIVE, REVOKED, unexpected, unknownAt, unsupported } from '../check-result.ts';
import type {
  CheckedType,
  CheckResult,
  Credential,
  Plan,
  RemediationContext,
  VerifiedCredential,
  VerifyContext,
} from '../credential-type.ts';
import { assertSuccess, cannot } from '../plans.ts';
import { textsOf } from '../response-fields.ts';

export const vaultToken = { issuer: 'vault', verify, revoke, rotate } as const satisfies CheckedType;

/** Every namespace has this mount. */
const MOUNT = '/v1/sys/internal/ui/mounts/cubbyhole';

async function verify({ token }: Credential, context: VerifyContext): Promise<CheckResult> {
  if (context.allowSideEffects || isBatchToken(token)) return await lookUp(token, context);
  const result = await checkWithoutUse(token, context);
  if (result.status.state !== 'active') return result;
  return active([
    'Its name, policies and expiry are not known: looking them up counts as a use, and its uses may be limited. --allow-side-effects permits that.',
  ]);
}

async function checkWithoutUse(token: string, { client }: VerifyContext): Promise<CheckResult> {
  const response = await client.request({ path: MOUNT, headers: { 'x-vault-token': token } });
  if (isUnknownToken(response)) return unknownAt(client);
  if (response.status === 200 && dataOf(response) !== undefined) return active([]);
  // The server gives this response only for a token that it knows.
  if (response.status === 403 && hasMessage(response, /^preflight capability check returned 403/)) return active([]);
  if (response.status === 404 && Array.isArray(response.fields['errors']))
    return unsupported('A check would count as a use, and its uses may be limited. --allow-side-effects permits that.');
  return unexpected(response.status);
}

async function lookUp(token: string, context: VerifyContext): Promise<CheckResult> {
  const { client, clean } = context;
  const response = await client.request({ path: '/v1/auth/token/lookup-self', headers: { 'x-vault-token': token } });
  if (isUnknownToken(response)) return unknownAt(client);
  if (isDeniedByPolicy(response)) return await mayNotLookUp(response, token, context);
  const data = dataOf(response);
  if (response.status !== 200 || data === undefined) return unexpected(response.status);
  const { policies, display_name: name, expire_time: expires, num_uses: uses } = data;
  if (typeof uses === 'number' && uses < 0)
    return { status: REVOKED, details: { notes: ['It worked; this check was its last use.'] } };
  return {
    status: ACTIVE,
    details: {
      ...defined({ name: clean(name), expiresAt: expires === null ? 'never' : clean(expires) }),
      scopes: textsOf(policies, { clean }),
      notes:
        typeof uses === 'number' && uses > 0
          ? [`This check was one of its uses; ${uses} ${uses === 1 ? 'is' : 'are'} left.`]
          : [],
    },
  };
}

/** A token whose policies do not allow a look-up of itself may have every other right. */
async function mayNotLookUp({ status }: JsonResponse, token: string, context: VerifyContext): Promise<CheckResult> {
  const result = await checkWithoutUse(token, context);
  if (result.status.state === 'active') return active(['It works, but may not look itself up.']);
  return {
    ...unexpected(status),
    details: {
      notes: ['It may not look itself up. Only a token that works, or worked until this check, gets this response.'],
    },
  };
}

const active = (notes: readonly string[]): CheckResult => ({ status: ACTIVE, details: { notes } });

/** Revokes the tokens and leases that were created with it as well. */
async function revoke({ token, verdict }: VerifiedCredential, { client }: RemediationContext): Promise<Plan> {
  if (isBatchToken(token)) return batchTokenCannotBe('revoked', verdict);
  return {
    kind: 'possible',
    how: 'POST /v1/auth/token/revoke-self, with the token itself',
    effects: ['It ends for good, and so do the tokens and leases that were created with it.'],
    async run() {
      const headers = { 'x-vault-token': token };
      assertSuccess(await client.request({ method: 'POST', path: '/v1/auth/token/revoke-self', headers }));
      return {};
    },
  };
}

async function rotate({ token, verdict }: VerifiedCredential): Promise<Plan> {
  if (isBatchToken(token)) return batchTokenCannotBe('rotated', verdict);
  return cannot('Vault tokens are not rotated: sign in again, and revoke this one.');
}

function batchTokenCannotBe(done: string, { verification }: VerifiedCredential['verdict']): Plan {
  const { expiresAt } = verification;
  const end = expiresAt === undefined || expiresAt === 'never' ? 'when it expires' : `at ${expiresAt}`;
  const why = `A batch token cannot be ${done}. It ends by itself ${end}; sooner only with its parent token, unless it is an orphan.`;
  return { kind: 'impossible', why, isOnlyWay: true };
}
