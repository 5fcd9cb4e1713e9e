/**
 * File names are bytes on Linux, and not all of them are UTF-8. Names travel through the house as strings in which a
 * byte that is not part of valid UTF-8 stands as the lone surrogate U+DC00 + byte (Python's PEP 383), so that
 * `encodePath(decodePath(bytes))` gives the bytes back exactly.
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
      // Else it is not a whole character yet, or not UTF-8 at all.
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

/** What the operating system wants for a name made by {@link decodePath}: a string, or a Buffer where it must be bytes. */
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
