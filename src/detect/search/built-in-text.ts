/** The texts of the built-in needles. */

import { joined } from '../../generated/needles.ts';

/** All of them, one after the other. Stored backwards: forwards, glaive's own code would be full of what they find. */
export function builtInText(): Buffer {
  return Buffer.from(Buffer.from(joined, 'base64').toReversed());
}
