/**
 * Writes JSON. Its strings may contain characters that terminals interpret (DEL and the C1 controls) or that mislead readers
 * (bidirectional controls and other invisible ones), for example from file names. They are escaped, which changes no value.
 */

const UNSEEN = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu;

/** @param indent spaces for each level; one line if absent */
export function jsonText(value: object, indent?: number): string {
  return JSON.stringify(value, undefined, indent).replace(UNSEEN, escape);
}

/** A list in {@link jsonPieces}: only a few of its values need be in memory at once. */
export type Values = Iterable<object | string>;

const AT_ONCE = 200;

/**
 * The result of `jsonText(value, 2)` in pieces: a report of 50 000 findings is too large to be in memory twice.
 *
 * @param lists the last keys of the value
 */
export function* jsonPieces(head: object, lists: Readonly<Record<string, Values>>): Generator<string> {
  yield jsonText(head, 2).slice(0, -2);
  for (const [key, values] of Object.entries(lists)) {
    let [lines, count, isEmpty] = [`,\n  ${JSON.stringify(key)}: [`, 0, true];
    for (const value of values) {
      lines += `${isEmpty ? '' : ','}\n    ${jsonText({ value }, 2).slice('{\n  "value": '.length, -2).replaceAll('\n', '\n  ')}`;
      isEmpty = false;
      if (++count % AT_ONCE !== 0) continue;
      yield lines;
      lines = '';
    }
    yield `${lines}${isEmpty ? '' : '\n  '}]`;
  }
  yield '\n}';
}

function escape(character: string): string {
  let escaped = '';
  for (let at = 0; at < character.length; at++) {
    escaped += `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`;
  }
  return escaped;
}
