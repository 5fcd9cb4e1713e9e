/** The names that a value has: the one that it is assigned to, those of its block, and those of the pair that it is the value of. */

import { type Mention, mention, type Offset } from './mention.ts';
import { endsWithOneOf, matchAtEnd, nameStart } from './text-end.ts';

/** Characters of a name, and of the quotes around it. */
const NAME = String.raw`[A-Za-z_$][\w$.-]{0,79}`;
export const QUOTE = String.raw`(?:\\{0,4}["'\x60]|&quot;|&apos;|&#3[49];|%22|%27|\\u0022)`;
const NAME_MAX = 80;
const COLON = /:[ \t]{0,4}[&*]?$/;
const CLOSING_NAME = new RegExp(String.raw`(?:${QUOTE}|[\])}?!])$`);
/** The last characters of all that may close a name. */
const CLOSES = '"\'`;27])}?!';
const TYPED = new RegExp(String.raw`(${NAME})["']?[?!]?[ \t]{0,4}:[ \t]{0,4}[&*]?$`);

/** Types of texts in languages that write them behind the name. */
const IS_TYPE = /^(?:str|[Ss]tring|static|text|Text|bytes|char|any|Optional|NSString|js\.Any)$/;
/** Names that say only what a value is for its pair: `name: GITLAB_TOKEN, value: ...`. */
const HALF_OF_PAIR = /^(?:value|default|string|val|content|text|example|plaintext|body|(?:set|add)\w*value)$/i;
const LABEL =
  /(?:\b|["'])(?:name|key|Name|Key|KEY|NAME|id|header)["']?[ \t]{0,4}(?:=>|[:=])[ \t]{0,4}\\{0,2}["']?([\w$.-]{2,80})/g;
const LABEL_AFTER =
  /^["']?[ \t,;)]{0,4}\r?\n?[ \t]{0,32}(?:,[ \t]{0,4})?(?:WHERE[ \t]{1,4})?["']?(?:name|key|Name|Key)["']?[ \t]{0,4}[:=][ \t]{0,4}["']?([\w$.-]{2,80})/;
/** Objective-C: `setValue:@"..." forHTTPHeaderField:@"PRIVATE-TOKEN"`. */
const FIELD_AFTER = /^["']?\s{1,4}for\w{1,40}:\s{0,4}@?["']([\w.-]{2,80})["']/;
const QUOTED = /["'](?:--)?([A-Za-z][\w.-]{3,60})["']/g;
/** Characters before a value in which the other half of its pair is looked for. */
const PAIR_REACH = 320;
/** Lines above a value in which the name of its block is looked for. */
const PARENT_LINES = 5;

/** The name before a separator: `name`, `"name"`, `x['name']`, `name: type`, `f("name")`. */
export function namesBefore(before: string, offsetOf: Offset): Mention[] {
  let closed = before.trimEnd();
  while (endsWithOneOf(closed, CLOSES)) {
    const closing = matchAtEnd(CLOSING_NAME, closed, 8);
    if (closing === undefined) break;
    closed = closed.slice(0, closing.index);
  }
  const index = nameStart(closed, NAME_MAX);
  if (index === closed.length) return [];
  const own = { text: closed.slice(index), start: offsetOf(index) };
  const beforeName = closed.slice(0, index);
  const isTyped = matchAtEnd(COLON, beforeName, 6) !== undefined;
  const typed = isTyped ? matchAtEnd(TYPED, beforeName, 96) : undefined;
  if (typed === undefined) return [own];
  const outer = mention(typed.match, 1, (at) => offsetOf(typed.from + at));
  return IS_TYPE.test(own.text) ? [outer, own] : [own, outer];
}

const TAG = /<([\w:.-]{1,80})((?:[ \t\n][^<>]{0,160})?)>$/;
const NAME_ELEMENT = /<(?:[Nn]ame|[Kk]ey)>[ \t]{0,4}([\w$.:-]{2,80})[ \t]{0,4}<\/(?:[Nn]ame|[Kk]ey)>\s{0,64}$/;

/** `<name>`, `<x name="name">`, `<key>name</key><string>`. */
export function namesOfElement(before: string, offsetOf: Offset): Mention[] | undefined {
  if (!before.endsWith('>') || before.endsWith('=>') || before.endsWith('->')) return undefined;
  const found = matchAtEnd(TAG, before, 250);
  if (found === undefined) return undefined;
  const { match: tag, from, index } = found;
  const names: Mention[] = [];
  const earlier = matchAtEnd(NAME_ELEMENT, before.slice(0, index), 170);
  if (earlier !== undefined) names.push(mention(earlier.match, 1, (at) => offsetOf(earlier.from + at)));
  const attribute = /\b(?:name|key|id)=["']([\w$.:-]{2,80})["']/.exec(tag[2]!);
  if (attribute !== null) names.push(mention(attribute, 1, (at) => offsetOf(index + 1 + tag[1]!.length + at)));
  names.push(mention(tag, 1, (at) => offsetOf(from + at)));
  return names;
}

/**
 * Adds the other half of a pair, or the name of the block, to a name that says nothing by itself.
 *
 * @param before text that ends where the value, with its quotes, begins @param right text behind it
 */
export function withPair(names: readonly Mention[], before: string, right: string, offsetOf: Offset): Mention[] {
  const all = [...names];
  if (!HALF_OF_PAIR.test(names[0]!.text.replace(/^.*[.$]/, ''))) return all;
  const from = Math.max(before.length - PAIR_REACH, before.lastIndexOf('}') + 1);
  const object = before.slice(from);
  const inObject: Offset = (index) => offsetOf(from + index);
  const label = [...object.matchAll(LABEL)].at(-1);
  if (label !== undefined) all.push(mention(label, 1, inObject));
  for (const pattern of [FIELD_AFTER, LABEL_AFTER]) {
    const after = pattern.exec(right);
    if (after !== null) all.push({ text: after[1]!, start: after[0].length });
  }
  const parent = parentOf(before, offsetOf);
  if (parent !== undefined) all.push(parent);
  const quoted = [...object.matchAll(QUOTED)].at(-1);
  if (quoted !== undefined) all.push(mention(quoted, 1, inObject));
  return all;
}

/** The name of the block that a line belongs to, by their indents. */
export function parentOf(before: string, offsetOf: Offset): Mention | undefined {
  let lineStart = before.lastIndexOf('\n') + 1;
  const indent = indentOf(before.slice(lineStart));
  for (let lines = 0; lines < PARENT_LINES && lineStart > 0; lines++) {
    const end = lineStart - 1;
    lineStart = before.lastIndexOf('\n', end - 1) + 1;
    const line = before.slice(lineStart, end);
    if (line.trim() === '' || indentOf(line) > indent || (indentOf(line) === indent && !isItem(before))) continue;
    const name = /^[ \t]*(?:- )?(?:\w{1,20} )?["']?([\w$.-]{2,80})["']?[ \t]*[:=]?[ \t]*[{[]?[ \t\r]*$/.exec(line);
    return name === null ? undefined : mention(name, 1, (index) => offsetOf(lineStart + index));
  }
  return undefined;
}

/** YAML may write the items of a list as far left as its name. */
function isItem(before: string): boolean {
  return /(?:^|\n)[ \t]*- ?[^\n]*$/.test(before.slice(-80));
}

function indentOf(line: string): number {
  return /^[ \t]*/.exec(line)![0].length;
}
