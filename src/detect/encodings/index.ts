/** Every encoding that is searched. To add one, write a file and add a line here. */

import { base64 } from './base64.ts';
import { codes } from './codes.ts';
import { container } from './container.ts';
import { dumps } from './dumps.ts';
import type { Encoding } from './encoding.ts';
import { escapes, quotedPrintable } from './escapes.ts';
import { hex } from './hex.ts';
import { packed } from './packed.ts';
import { utf7 } from './utf-7.ts';
import { utf } from './wide.ts';

export const ENCODINGS: readonly Encoding[] = [
  ...utf,
  ...base64,
  ...hex,
  ...codes,
  dumps,
  escapes,
  quotedPrintable,
  utf7,
  container,
  packed,
];
