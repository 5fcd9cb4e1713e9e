/** Bytes of a file to text, as editors and shells write it: PowerShell's `>` writes UTF-16. */

import { UnfitFile } from './unfit-file.ts';

const UTF8_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * From UTF-8, or from UTF-16 where a byte order mark says so; the mark itself is no part of the text.
 *
 * @throws UnfitFile for what is no text: UTF-16 without its mark, UTF-32, a binary file
 */
export function decodeText(bytes: Buffer): string {
  const text = toText(bytes);
  if (text.includes('\0')) throw new UnfitFile('it is no text in UTF-8, for it holds NUL bytes: save it as UTF-8');
  return text;
}

/** The same of any bytes, which may be no text. */
export function toText(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.toString('utf16le', 2);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) {
    const even = Buffer.from(bytes.subarray(2, bytes.length - (bytes.length % 2)));
    return even.swap16().toString('utf16le');
  }
  return bytes.toString('utf8', bytes.subarray(0, 3).equals(UTF8_MARK) ? 3 : 0);
}
