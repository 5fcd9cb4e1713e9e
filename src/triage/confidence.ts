/** Evidence to confidence: the one table. */

import type { Candidate } from '../model/candidate.ts';
import type { Confidence } from '../model/confidence.ts';
import { isPlaceholder } from './placeholder.ts';

/** How sure glaive is of a candidate. The first line that applies decides: a fitting checksum beats every doubt. */
export function confidenceOf({ evidence, secret }: Pick<Candidate, 'evidence' | 'secret'>): Confidence {
  if (evidence.checksum === 'fits') return 'proven';
  if (evidence.checksum === 'fails') return 'unlikely';
  if (evidence.content === 'undecodable') return 'unlikely';
  if (isPlaceholder(secret.reveal().slice(evidence.body.start, evidence.body.end))) return 'unlikely';
  return evidence.generator === 'impossible' && evidence.ceiling === 'certain' ? 'likely' : evidence.ceiling;
}

/** Where only the place says that something is a credential, a placeholder is none. */
export function isStandIn({ evidence, secret }: Pick<Candidate, 'evidence' | 'secret'>): boolean {
  return evidence.context === true && isPlaceholder(secret.reveal().slice(evidence.body.start, evidence.body.end));
}
