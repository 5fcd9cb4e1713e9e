/** Recognises the text of uuencode. */

const BEGIN = /^begin(-base64)? [0-7]{3,4} \S[^\n]{0,500}\n([^\n]*)/;
/** The modes of files, as nearly all programs write them. */
const LINES = ['6', '7'].flatMap((digit) => [`\nbegin ${digit}`, `\nbegin-base64 ${digit}`]);
export const UUENCODE_LINES: readonly Buffer[] = LINES.map((line) => Buffer.from(line));
/** How much of the first line of data may be missing: spaces at its end. */
const SPACES_MAX = 8;

/** Whether a file begins at a line: the line, and one of its data. */
export function isUuencoded(text: Buffer, at: number): boolean {
  const [, base64, line = ''] = BEGIN.exec(text.toString('latin1', at, at + 700)) ?? [];
  const data = line.replace(/\r$/, '');
  if (base64 !== undefined) return /^[A-Za-z0-9+/]{4,}={0,2}$/.test(data);
  if (!/^[ -`]{2,}$/.test(data)) return false;
  const expected = 1 + 4 * Math.ceil(((data.charCodeAt(0) - 32) & 63) / 3);
  // Some programs add a checksum of one character.
  return data.length >= expected - SPACES_MAX && data.length <= expected + 1;
}

/** Whether a file begins in a text, behind other lines. */
export function hasUuencoded(text: Buffer): boolean {
  return UUENCODE_LINES.some((line) => {
    for (let at = text.indexOf(line); at >= 0; at = text.indexOf(line, at + 1))
      if (isUuencoded(text, at + 1)) return true;
    return false;
  });
}
