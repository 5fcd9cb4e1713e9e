/** The line of a secret, made safe to show: the secret is masked, and so is everything else that looks like one. */

import { printable } from '../lib/printable.ts';
import type { LineContext } from '../model/candidate.ts';
import type { Excerpt } from '../model/finding.ts';
import { MASK } from '../model/secret.ts';

const ELLIPSIS = '…';
const NUL = 0;

/**
 * Long runs of letters and digits (keys of other vendors), passwords in URLs, and values of names such as `password`.
 * glaive does not report them, and must not print them, either.
 */
const OTHER_SECRETS = [
  /(?<=:\/\/[^\s/:@]*:)[^\s@]+(?=@)/g,
  /(?<=(?:pass(?:word|wd)?|pwd|secret|token|api_?key|access_?key|private_?key|credentials?)["']?\s*[:=]\s*["']?)[^\s"',;]+/gi,
  // Tokens in capitals, or with a blank between any two characters.
  /(?<=\bgl[a-z]{1,8}-)[\w.-]{8,}/gi,
  /(?<!\S)(?:[\w.-][ \t]){15,}[\w.-](?!\S)/g,
  /(?=[A-Za-z0-9+/_=-]*\d)(?=[A-Za-z0-9+/_=-]*[A-Za-z])[A-Za-z0-9+/_=-]{20,}/g,
];

/** Undefined for a line that is not text. @param label the public prefix of the secret, shown before the mask */
export function excerptOf(context: LineContext, label: string): Excerpt | undefined {
  const { bytes, span, masks } = context;
  if (bytes.includes(NUL)) return undefined;
  let text = context.cutBefore ? ELLIPSIS : '';
  let shown = 0;
  let markStart = 0;
  let markEnd = 0;
  for (const mask of masks) {
    text += plain(bytes, shown, mask.start);
    const own = mask.start <= span.start && span.end <= mask.end;
    if (own) markStart = text.length;
    text += own ? label + MASK : MASK;
    if (own) markEnd = text.length;
    shown = mask.end;
  }
  text += plain(bytes, shown, bytes.length);
  if (context.cutAfter) text += ELLIPSIS;
  return { text, markStart, markEnd };
}

function plain(bytes: Uint8Array, start: number, end: number): string {
  const text = printable(Buffer.from(bytes.subarray(start, end)).toString('utf8'));
  return OTHER_SECRETS.reduce((rest, pattern) => rest.replace(pattern, MASK), text);
}
