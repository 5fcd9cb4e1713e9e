/**
 * Reads the text around a value as `name <separator> value`, in whatever syntax it is written: which names the value has, which
 * function it is passed to, whose password it is in an address. Nothing here knows GitLab, but for the users of its addresses.
 */

import { type Mention, mention, type Offset } from './mention.ts';
import { namesBefore, namesOfElement, parentOf, QUOTE, withPair } from './names-around.ts';
import { endsWithOneOf, matchAtEnd, withoutBlanks, wordsFromEnd } from './text-end.ts';

/** How a value is written. */
export type Syntax =
  /** `name = value`, `"name": "value"`, `<name>value</name>` and the like. */
  | 'assignment'
  /** `--name value`, `name value`. */
  | 'word'
  /** `function("value")`, and elements of lists. */
  | 'argument'
  /** `https://user:value@host`, `user:value`. */
  | 'address'
  /** A cell of a table, or a word of a sentence. */
  | 'text';

export interface Reading {
  readonly syntax: Syntax;
  /** The names that it may have, most likely first. */
  readonly names: readonly Mention[];
  /** The function that it is passed to. */
  readonly callee?: string;
  readonly user?: Mention;
  /** Its place counts from the end of the value. */
  readonly host?: Mention;
}

/** An authorization scheme between an opening quote and the value. */
const SCHEME = /(?:Bearer|bearer|BEARER|token|Token)[ \t]$/;
/** Prefixes of string literals. */
const LITERAL_PREFIX = /(?:(?<!\w)(?:[bBfFrRuU]{1,2}|L)|@|&"?)$/;
const YAML_TAG = /(?:!!?[a-z]*|&[\w-]{1,32})[ \t]{1,4}$/;
const OPENING = new RegExp(`${QUOTE}$`);
const CLOSING = new RegExp(`^${QUOTE}`);

const ASSIGNED = /(?:=>|:=|\?=|\+=|[!=]==?|->|<-|~>|\|\||\?\?|[=:]|\bor\b)[ \t]{0,16}$/;
/** A YAML block scalar, or a value on the line after its name. */
const NEXT_LINE = /(?:[:=][ \t]{0,4}(?:[|>][+-]?\d?)?|[=(,[{])[ \t]{0,4}\r?\n[ \t]{0,64}$/;
const OPENED_LIST = /(?<=[:=][ \t]{0,4})[[{(]\s{0,32}$/;
const ITEM = /(?:^|\n)[ \t]{0,32}-[ \t]{1,4}$/;
/** Fingerprints are pairs of digits with colons between them. */
const HEX_COLON = /[0-9a-f]{2}:$/i;
/** Characters before a value in which the opening of a call is looked for. */
const CALL_REACH = 400;

/** @param left text that ends where the value begins @param right text that begins where it ends */
export function readAround(left: string, right: string): Reading | undefined {
  const address = readAddress(left, right);
  if (address !== undefined) return address;
  if (isPartOfMore(left, right)) return undefined;
  const { before, isQuoted } = unquoted(left);
  if (isQuoted && !CLOSING.test(right)) return undefined;
  const rest = isQuoted ? right.replace(CLOSING, '') : right;
  const offsetOf: Offset = (index) => index - left.length;

  const element = namesOfElement(before, offsetOf);
  if (element !== undefined) return { syntax: 'assignment', names: withPair(element, before, rest, offsetOf) };
  const separated = withoutOpening(before, isQuoted);
  const assigned = matchAtEnd(ASSIGNED, separated, 24);
  if (assigned !== undefined && matchAtEnd(HEX_COLON, separated, 3) === undefined) {
    const names = namesBefore(separated.slice(0, assigned.index), offsetOf);
    return names.length === 0 ? undefined : { syntax: 'assignment', names: withPair(names, before, rest, offsetOf) };
  }
  if (matchAtEnd(ITEM, before, 40) !== undefined) {
    const parent = parentOf(before, offsetOf);
    return parent === undefined ? undefined : { syntax: 'assignment', names: [parent] };
  }
  return readArgument(separated, rest, isQuoted, offsetOf) ?? readWord(before, rest, offsetOf);
}

/** Without the end of a line, or the beginning of a list, between a separator and the value. */
function withoutOpening(before: string, isQuoted: boolean): string {
  let separated = before;
  const nextLine = endsWithOneOf(before, ' \t\n') ? matchAtEnd(NEXT_LINE, before, 80) : undefined;
  if (nextLine !== undefined) {
    const [text] = nextLine.match;
    separated = before.slice(0, nextLine.index) + (/^[:=]/.test(text) ? text[0]! : text.trimEnd());
  }
  if (!isQuoted) return separated;
  const list = matchAtEnd(OPENED_LIST, separated, 40);
  return list === undefined ? separated : separated.slice(0, list.index);
}

/** `https://value@host`, `https://user:value@host`, and `user:value` where a command takes it. */
function readAddress(left: string, right: string): Reading | undefined {
  const tail = left.slice(-120);
  const offsetOf: Offset = (index) => index - tail.length;
  const after = /^(?:@|%40)([A-Za-z0-9][A-Za-z0-9.-]{0,126})(?::\d{1,5})?(?![A-Za-z0-9.-])/.exec(right);
  if (after !== null || /^:(?:x-oauth-basic)?@/.test(right)) {
    const host = after === null ? {} : { host: { text: after[1]!, start: after[0].indexOf(after[1]!) } };
    if (/(?::\/\/|%3A%2F%2F)$/i.test(tail)) return { syntax: 'address', names: [], ...host };
    const user =
      /(?::\/\/|%2F%2F)([\w.+%-]{1,64}?)(?::|%3A)$/i.exec(tail) ?? /(?:^|[\s"'=])([\w.+%-]{1,64}):$/.exec(tail);
    return user === null ? undefined : { syntax: 'address', names: [], user: mention(user, 1, offsetOf), ...host };
  }
  const pair =
    /(?:[ \t](?:-u|--user|--creds|--src-creds|--dest-creds|--from-creds|--login)[= \t]["']?|[Bb]asic[ \t]["']?|\bbundle config[^\n]{0,60}[ \t])([\w.+%@-]{1,64}):$/.exec(
      tail,
    ) ??
    /(?:[\s"'=]|^)(oauth2|gitlab-ci-token|gitlab(?:\+|%2B)deploy-token-\d{1,12}|private-token|__token__):$/.exec(tail);
  if (pair === null || isPartOfMore('', right)) return undefined;
  return { syntax: 'address', names: [], user: mention(pair, 1, offsetOf) };
}

/** Whether the value is a part of a longer text: a path, base64, a variable, a call. */
function isPartOfMore(left: string, right: string): boolean {
  if (/^(?:[+/=.](?=[\w+/=])|[([{$:](?!\s*$)|%(?!2[2-7C])|\\[^"'`nrtu\\]|@)/.test(right)) return true;
  const end = left.slice(-4);
  return /(?:[./+#@$~^*]|[^=:]{2}[=:]-|\$\{|<)$/.test(end) && !/["'` ]@$/.test(end) && !/(?:\/\/|\{\{)$/.test(end);
}

/** The text before the value without what belongs to the notation of the value. */
function unquoted(left: string): { readonly before: string; readonly isQuoted: boolean } {
  let before = left;
  const scheme = SCHEME.exec(before.slice(-12));
  // A word that is a name itself stays: `token V`.
  if (scheme !== null && (/^b/i.test(scheme[0]) || OPENING.test(before.slice(0, -scheme[0].length))))
    before = before.slice(0, -scheme[0].length);
  const quote = OPENING.exec(before.slice(-8));
  if (quote !== null) {
    before = before.slice(0, -quote[0].length);
    before = before.slice(0, matchAtEnd(LITERAL_PREFIX, before, 4)?.index);
  }
  const tag = endsWithOneOf(before, ' \t') ? matchAtEnd(YAML_TAG, before, 64) : undefined;
  return { before: before.slice(0, tag?.index), isQuoted: quote !== null };
}

/** The argument before a value. */
const EARLIER = /(?:["'`]|^|[\s(,{[:])([\w$.:-]{2,80})["'`]?\s{0,4},$/;
const QUOTED_USER = /["']([\w.+@-]{1,64})["']\s{0,4},$/;
const CALLEE = /[\w$.:>\\-]{1,80}(?==?\s?$)/;

/** `f("value")`, `f(x, "value")`, `["name", "value"]`, and in Swift `f("value", x: "name")`. */
function readArgument(before: string, right: string, isQuoted: boolean, offsetOf: Offset): Reading | undefined {
  const end = before.trimEnd();
  const last = end.at(-1);
  if (last !== ',' && !(isQuoted && (last === '(' || last === '[' || last === '{'))) return undefined;
  const callee = calleeOf(end);
  // A line of a table.
  if (!isQuoted && callee === undefined) return undefined;
  const names: Mention[] = [];
  const later = /^\s{0,4},\s{0,8}[A-Za-z]{1,40}:\s{0,4}@?["']([\w.-]{2,80})["']/.exec(right);
  if (later !== null) names.push({ text: later[1]!, start: later[0].length });
  const earlier = last === ',' ? matchAtEnd(EARLIER, end, 92) : undefined;
  if (earlier !== undefined) names.push(mention(earlier.match, 1, (index) => offsetOf(earlier.from + index)));
  const user = last === ',' ? matchAtEnd(QUOTED_USER, end, 72) : undefined;
  return {
    syntax: 'argument',
    names,
    ...(callee === undefined ? {} : { callee }),
    ...(user === undefined ? {} : { user: mention(user.match, 1, (index) => offsetOf(user.from + index)) }),
  };
}

/** The name before the innermost parenthesis that is still open. */
function calleeOf(before: string): string | undefined {
  let depth = 0;
  for (let at = before.length - 1; at >= Math.max(0, before.length - CALL_REACH); at--) {
    const character = before[at]!;
    if (character === ')') depth++;
    else if (character === '(' && depth-- === 0) return matchAtEnd(CALLEE, before.slice(0, at), 84)?.match[0];
  }
  return undefined;
}

/** Words that only introduce the name after them. */
const FILLERS =
  /^(?:is|was|are|be|:|=|the|a|an|this|my|your|here|value|with|to|use|using|of|-gx|-ux|-x|-g|-u|=>|\||-|as|equals|\*\*|—|–)$/i;
/** Words that are read, from the value backwards. */
const WORDS_MAX = 3;
const LAST_WORDS = 8;

const BARE = /[A-Za-z_$][\w$.-]{0,79}(?=["'`\\,:;}\]>*=]*$)/;

/** `--name value`, `NAME value`, and words of a sentence. */
function readWord(before: string, right: string, offsetOf: Offset): Reading | undefined {
  const lineStart = before.lastIndexOf('\n') + 1;
  const line = before.slice(lineStart);
  if (isCell(line, right)) return { syntax: 'text', names: [] };
  if (!endsWithOneOf(before, ' \t("')) return undefined;
  const words = wordsFromEnd(line, LAST_WORDS);
  const last = words[0]?.text ?? '';
  if (/^-[a-zA-Z]$/.test(last) || last === '<<<') return { syntax: 'word', names: [] };
  const names: Mention[] = [];
  let syntax: Syntax = 'word';
  for (const { text, start } of words) {
    const bare = matchAtEnd(BARE, text, 200)?.match[0];
    if (FILLERS.test(text) || FILLERS.test(bare ?? '')) {
      if (names.length === 0) syntax = 'text';
      continue;
    }
    if (bare === undefined) break;
    names.push({ text: bare, start: offsetOf(lineStart + start + text.lastIndexOf(bare)) });
    if (names.length === WORDS_MAX) break;
  }
  return names.length === 0 ? undefined : { syntax, names };
}

/** Characters of a line in which a cell before the value is looked for. */
const CELL_REACH = 200;

/** Whether it is a cell of a table: a comma, semicolon, tab or bar before it, and nothing else in the cell. */
function isCell(line: string, right: string): boolean {
  const end = withoutBlanks(line.slice(-CELL_REACH));
  if (!endsWithOneOf(end, ',;|\t')) return false;
  const inner = end.slice(0, -1);
  const start = Math.max(...[',', ';', '|', '\t'].map((joint) => inner.lastIndexOf(joint))) + 1;
  return inner.slice(start).trim() !== '' && /^[ ]{0,16}["']?[ ]{0,16}(?:[,;|\t\r\n)]|$)/.test(right);
}
