/** Makes text from strangers safe for a terminal and a log: nothing in it can move the cursor, recolour or hide. */

// C0 and C1 controls, DEL, line and paragraph separators, the bidirectional controls of "Trojan Source", and what is
// not seen at all: fillers of Hangul look like a space.
const UNSAFE =
  // oxlint-disable-next-line no-control-regex -- these are the characters to neutralise
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u200b-\u200f\u2028-\u202e\u2060-\u2069\u3164\ufeff\uffa0]|[\u{e0000}-\u{e007f}]/gu;
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** What a reader does not see, and by which a text may be cut into pieces that look whole: more than what is unsafe to show. */
const UNSEEN = new RegExp(`${UNSAFE.source}|\\p{Cc}|\\p{Cf}|\\p{Default_Ignorable_Code_Point}`, 'gu');

/** `text` without all that is not seen: what stood apart stands together. */
export function withoutUnseen(text: string): string {
  return text.replace(UNSEEN, '').replace(LONE_SURROGATE, '');
}

/** `text` with each unsafe character replaced by one visible character, so that columns stay true; tabs become spaces. */
export function printable(text: string): string {
  return text
    .replace(/\t/g, ' ')
    .replace(UNSAFE, (character) => {
      const code = character.codePointAt(0)!;
      // U+2400 and up are the visible pictures of the C0 controls.
      return code < 0x20 ? String.fromCharCode(0x2400 + code) : code === 0x7f ? '\u2421' : '\ufffd';
    })
    .replace(LONE_SURROGATE, '\ufffd');
}
