/** SSH keys: GitLab shows the public half of a user's keys to everybody, `https://HOST/USER.keys`. */

import { createHash } from 'node:crypto';
import {
  ACTIVE,
  type Checked,
  type Suspect,
  unclear,
  unsupported,
  type Verifier,
  type VerifyContext,
} from './verifier.ts';

async function verify({ facts, hint }: Suspect, { probe, clean }: VerifyContext): Promise<Checked> {
  const user = hint('user');
  if (facts.keyFingerprint === undefined)
    return unsupported('Its public half cannot be told, so that it cannot be compared.');
  if (user === undefined)
    return unsupported('Whose it is does not stand beside it; its public half can be looked up as administrator.');
  const { status, text } = await probe.ask({
    path: `/${encodeURIComponent(user)}.keys`,
    headers: { accept: 'text/plain' },
  });
  if (status !== 200 && status !== 404) return unclear(status);
  const isTheirs = text.split('\n').some((line) => fingerprintOf(line) === facts.keyFingerprint);
  if (!isTheirs) return { status: { state: 'unknown', reason: `not known at ${probe.host}` } };
  const name = clean(user);
  return { status: ACTIVE, details: { owner: { kind: 'human', ...(name === undefined ? {} : { name }) } } };
}

/** As OpenSSH shows it: `SHA256:` and base64 without padding. */
function fingerprintOf(line: string): string | undefined {
  const blob = /^(?:ssh|ecdsa|sk)-\S+ ([0-9A-Za-z+/]+=*)/.exec(line)?.[1];
  if (blob === undefined) return undefined;
  return `SHA256:${createHash('sha256').update(Buffer.from(blob, 'base64')).digest('base64').replace(/=+$/, '')}`;
}

export const sshKey: Verifier = { verify };
