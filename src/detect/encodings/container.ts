/**
 * Files with encoded values: Kubernetes secrets, and Docker configurations in them. Every value is decoded, even
 * without a needle in it, so that a token is found that was encoded twice.
 */

import type { Encoding, Text } from './encoding.ts';
import { decodeBase64Run } from './base64.ts';
import { LF } from '../../lib/bytes.ts';

/** Text that marks the values around it as encoded. */
const MARKS = ['kind: Secret', '"kind":"Secret"', '"kind": "Secret"', 'kind: "Secret"', 'dockerconfigjson'];
/** A document is not longer than this, before and after the mark. */
const BEFORE = 8 * 1024;
const AFTER = 24 * 1024;
const SEPARATOR = '\n---';
const VALUE = /[:=][ \t]{0,8}["']?([A-Za-z0-9+/]{16,}={0,2})(?=["'\s,}]|$)/g;

export const container: Encoding = {
  name: 'base64',
  readings: 1,
  expansion: 2,
  isContainer: true,
  reachesFar: true,
  needlesFor: () => MARKS.map((text) => ({ text, phase: 0 })),
  anchor: (_, position) => position,
  decode(text, anchor, run) {
    const [from, to, isCut] = documentAround(text, anchor);
    const content = text.latin1(from, to);
    run.append(LF, from, from + 1);
    for (const match of content.matchAll(VALUE)) {
      const start = from + match.index + match[0].length - match[1]!.length;
      if (!decodeBase64Run(text.bytes, start, start + match[1]!.length, run)) return;
      // Nothing is found across two values.
      if (!run.append(LF, start + match[1]!.length, start + match[1]!.length)) return;
    }
    run.append(LF, to, to);
    if (isCut) run.markCut();
  },
};

function documentAround({ bytes, filled }: Text, anchor: number): readonly [from: number, to: number, isCut: boolean] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, filled);
  const before = text.subarray(Math.max(0, anchor - BEFORE), anchor);
  const after = text.subarray(anchor, Math.min(filled, anchor + AFTER));
  const start = before.lastIndexOf(SEPARATOR);
  const end = after.indexOf(SEPARATOR);
  const isCut = end < 0 && anchor + AFTER < filled;
  return [anchor - before.length + Math.max(0, start), anchor + (end < 0 ? after.length : end), isCut];
}
