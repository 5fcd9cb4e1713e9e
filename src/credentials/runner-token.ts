/**
 * Runner authentication tokens. `/runners/router/discovery` leaves no trace (lib/api/ci/runner.rb); `/runners/verify`
 * marks the runner as seen, and is asked only where that is allowed. `/jobs/request` would take a job: never.
 */

import {
  ACTIVE,
  type Checked,
  idOf,
  known,
  type Credential,
  unclear,
  unknownAt,
  unsupported,
  type Verifier,
  type VerifyContext,
} from './verifier.ts';

async function verify({ token }: Credential, { probe, mayAct, clean }: VerifyContext): Promise<Checked> {
  const { status } = await probe.request({
    path: '/api/v4/runners/router/discovery',
    headers: { 'runner-token': token },
  });
  // 501: the router is switched off, and the runner was let in.
  if (status === 200 || status === 501) return { status: ACTIVE, details: { owner: { kind: 'runner' } } };
  if (status === 403) return unknownAt(probe);
  if (status !== 404) return unclear(status);
  if (!mayAct)
    return unsupported(
      'This GitLab is too old for a harmless question; --allow-side-effects marks the runner as seen.',
    );
  const reply = await probe.request({ method: 'POST', path: '/api/v4/runners/verify', form: { token } });
  const details = {
    owner: { kind: 'runner' as const, ...known({ id: idOf(reply.fields['id']) }) },
    ...known({ expiresAt: clean(reply.fields['token_expires_at']) }),
    notes: ['The runner is marked as seen now.'],
  };
  if (reply.status === 200) return { status: ACTIVE, details };
  if (reply.status === 422)
    return {
      status: ACTIVE,
      details: { ...details, notes: ['The runner is an orphan: its project or group is gone.'] },
    };
  return reply.status === 403 ? unknownAt(probe) : unclear(reply.status);
}

export const runnerToken: Verifier = { verify };
