/** Every encoding that is searched; a new one is a file and a line here. */

import type { Encoding } from './encoding.ts';
import { utf16be, utf16le } from './utf16.ts';

export const ENCODINGS: readonly Encoding[] = [utf16le, utf16be];
