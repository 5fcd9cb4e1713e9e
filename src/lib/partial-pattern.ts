/**
 * Partial matching: a pattern that also matches if the text ends before the pattern does, because every step may be the end of the
 * text instead. If the match reaches the end of the text, more text may change the result of the original pattern. If it does not,
 * or if there is no match, more text changes nothing.
 *
 * Supports the syntax of rules: characters, classes, groups, alternatives, quantifiers, and assertions. Assertions are kept, except
 * for positive look-aheads.
 */

const QUANTIFIER = /[*+?]\??|\{\d+(?:,\d*)?\}\??/y;
const ESCAPE = /\\(?:u\{[0-9A-Fa-f]+\}|u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|k<\w+>|p\{[^}]*\}|[^])/y;
const CLASS = /\[\^?\]|\[(?:\\[^]|[^\]\\])+\]/y;
const ASSERTION = /^\\[bB]$/;

/** A negative look-ahead for words: the end of a text may be the beginning of one. */
const FORBIDDEN = /\(\?!([^()[\]\\]{2,})\)/g;

/**
 * Whether further text may change the result of the pattern at a place; true in case of doubt.
 *
 * @throws Error if the pattern is invalid
 */
export function growthOf(source: string): (text: string, at: number) => boolean {
  const partial = partialMatch(source);
  const forbidden = [...source.matchAll(FORBIDDEN)].flatMap(([, words]) => words!.split('|'));
  const endsWithin = (text: string, word: string): boolean => {
    for (let length = 1; length < word.length; length++) if (text.endsWith(word.slice(0, length))) return true;
    return false;
  };
  return (text, at) => {
    const end = partial(text, at);
    if (end === undefined) return false;
    return end === text.length || forbidden.some((word) => endsWithin(text, word));
  };
}

/** @throws Error if the pattern is invalid */
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
    // A negative look-ahead is decided by the text so far.
    if (opening === '(?!') return source.slice(start, at);
    // The text may have ended before the place that the look-behind reads.
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

/**
 * Where a partial match at a place ends; undefined: the pattern does not match there, whatever follows the text.
 *
 * @throws Error if the pattern is invalid
 */
export function partialMatch(source: string): (text: string, at: number) => number | undefined {
  const partial = new RegExp(partialPattern(source), 'y');
  return (text, at) => {
    partial.lastIndex = at;
    return partial.test(text) ? partial.lastIndex : undefined;
  };
}

const LATER = '(?=[^\\n]';

/** Whether a pattern has a look-ahead for something later on the line. */
export function looksLater(source: string): boolean {
  return source.includes(LATER);
}

/** The same pattern without that look-ahead. */
export function withoutLater(source: string): string {
  const start = source.indexOf(LATER);
  return start < 0 ? source : source.slice(0, start) + source.slice(closingBracket(source, start) + 1);
}

/** The end of the group that begins at `start`. */
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
