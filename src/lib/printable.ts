/** Makes untrusted text safe for terminals and logs: it cannot move the cursor, change colours or hide anything. */

// C0 and C1 controls, DEL, line and paragraph separators, the bidirectional controls of "Trojan Source", and invisible
// characters: Hangul fillers look like a space.
const UNSAFE =
  // oxlint-disable-next-line no-control-regex -- these are the characters to neutralise
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u200b-\u200f\u2028-\u202e\u2060-\u2069\u3164\ufeff\uffa0]|[\u{e0000}-\u{e007f}]/gu;
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Invisible characters, which can split a word that looks whole: more than the unsafe ones. Not made at start-up: that takes 0.7 ms. */
const unseen = (): RegExp => new RegExp(`${UNSAFE.source}|\\p{Cc}|\\p{Cf}|\\p{Default_Ignorable_Code_Point}`, 'gu');

/** `text` without invisible characters, so that split words are joined. */
export function withoutUnseen(text: string): string {
  return text.replace(unseen(), '').replace(LONE_SURROGATE, '');
}

/** `text` with each unsafe character replaced by one visible character, so that columns stay true; tabs become spaces. */
export function printable(text: string): string {
  return text
    .replace(/\t/g, ' ')
    .replace(UNSAFE, (character) => {
      const code = character.codePointAt(0)!;
      // U+2400 to U+241F are visible symbols of the C0 controls.
      return code < 0x20 ? String.fromCharCode(0x2400 + code) : code === 0x7f ? '\u2421' : '\ufffd';
    })
    .replace(LONE_SURROGATE, '\ufffd');
}
