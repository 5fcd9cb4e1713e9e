/** How sure glaive is that a string is a real credential, weakest first. */

import type { Evidence } from './candidate.ts';

export const CONFIDENCES = ['unlikely', 'likely', 'certain', 'proven'] as const;

/**
 * - `proven`: a valid checksum, or a private key parses
 * - `certain`: own prefix, exact shape and an alphabet that the generator can make
 * - `likely`: own prefix and shape but an impossible alphabet, or known from context only
 * - `unlikely`: wrong checksum on a full routable shape, or a placeholder
 */
export type Confidence = (typeof CONFIDENCES)[number];

/** Whether `confidence` is at least `floor`. */
export function atLeast(confidence: Confidence, floor: Confidence): boolean {
  return CONFIDENCES.indexOf(confidence) >= CONFIDENCES.indexOf(floor);
}

/** The confidence for some evidence. The first line that applies decides: a valid checksum outweighs everything else. */
export function confidenceOf({ checksum, content, isPlaceholder, generator, maxConfidence }: Evidence): Confidence {
  if (checksum === 'fits') return 'proven';
  if (checksum === 'fails' || content === 'undecodable' || isPlaceholder === true) return 'unlikely';
  return generator === 'impossible' && maxConfidence === 'certain' ? 'likely' : maxConfidence;
}

/** Placeholders are not reported where only the context makes them a credential. */
export function isIgnoredPlaceholder({ context, isPlaceholder }: Evidence): boolean {
  return context === true && isPlaceholder === true;
}
