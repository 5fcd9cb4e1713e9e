/** Values that must not be shown, in the forms in which programs print them. */

import type { Span } from '../model/region.ts';

/** A shorter value would mask half of every text. GitLab does not mask shorter ones, either. */
export const VALUE_MIN = 8;

export class ExactValues {
  readonly #forms: readonly Buffer[];
  /** Bytes of the longest form. */
  readonly longest: number;

  constructor(values: readonly string[]) {
    const forms = new Set(values.flatMap(formsOf));
    this.#forms = [...forms].map((form) => Buffer.from(form, 'latin1'));
    this.longest = Math.max(0, ...this.#forms.map(({ length }) => length));
  }

  /** Every occurrence that ends in `bytes[from, to)`. */
  find(bytes: Uint8Array, from: number, to: number): Span[] {
    const start = Math.max(0, from - this.longest + 1);
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, to - start);
    const spans: Span[] = [];
    for (const form of this.#forms) {
      for (let at = text.indexOf(form); at >= 0; at = text.indexOf(form, at + 1)) {
        const end = start + at + form.length;
        if (end > from) spans.push({ start: start + at, end });
      }
    }
    return spans;
  }

  /** The start of a partial value at the end of `bytes[0, to)`, or `to`. */
  partialStart(bytes: Uint8Array, to: number): number {
    let first = to;
    for (const form of this.#forms) {
      for (let length = Math.min(form.length - 1, to); length > to - first; length--) {
        if (bytes[to - length] !== form[0] || !isTail(bytes, to, form, length)) continue;
        first = to - length;
      }
    }
    return first;
  }
}

function isTail(bytes: Uint8Array, to: number, form: Buffer, length: number): boolean {
  for (let at = 0; at < length; at++) if (bytes[to - length + at] !== form[at]) return false;
  return true;
}

/** The forms, as the latin1 of their UTF-8 bytes. */
function formsOf(value: string): string[] {
  const bytes = Buffer.from(value, 'utf8');
  const raw = bytes.toString('latin1');
  const lines = raw.split(/\r?\n/).filter((line) => line.length >= VALUE_MIN);
  const json = Buffer.from(JSON.stringify(value).slice(1, -1)).toString('latin1');
  const url = encodeURIComponent(value);
  return [
    raw,
    ...lines,
    json,
    json.replaceAll('/', '\\/'),
    url,
    url.replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase()),
    url.replaceAll('%20', '+'),
    // RFC 3986 does not escape these, but some programs do.
    url.replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`),
    // In a shell: in single quotes, and with backslashes (`printf %q`).
    raw.replaceAll("'", `'\\''`),
    raw.replaceAll("'", `'"'"'`),
    raw.replace(/[^A-Za-z0-9_\-.,:+/@=\u0080-\u00ff]/g, '\\$&'),
    raw.replace(/["$`\\]/g, '\\$&'),
    ...base64Forms(bytes),
    bytes.toString('hex'),
  ].filter((form) => form.length >= VALUE_MIN);
}

/** Alone, and within a longer text: there only the middle is certain, and it depends on the first byte's place in its group of three. */
function base64Forms(bytes: Buffer): string[] {
  const alone = bytes.toString('base64');
  const within = [0, 1, 2].map((lead) => {
    const text = Buffer.concat([Buffer.alloc(lead), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const first = Math.ceil((8 * lead) / 6);
    return text.slice(first, Math.floor((8 * (lead + bytes.length)) / 6));
  });
  return [alone, ...within].flatMap((text) => [text, text.replaceAll('+', '-').replaceAll('/', '_')]);
}
