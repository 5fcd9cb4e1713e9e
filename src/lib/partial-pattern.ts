/**
 * A pattern that also matches where a text ends before the pattern does: every step of it may be the end of the text
 * instead. Where the match reaches the end, more text may change what the pattern itself says; where it does not, or
 * there is none, nothing can.
 *
 * Takes what rules are written in: characters, classes, groups, alternatives, quantifiers, and assertions, which stay as
 * they are but for a look-ahead that something is there.
 */

const QUANTIFIER = /[*+?]\??|\{\d+(?:,\d*)?\}\??/y;
const ESCAPE = /\\(?:u\{[0-9A-Fa-f]+\}|u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|k<\w+>|p\{[^}]*\}|[^])/y;
const CLASS = /\[\^?\]|\[(?:\\[^]|[^\]\\])+\]/y;
const ASSERTION = /^\\[bB]$/;

/** Words of which none may stand at a place: the end of a text may be the beginning of one. */
const FORBIDDEN = /\(\?!([^()[\]\\]{2,})\)/g;

/**
 * Whether what the pattern says of a place may change with what follows a text. Says so rather than not.
 *
 * @throws Error when the pattern is none
 */
export function growthOf(source: string): (text: string, at: number) => boolean {
  const partial = new RegExp(partialPattern(source), 'y');
  const forbidden = [...source.matchAll(FORBIDDEN)].flatMap(([, words]) => words!.split('|'));
  const endsWithin = (text: string, word: string): boolean => {
    for (let length = 1; length < word.length; length++) if (text.endsWith(word.slice(0, length))) return true;
    return false;
  };
  return (text, at) => {
    partial.lastIndex = at;
    if (!partial.test(text)) return false;
    return partial.lastIndex === text.length || forbidden.some((word) => endsWithin(text, word));
  };
}

/** @throws Error when the pattern is none */
function partialPattern(source: string): string {
  let at = 0;

  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const [text] = pattern.exec(source) ?? [];
    at += text?.length ?? 0;
    return text;
  };
  const quantifier = (): string => take(QUANTIFIER) ?? '';

  const alternatives = (): string => {
    let text = '';
    while (at < source.length && source[at] !== ')') text += source[at] === '|' ? source[at++]! : step();
    return text;
  };

  const step = (): string => {
    const character = source[at]!;
    if (character === '(') return group();
    if (character === '^' || character === '$') {
      at++;
      return character;
    }
    const atom = (character === '\\' ? take(ESCAPE) : character === '[' ? take(CLASS) : source[at++]) ?? source[at++]!;
    return ASSERTION.test(atom) ? atom : `(?:${atom}|$)${quantifier()}`;
  };

  const group = (): string => {
    const start = at;
    const opening = take(/\((?:\?(?:[:=!]|<[=!]|<\w+>))?/y)!; // there is a bracket
    const inside = alternatives();
    if (source[at] !== ')') throw new Error(`an open bracket at ${start}`);
    at++;
    // What must not follow is known as far as it can be.
    if (opening === '(?!') return source.slice(start, at);
    // What comes before this place may be missing where the text has ended already.
    if (opening === '(?<=' || opening === '(?<!') return `(?:${source.slice(start, at)}|$)`;
    if (opening === '(?=') return `(?=${inside})`;
    return `(?:${inside}|$)${quantifier()}`;
  };

  const whole = alternatives();
  if (at < source.length) throw new Error(`a closing bracket at ${at}`);
  return whole;
}

const BEHIND = '(?<=';
const SECRET = '(?<secret>';

/**
 * For a pattern that looks behind for its secret, and whose needle follows the secret: a pattern of partial matches at the
 * end of a text. Group `pending` begins with the secret. Undefined for all other patterns.
 */
export function beginningsOf(source: string): RegExp | undefined {
  if (!source.startsWith(BEHIND)) return undefined;
  const end = closingBracket(source, 0);
  const secret = source.indexOf(SECRET);
  if (secret < 0 || secret > end) return undefined;
  const before = source.slice(BEHIND.length, secret);
  const after = source.slice(secret, end) + source.slice(end + 1);
  return new RegExp(`(?:${before})(?<pending>(?=[^])${partialPattern(after)})$`);
}

const LATER = '(?=[^\\n]';

/** Whether a pattern looks for something later on the line. */
export function looksLater(source: string): boolean {
  return source.includes(LATER);
}

/** The same pattern, whatever stands later on the line. */
export function withoutLater(source: string): string {
  const start = source.indexOf(LATER);
  return start < 0 ? source : source.slice(0, start) + source.slice(closingBracket(source, start) + 1);
}

/** Where the group ends that begins at `start`. */
function closingBracket(source: string, start: number): number {
  let depth = 0;
  let inClass = false;
  for (let at = start; at < source.length; at++) {
    const character = source[at];
    if (character === '\\') at++;
    else if (inClass) inClass = character !== ']';
    else if (character === '[') inClass = true;
    else if (character === '(') depth++;
    else if (character === ')' && --depth === 0) return at;
  }
  return source.length;
}
