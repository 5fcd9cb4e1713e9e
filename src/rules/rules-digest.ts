/** Which scans find the same: what states of earlier scans are compared by. */

import { createHash } from 'node:crypto';
import type { Ruleset } from '../model/ruleset.ts';

/**
 * The number of "what is found". Raise it by one when the same bytes and the same rules give other findings than before: another
 * encoding or archive is read, a check is stricter, a confidence changes. Rules count by themselves. Every state of earlier scans is
 * void then, and each repository is scanned from nothing; no other change of glaive does that.
 *
 * `test/detection/detection-version.test.ts` fails if a known text gives other findings and this number is the same.
 */
export const DETECTION_VERSION = 1;

/** Equal for scans that find the same. @param limits everything else that must be equal */
export function rulesDigest(ruleset: Pick<Ruleset, 'rules'>, limits: string): string {
  return createHash('sha256')
    .update(`detection ${DETECTION_VERSION} ${limits}`)
    .update(JSON.stringify(ruleset.rules))
    .digest('hex');
}
