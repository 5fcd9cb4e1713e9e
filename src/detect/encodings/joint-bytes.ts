/** What may be between two runs of encoded text that are one value (`joints.ts`). */

import { byteTable } from '../tokens/alphabet.ts';

export const IS_JOINT = byteTable(' \t\r\n"\'`+.&,|\\');
