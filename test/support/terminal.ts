/**
 * What a terminal shows of a text: a plain model, to compare with. Moves of the cursor count as nothing, lines are not
 * wrapped, and a backspace takes the character before it away. Imports nothing from `src/`.
 */

import { type Random } from './mint.ts';

/* oxlint-disable no-control-regex, no-misleading-character-class -- these are the characters that are not seen */
const UNSEEN = [
  // Texts of their own: OSC, DCS, SOS, PM, APC.
  /(?:\u001B[\]PX^_]|\u009D)[^\u0007\u001B\n]*(?:\u0007|\u001B\\)/g,
  /(?:\u001B\[|\u009B)[0-?]*[ -/]*[@-~]/g,
  /\u001B[ -/]+[0-~]/g,
  /\u001B[78=>DEHMNOZc]/g,
  // Soft hyphen, marks, joiners, directions, variants.
  /[\u00AD\u0300-\u036F\u061C\u180E\u200B-\u200F\u202A-\u202E\u2060-\u206F\uFE00-\uFE0F\uFEFF]/g,
  // Controls that show nothing.
  /[\u0000-\u0007\u000E-\u001F\u007F]/g,
];
/* oxlint-enable no-control-regex, no-misleading-character-class */

export function visibleText(bytes: Uint8Array, backspaces = true): string {
  const text = UNSEEN.reduce((rest, pattern) => rest.replace(pattern, ''), decode(bytes));
  if (!backspaces) return text.replaceAll('\b', '');
  const shown: string[] = [];
  for (const character of text) {
    if (character !== '\b') shown.push(character);
    else if (shown.length > 0 && shown.at(-1) !== '\n') shown.pop();
  }
  return shown.join('');
}

/** UTF-8, in which an invalid byte is the character of its number: an 8-bit control. */
function decode(bytes: Uint8Array): string {
  const latin1 = Buffer.from(bytes).toString('latin1');
  return latin1.replace(/[\u00C2-\u00F4][\u0080-\u00BF]{1,3}/g, (some) => Buffer.from(some, 'latin1').toString('utf8'));
}

const LETTERS = 'ABCDEFGHIJKLMPSTXZ`abcdefghilmnpqrstux@^{|}~';

/** Something that a terminal does not show, at random. */
export function unseen(random: Random): Buffer {
  const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
  const parameters = (): string => Array.from({ length: random.below(4) }, () => random.below(300)).join(';');
  const final = (): string => random.pick(Array.from(LETTERS));
  switch (random.below(14)) {
    case 0:
      return latin1(`\u001B[${parameters()}m`);
    case 1:
      return latin1(
        `\u001B[${random.pick(['', '?', '>', '<'])}${random.below(99)}${random.pick(['', ' ', '!'])}${final()}`,
      );
    case 2:
      return latin1(
        random.pick(['\u001B[K', '\u001B[0K', '\u001B[10G', '\u001B[2J', '\u001B[H', '\u001B[s', '\u001B[u']),
      );
    case 3:
      return latin1(`\u009B${random.below(99)};1m`);
    case 4:
      return Buffer.from(`\u009B${random.below(99)}m`);
    case 5:
      return latin1(`\u001B]8;;https://gitlab.example.com/${random.below(999)}${random.pick(['\u0007', '\u001B\\'])}`);
    case 6:
      return latin1(
        random.pick(['\u001B]8;;\u0007', '\u001B]0;a title\u0007', '\u001BP1;2|ab\u001B\\', '\u001B_app\u001B\\']),
      );
    case 7:
      return latin1(random.pick(['\u001B(B', '\u001B)0', '\u001B#8', '\u001B%G', '\u001B7', '\u001B8', '\u001B=']));
    case 8:
      return latin1(random.pick(['\0', '\0\0', '\0\0\0', '\u0007', '\u000E', '\u000F', '\u007F', '\u0001']));
    case 9:
      return Buffer.from(random.pick(['\u200B', '\u200D', '\u00AD', '\u2060', '\uFEFF', '\u202E', '\u0336', '\uFE0F']));
    case 10:
      return latin1(`\u001B[${'38;5;12;'.repeat(random.between(9, 400))}1m`);
    case 11:
      return latin1('x\b');
    case 12:
      return latin1('_9\b\b');
    default:
      return Buffer.from('é\b');
  }
}

/** A text with things between some of its characters, or all, that a terminal does not show. */
export function scattered(text: string, random: Random, often = random.pick([1, 2, 10])): Buffer {
  return Buffer.concat(
    Array.from(text).flatMap((character, at) => {
      const own = Buffer.from(character);
      if (at === 0 || random.below(often) > 0) return [own];
      // As manual pages print what is bold.
      if (random.below(6) === 0) return [own, Buffer.from('\b'), own];
      return [unseen(random), own];
    }),
  );
}
