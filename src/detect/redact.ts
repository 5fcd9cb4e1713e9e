/** Masks every secret in a short text: a file name, a message of git or of the operating system. */

import { MASK } from '../model/secret.ts';
import type { Span } from '../model/region.ts';
import type { Keyword, Ruleset } from '../model/ruleset.ts';
import type { KernelFactory } from './search/kernel.ts';
import { DecodingLayer } from './decoding-layer.ts';
import { mergeSpans } from './context/line-context.ts';

const CAPACITY = 64 * 1024;
/** Credentials in URLs, whatever their kind: `https://user:password@host`. */
const URL_CREDENTIALS = /(:\/\/)[^\s/@]+@/g;

export interface Redactor {
  /** Whether `text` may contain a secret; false is certain. */
  mayContainSecret(text: string): boolean;
  /** `text` with every secret replaced by {@link MASK}; text beyond 64 KiB is dropped. */
  redact(text: string): string;
}

export function createRedactor(ruleset: Ruleset, createKernel: KernelFactory): Redactor {
  const mayContainSecret = createKeywordTest(ruleset);
  // Most scans never print a keyword, and never need the kernel.
  let layer: DecodingLayer | undefined;

  const maskKeywords = (text: string): string => {
    if (!mayContainSecret(text)) return text;
    layer ??= new DecodingLayer({ ruleset, createKernel, capacity: () => CAPACITY });
    const { bytes } = layer.kernel;
    const filled = new TextEncoder().encodeInto(text, bytes).written;
    const hidden: Span[] = [];
    layer.forget();
    for (const hit of layer.hits(0, filled)) hidden.push(...layer.matchesAt(hit, filled).hidden);
    const parts: string[] = [];
    let shown = 0;
    for (const span of mergeSpans(hidden)) {
      parts.push(decode(bytes, shown, span.start), MASK);
      shown = span.end;
    }
    return parts.join('') + decode(bytes, shown, filled);
  };

  return {
    mayContainSecret,
    redact: (text) => maskKeywords(text).replace(URL_CREDENTIALS, `$1${MASK}@`),
  };
}

/** What is assigned to a name is at least so long. */
const VALUE = /[0-9A-Za-z_-]{20}/;

/** Tests whether a text contains a keyword. One regular expression of all keywords would take longer to compile than a hook may. */
function createKeywordTest({ keywords }: Ruleset): (text: string) => boolean {
  const begins = textTest(keywords.filter(({ isName }) => !isName));
  const isNamed = textTest(keywords.filter(({ isName }) => isName));
  return (text) => begins(text) || (VALUE.test(text) && isNamed(text));
}

function textTest(keywords: readonly Keyword[]): (text: string) => boolean {
  /** By their first two characters. */
  const known = new Map<number, string[]>();
  const startOf = (text: string, at: number): number => (text.charCodeAt(at) << 16) | text.charCodeAt(at + 1);
  const index = (): void => {
    for (const { text } of keywords) {
      const start = startOf(text, 0);
      const list = known.get(start);
      if (list === undefined) known.set(start, [text]);
      else list.push(text);
    }
  };
  return (text) => {
    if (known.size === 0) index();
    for (let at = 0; at + 1 < text.length; at++)
      if (known.get(startOf(text, at))?.some((keyword) => text.startsWith(keyword, at)) === true) return true;
    return false;
  };
}

function decode(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8');
}
