/**
 * File names are bytes on Linux, and not always UTF-8. They are kept as strings, in which a byte that is not part of valid UTF-8 is
 * the lone surrogate U+DC00 + byte (as in Python's PEP 383). `encodePath(decodePath(bytes))` returns the same bytes.
 */

import { isUtf8 } from 'node:buffer';

// With the flag u only lone surrogates match: the second half of a pair is part of a character.
const ESCAPED = /[\udc80-\udcff]/u;

/** A file name as text, reversibly. */
export function decodePath(bytes: Uint8Array): string {
  return isUtf8(bytes) ? toText(bytes) : decodeBytewise(bytes);
}

function toText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

function decodeBytewise(bytes: Uint8Array): string {
  let text = '';
  let at = 0;
  while (at < bytes.length) {
    let length = 0;
    for (let tried = 1; tried <= 4 && at + tried <= bytes.length && length === 0; tried++) {
      // Invalid: an incomplete character, or not UTF-8 at all.
      if (!isUtf8(bytes.subarray(at, at + tried))) continue;
      text += toText(bytes.subarray(at, at + tried));
      length = tried;
    }
    if (length === 0) {
      text += String.fromCharCode(0xdc00 + bytes[at]!);
      length = 1;
    }
    at += length;
  }
  return text;
}

/** The argument for file system calls from a name by {@link decodePath}: a string, or a Buffer if it is not UTF-8. */
export function encodePath(path: string): string | Buffer {
  if (!ESCAPED.test(path)) return path;
  const parts: Buffer[] = [];
  for (const part of path.split(/([\udc80-\udcff])/u)) {
    const code = part.length === 1 ? part.charCodeAt(0) : 0;
    parts.push(code >= 0xdc80 && code <= 0xdcff ? Buffer.from([code - 0xdc00]) : Buffer.from(part, 'utf8'));
  }
  return Buffer.concat(parts);
}

/** A name for people and reports: bytes that are not UTF-8 as `%XX`. */
export function showPath(path: string): string {
  return path.replace(
    /[\udc80-\udcff]/gu,
    (escaped) => `%${(escaped.charCodeAt(0) - 0xdc00).toString(16).toUpperCase()}`,
  );
}
