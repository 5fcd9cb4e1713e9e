/**
 * Tokens of Vault and OpenBao. Almost every request with one is a use of it, `auth/token/lookup-self` too, and the uses of a
 * token may be limited (`num_uses`); who holds it cannot know that before. What is mounted somewhere may be asked without:
 * for that path the server looks the token up and counts no use (vault/request_handling.go, handleLoginRequest), and says
 * whether it knows it. So that is asked, and the rest only where that is allowed. Batch tokens have no uses to count.
 */

import { dataOf, isBatchToken, isDeniedByPolicy, isUnknownToken, says } from '../vault/answers.ts';
import type { JsonResponse } from '../http/json-client.ts';
import {
  ACTIVE,
  type Checked,
  known,
  REVOKED,
  type Credential,
  textsOf,
  unclear,
  unknownAt,
  unsupported,
  type Verifier,
  type VerifyContext,
} from './verifier.ts';

/** Every namespace has one, whatever else is mounted. */
const MOUNT = '/v1/sys/internal/ui/mounts/cubbyhole';

async function verify({ token }: Credential, context: VerifyContext): Promise<Checked> {
  if (context.mayAct || isBatchToken(token)) return await lookUp(token, context);
  const found = await askWithoutUse(token, context);
  if (found.status.state !== 'active') return found;
  return active([
    'Its name, policies and expiry are not known: to look them up is a use of it, and its uses may be limited; --allow-side-effects does so.',
  ]);
}

async function askWithoutUse(token: string, { probe }: VerifyContext): Promise<Checked> {
  const reply = await probe.request({ path: MOUNT, headers: { 'x-vault-token': token } });
  if (isUnknownToken(reply)) return unknownAt(probe);
  if (reply.status === 200 && dataOf(reply) !== undefined) return active([]);
  // Said only of a token that is known.
  if (reply.status === 403 && says(reply, /^preflight capability check returned 403/)) return active([]);
  if (reply.status === 404 && Array.isArray(reply.fields['errors']))
    return unsupported(
      'Asking would be a use of the token, and its uses may be limited; --allow-side-effects does so.',
    );
  return unclear(reply.status);
}

async function lookUp(token: string, context: VerifyContext): Promise<Checked> {
  const { probe, clean } = context;
  const reply = await probe.request({ path: '/v1/auth/token/lookup-self', headers: { 'x-vault-token': token } });
  if (isUnknownToken(reply)) return unknownAt(probe);
  if (isDeniedByPolicy(reply)) return await notAllowed(reply, token, context);
  const data = dataOf(reply);
  if (reply.status !== 200 || data === undefined) return unclear(reply.status);
  const { policies, display_name: name, expire_time: expires, num_uses: uses } = data;
  // It has been the last one.
  if (typeof uses === 'number' && uses < 0)
    return { status: REVOKED, details: { notes: ['It worked, and this question was its last use.'] } };
  return {
    status: ACTIVE,
    details: {
      ...known({ name: clean(name), expiresAt: expires === null ? 'never' : clean(expires) }),
      scopes: textsOf(policies, { clean }),
      notes:
        typeof uses === 'number' && uses > 0
          ? [`This question was one of its uses; ${uses} ${uses === 1 ? 'is' : 'are'} left.`]
          : [],
    },
  };
}

/** A token whose policies do not let it look itself up may do all else. */
async function notAllowed({ status }: JsonResponse, token: string, context: VerifyContext): Promise<Checked> {
  const found = await askWithoutUse(token, context);
  if (found.status.state === 'active') return active(['It may not look itself up; it works.']);
  const checked = unclear(status);
  return {
    ...checked,
    details: { notes: ['It may not look itself up, which is said only of a token that works, or did until now.'] },
  };
}

const active = (notes: readonly string[]): Checked => ({ status: ACTIVE, details: { notes } });

export const vaultToken: Verifier = { issuer: 'vault', verify };
