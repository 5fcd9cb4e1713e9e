/**
 * Fingerprints. They do not depend on anything that changes when code moves or when a rule improves: no rule id, line,
 * commit, version or verification state. Their definition is frozen, because baselines and widgets depend on it.
 */

import { createHash } from 'node:crypto';
import type { Secret } from '../model/secret.ts';

/**
 * SHA-256 of `glaive/1`, a NUL and the secret's bytes, hex: the same wherever the secret is, and however it is encoded.
 *
 * @param canonical (latin1) a form of the secret that is always the same, if it can be written in several ways: a key's public half
 */
export function secretFingerprint(secret: Secret, canonical = secret.reveal()): string {
  return createHash('sha256').update('glaive/1\0').update(canonical, 'latin1').digest('hex');
}

/** SHA-256 of the secret fingerprint (hex), a NUL and the artifact's URI, hex: one secret in one artifact. */
export function findingFingerprint(ofSecret: string, uri: string): string {
  return createHash('sha256').update(`${ofSecret}\0${uri}`, 'utf8').digest('hex');
}
