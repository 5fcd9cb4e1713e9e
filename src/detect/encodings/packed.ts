/**
 * Compressed values in base64. They are not decoded here, because they may be far larger than what is in memory: their marks are needles, and
 * a text with such a value is opened like an archive (`sources/archives/base64.ts`).
 */

import { PACKED_MARKS } from '../../lib/packed-base64.ts';
import type { Encoding } from './encoding.ts';

export const packed: Encoding = {
  name: 'base64',
  readings: 1,
  expansion: 1,
  reachesFar: true,
  needlesFor: () => PACKED_MARKS.map((text) => ({ text, phase: 0 })),
  anchor: () => undefined,
  decode() {},
};
