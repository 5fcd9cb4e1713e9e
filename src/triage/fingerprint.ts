/**
 * Fingerprints. They hold nothing that changes when code moves or when a rule gets better: no rule id, line, commit,
 * version or verification state. Their definition is frozen; baselines and widgets live on it.
 */

import { createHash } from 'node:crypto';
import type { Secret } from '../model/secret.ts';

/**
 * SHA-256 of `glaive/1`, a NUL and the secret's bytes, hex: the same wherever and however the secret stands.
 *
 * @param canonical what stands for the secret where it can be written in several ways (latin1): a key's public half
 */
export function secretFingerprint(secret: Secret, canonical = secret.reveal()): string {
  return createHash('sha256').update('glaive/1\0').update(canonical, 'latin1').digest('hex');
}

/** SHA-256 of the secret fingerprint (hex), a NUL and the artifact's URI, hex: one secret in one artifact. */
export function findingFingerprint(ofSecret: string, uri: string): string {
  return createHash('sha256').update(`${ofSecret}\0${uri}`, 'utf8').digest('hex');
}
