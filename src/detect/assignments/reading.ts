/**
 * Reads the text around a value as `name <separator> value`, in whatever syntax it is written: which names the value has, which
 * function it is passed to, whose password it is in an address. Nothing here knows GitLab, but for the users of its addresses.
 */

import { type Mention, mention, type Offset } from './mention.ts';
import { nameOfField, namesBefore, namesOfElement, parentOf, withPair } from './names-around.ts';
import { withoutNotation } from './notation.ts';
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

const ASSIGNED = /(?:=>|:=|:-|\?=|\+=|[!=]==?|->|<-|~>|\|\||\?\?|[=:]|\bor\b)[ \t]{0,16}$/;
/** A YAML block scalar, or a value on the line after its name. */
const NEXT_LINE = /(?:[:=][ \t]{0,4}(?:[|>][+-]?\d?)?|[=(,[{])[ \t]{0,4}\r?\n[ \t]{0,64}$/;
/** A list, and its type in languages that write it: `[]string{`. */
const OPENED_LIST = /(?<=[:=][ \t]{0,4})(?:[[(]|(?:(?:new )?(?:\[\d{0,4}\])?[\w.<>]{1,40}(?:\[\])?[ \t]?)?\{)\s{0,32}$/;
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
  const bare = withoutNotation(left, right);
  if (bare === undefined) return undefined;
  const { before, after: rest, isQuoted } = bare;
  const offsetOf: Offset = (index) => index - left.length;

  const field = endsWithOneOf(before, '\n') ? nameOfField(before, offsetOf) : undefined;
  if (field !== undefined) return { syntax: 'assignment', names: [field] };
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
  return (
    readJoined(before, offsetOf) ??
    readArgument(separated, rest, isQuoted, offsetOf) ??
    readLabel(before, rest, offsetOf) ??
    readWord(before, rest, offsetOf)
  );
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
  const list = matchAtEnd(OPENED_LIST, separated, 100);
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
      /(?::\/\/|%2F%2F)([\w.+%-]{0,64}?)(?::|%3A)$/i.exec(tail) ?? /(?:^|[\s"'=])([\w.+%-]{1,64}):$/.exec(tail);
    if (user === null) return undefined;
    return { syntax: 'address', names: [], ...(user[1] === '' ? {} : { user: mention(user, 1, offsetOf) }), ...host };
  }
  const pair =
    /(?:[ \t](?:-u|--user|--creds|--src-creds|--dest-creds|--from-creds|--login)[= \t]["']?|[Bb]asic[ \t]["']?|\bbundle config[^\n]{0,60}[ \t])([\w.+%@-]{1,64}):$/.exec(
      tail,
    ) ??
    /(?:[\s"'=]|^)(oauth2|gitlab-ci-token|gitlab(?:\+|%2B)deploy-token-\d{1,12}|private-token|__token__):$/.exec(tail);
  if (pair === null || isPartOfMore('', right)) return undefined;
  return { syntax: 'address', names: [], user: mention(pair, 1, offsetOf) };
}

/** `${NAME:-value}` */
const DEFAULT_VALUE = /\$\{\w{1,80}:-$/;
/** Whether the value is a part of a longer text: a path, base64, a variable, a call. */
function isPartOfMore(left: string, right: string): boolean {
  if (/^(?:[+/=.](?=[\w+/=])|[([{$:](?!\s*$)|%(?!2[2-7C])|\\[^"'`nrtu\\]|@)/.test(right)) return true;
  if (left.endsWith('-') && matchAtEnd(DEFAULT_VALUE, left, 90) !== undefined) return false;
  const end = left.slice(-4);
  return /(?:[./+#@$~^*]|[^=:]{2}[=:]-|\$\{|<)$/.test(end) && !/["'` ]@$/.test(end) && !/(?:\/\/|\{\{)$/.test(end);
}

const JOINED =
  /([\w$.-]{2,80})\\?["']?(?:[:=]|%3[AD])[ \t]?(?:\{\w{0,8}\}|%[sv]|\$\d?)?[^"'`\s/]{0,40}["'`][ \t]{0,4}(?:\+|\.{1,2}|%|&|<>|\+\+|\.format\()[ \t]{0,4}$/;

/** `"name=" + "value"`, `"name=%s" % "value"`, `"name={}".format("value")`. */
function readJoined(before: string, offsetOf: Offset): Reading | undefined {
  if (!endsWithOneOf(before.trimEnd(), '+.%&>(')) return undefined;
  const joined = matchAtEnd(JOINED, before, 160);
  if (joined === undefined) return undefined;
  return { syntax: 'assignment', names: [mention(joined.match, 1, (index) => offsetOf(joined.from + index))] };
}

const LABEL = /(?:^|\n)[ \t#*/-]{0,8}((?:[\w.-]{1,30} ){1,5}[\w.-]{1,30}):?[ \t]{0,4}\r?\n[ \t]{0,16}$/;

/** A line that is a label, and the value alone on the next. */
function readLabel(before: string, right: string, offsetOf: Offset): Reading | undefined {
  if (!endsWithOneOf(before, '\n \t') || !/^[ \t]{0,8}(?:\r?\n|$)/.test(right)) return undefined;
  const label = matchAtEnd(LABEL, before, 220);
  if (label === undefined) return undefined;
  return { syntax: 'text', names: [mention(label.match, 1, (index) => offsetOf(label.from + index))] };
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
  const call = callAround(end);
  const callee = call?.callee;
  // A line of a table.
  if (!isQuoted && callee === undefined) return undefined;
  const names: Mention[] = [];
  const later = /^\s{0,4},\s{0,8}[A-Za-z]{1,40}:\s{0,4}@?["']([\w.-]{2,80})["']/.exec(right);
  if (later !== null) names.push({ text: later[1]!, start: later[0].length });
  const earlier = last === ',' ? matchAtEnd(EARLIER, end, 92) : undefined;
  if (earlier !== undefined) names.push(mention(earlier.match, 1, (index) => offsetOf(earlier.from + index)));
  if (call !== undefined && IS_DEFAULT_OR_ONLY.test(right)) names.push(...namesOfCall(call, end, offsetOf));
  const user = last === ',' ? matchAtEnd(QUOTED_USER, end, 72) : undefined;
  return {
    syntax: 'argument',
    names,
    ...(callee === undefined ? {} : { callee }),
    ...(user === undefined ? {} : { user: mention(user.match, 1, (index) => offsetOf(user.from + index)) }),
  };
}

interface Call {
  readonly callee: string;
  /** Where it begins in the text before the value. */
  readonly start: number;
}

/** The call of the innermost parenthesis that is still open. */
function callAround(before: string): Call | undefined {
  let depth = 0;
  for (let at = before.length - 1; at >= Math.max(0, before.length - CALL_REACH); at--) {
    const character = before[at]!;
    if (character === ')') depth++;
    else if (character === '(' && depth-- === 0) {
      const callee = matchAtEnd(CALLEE, before.slice(0, at), 84);
      return callee === undefined ? undefined : { callee: callee.match[0], start: callee.index };
    }
  }
  return undefined;
}

/** The value is the only argument of the call, or the last. */
const IS_DEFAULT_OR_ONLY = /^\s{0,4},?\s{0,4}\)/;

/** The names of a call: `name = Secret("value")`, `name: env('X', 'value')`, `builder.privateToken("value")`. */
function namesOfCall({ callee, start }: Call, before: string, offsetOf: Offset): Mention[] {
  const [target = ''] = before.slice(0, start).split(/\bnew[ \t]{1,4}$/);
  const assigned = matchAtEnd(ASSIGNED, target, 24);
  const names = assigned === undefined ? [] : namesBefore(target.slice(0, assigned.index), offsetOf);
  const method = before.endsWith('(') ? /[\w$]{1,80}$/.exec(callee) : null;
  if (method !== null) names.push({ text: method[0], start: offsetOf(start + method.index) });
  return names;
}

/** Words that only introduce the name after them. */
const FILLERS =
  /^(?:is|was|are|be|:|=|the|a|an|this|my|your|here|value|with|to|use|using|of|-gx|-ux|-x|-g|-u|=>|\||-|as|equals|\*\*|—|–)$/i;
/** The format of `printf`. */
const IS_FORMAT = /^["']?%s(?:\\n)?["']?$/;
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
  // `echo -n value`
  if (/^-[neE]{1,2}$/.test(words[0]?.text ?? '') && /^(?:echo|printf)$/.test(words[1]?.text ?? '')) words.shift();
  const last = words[0]?.text ?? '';
  if (/^-[a-zA-Z]$/.test(last) || last === '<<<') return { syntax: 'word', names: [] };
  const names: Mention[] = [];
  let syntax: Syntax = 'word';
  for (const { text, start } of words) {
    if (IS_FORMAT.test(text)) continue;
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
