/** Fingerprints of SSH keys. */

import { createHash } from 'node:crypto';

/** The fingerprint of a public key as OpenSSH and GitLab show it: `SHA256:` and base64 without padding. */
export function sshFingerprint(blob: Uint8Array): string {
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}
