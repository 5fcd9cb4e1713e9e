/** Decodes text as editors and shells write it: PowerShell's `>` writes UTF-16. */

import { UnfitFile } from './unfit-file.ts';

const UTF8_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * Decodes UTF-8, or UTF-16 after a byte order mark, which is removed.
 *
 * @throws UnfitFile if it is not text: UTF-16 without a mark, UTF-32, a binary file
 */
export function decodeText(bytes: Buffer): string {
  const text = toText(bytes);
  if (text.includes('\0')) throw new UnfitFile('it contains NUL bytes, so it is not UTF-8 text: save it as UTF-8');
  return text;
}

/** Decodes any bytes in the same way, even if they are not text. */
export function toText(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.toString('utf16le', 2);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) {
    const even = Buffer.from(bytes.subarray(2, bytes.length - (bytes.length % 2)));
    return even.swap16().toString('utf16le');
  }
  return bytes.toString('utf8', bytes.subarray(0, 3).equals(UTF8_MARK) ? 3 : 0);
}
