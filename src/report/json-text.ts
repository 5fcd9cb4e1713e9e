/**
 * JSON as the formats here write it. JSON lets characters stand in a string that a terminal obeys (DEL and the C1
 * controls) or that make text lie (bidirectional controls and other invisible ones); names of files may hold them.
 * They are escaped, which changes no value.
 */

const UNSEEN = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu;

/** @param indent spaces for each level; one line if absent */
export function jsonText(value: object, indent?: number): string {
  return JSON.stringify(value, undefined, indent).replace(UNSEEN, escape);
}

function escape(character: string): string {
  let escaped = '';
  for (let at = 0; at < character.length; at++) {
    escaped += `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`;
  }
  return escaped;
}
