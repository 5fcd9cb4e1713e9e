/** Client tokens of feature flags (lib/api/unleash.rb). */

import {
  ACTIVE,
  type Checked,
  projectOf,
  type Suspect,
  unclear,
  unknownAt,
  unsupported,
  type Verifier,
  type VerifyContext,
} from './verifier.ts';

async function verify(suspect: Suspect, { probe }: VerifyContext): Promise<Checked> {
  const project = projectOf(suspect);
  if (project === undefined)
    return unsupported('Its project is not known: neither the token tells it nor what stands beside it.');
  const { status } = await probe.ask({
    path: `/api/v4/feature_flags/unleash/${project}`,
    headers: { 'unleash-instanceid': suspect.token },
  });
  if (status === 200) return { status: ACTIVE, details: { owner: { kind: 'project' } } };
  return status === 401 ? unknownAt(probe) : unclear(status);
}

export const featureFlagsToken: Verifier = { verify };
