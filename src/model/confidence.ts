/** How sure glaive is that a string is a real credential, weakest first. */

export const CONFIDENCES = ['unlikely', 'likely', 'certain', 'proven'] as const;

/**
 * - `proven`: a checksum fits, or a private key parses
 * - `certain`: own prefix, exact shape and an alphabet that the generator can make
 * - `likely`: own prefix and shape but an impossible alphabet, or known from context only
 * - `unlikely`: wrong checksum on a full routable shape, or a placeholder
 */
export type Confidence = (typeof CONFIDENCES)[number];

/** Whether `confidence` is at least `floor`. */
export function atLeast(confidence: Confidence, floor: Confidence): boolean {
  return CONFIDENCES.indexOf(confidence) >= CONFIDENCES.indexOf(floor);
}
