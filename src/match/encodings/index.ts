/** Every encoding that is searched; a new one is a file and a line here. */

import { base64, base64Lines } from './base64.ts';
import { container } from './container.ts';
import type { Encoding } from './encoding.ts';
import { characterReference, percent, quotedPrintable, unicodeEscape } from './escapes.ts';
import { hex } from './hex.ts';
import { utf16be, utf16le } from './utf16.ts';

export const ENCODINGS: readonly Encoding[] = [
  utf16le,
  utf16be,
  base64,
  base64Lines,
  hex,
  percent,
  unicodeEscape,
  characterReference,
  quotedPrintable,
  container,
];
