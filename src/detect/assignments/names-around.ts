/** The names that a value has: the one that it is assigned to, those of its block, and those of the pair that it is the value of. */

import { type Mention, mention, type Offset } from './mention.ts';
import { QUOTE } from './notation.ts';
import { endsWithOneOf, matchAtEnd, nameStart } from './text-end.ts';

/** Characters of a name, and of the quotes around it. */
const NAME = String.raw`[A-Za-z_$][\w$.-]{0,79}`;
const NAME_MAX = 80;
const COLON_OR_AS = /(?::[ \t]{0,4}[&*]?|[ \t][Aa][Ss][ \t]{1,4})$/;
const CLOSING_NAME = new RegExp(String.raw`(?:${QUOTE}|[\])}?!])$`);
/** The last characters of all that may close a name. */
const CLOSES = '"\'`;27])}?!';
const TYPED = new RegExp(String.raw`(${NAME})(?:["']?[?!]?[ \t]{0,4}:[ \t]{0,4}[&*]?|[ \t]{1,4}[Aa][Ss][ \t]{1,4})$`);

/** Types of texts in languages that write them behind the name. */
const IS_TYPE = /^(?:str|[Ss]tring|static|text|Text|bytes|char|any|Optional|NSString|js\.Any)$/;
/** Names that say only what a value is for its pair: `name: GITLAB_TOKEN, value: ...`. */
const HALF_OF_PAIR =
  /^(?:value|default(?:_value)?|string|val|content|text|example|plaintext|body|(?:set|add)\w*value)$/i;
const LABEL =
  /(?:\b|["'])(?:name|key|Name|Key|KEY|NAME|id|header|type|kind|label|title)["']?[ \t]{0,4}(?:=>|[:=])[ \t]{0,4}\\{0,2}(?:["']([\w$. -]{2,80})|([\w$.-]{2,80}))/g;
const LABELS_MAX = 3;
const LABEL_AFTER =
  /^["']?[ \t,;)]{0,4}\r?\n?[ \t]{0,32}(?:,[ \t]{0,4})?(?:WHERE[ \t]{1,4})?["']?(?:name|key|Name|Key)["']?[ \t]{0,4}[:=][ \t]{0,4}["']?([\w$.-]{2,80})/;
/** Objective-C: `setValue:@"..." forHTTPHeaderField:@"PRIVATE-TOKEN"`. */
const FIELD_AFTER = /^["']?\s{1,4}for\w{1,40}:\s{0,4}@?["']([\w.-]{2,80})["']/;
/** Rust: the field behind `#[arg(default_value = "...")]`. */
const MEMBER_AFTER =
  /^["']?[^\n]{0,80}\)\][ \t]{0,4}\r?\n[ \t]{0,32}(?:pub(?:\([a-z]{1,8}\))?[ \t]{1,4})?([a-z_]\w{1,60}):/;
const QUOTED = /["'](?:--)?([A-Za-z][\w.-]{3,60})["']/g;
/** Characters before a value in which the other half of its pair is looked for. */
const PAIR_REACH = 320;
/** Lines above a value in which the name of its block is looked for. */
const PARENT_LINES = 5;

/** `curl -sHPRIVATE-TOKEN:value` */
const GLUED_FLAGS = /^-[A-Za-z]{0,7}?H(?=[A-Z][A-Za-z]+-)/;
const GLUED_MAX = 40;

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
  const [glued] = GLUED_FLAGS.exec(closed.slice(index, index + GLUED_MAX)) ?? [''];
  const own = { text: closed.slice(index + glued.length), start: offsetOf(index + glued.length) };
  const beforeName = closed.slice(0, index);
  const isTyped = matchAtEnd(COLON_OR_AS, beforeName, 8) !== undefined;
  const typed = isTyped ? matchAtEnd(TYPED, beforeName, 96) : undefined;
  if (typed === undefined) return [own];
  const outer = mention(typed.match, 1, (at) => offsetOf(typed.from + at));
  return IS_TYPE.test(own.text) ? [outer, own] : [own, outer];
}

/** A part of a form: `Content-Disposition: form-data; name="name"`, an empty line, and the value. */
export function nameOfField(before: string, offsetOf: Offset): Mention | undefined {
  const field = matchAtEnd(FIELD, before, 400);
  return field === undefined ? undefined : mention(field.match, 1, (at) => offsetOf(field.from + at));
}

const FIELD = /form-data;[^\n]{0,80}?\bname="?([\w.[\]-]{2,80})[^\n]{0,80}\n(?:[\w-]{1,40}:[^\n]{0,80}\n){0,2}\r?\n$/;
/** Elements around the text of a cell that only say how it looks. */
const MARKUP = /(?<=>\s{0,16})<(?:code|b|i|p|pre|tt|span|strong|em|samp|kbd|var)(?:[ \t][^<>]{0,80})?>$/i;
/** Elements that say nothing about their text, but for the element before them. */
const IS_CELL = /^(?:td|dd|string|value|val|v|content)$/i;
const CELL_BEFORE =
  /<([\w:.-]{1,40})(?:[ \t][^<>]{0,160})?>\s{0,32}(?:<\w{1,8}>)?[ \t]{0,4}([\w$.: {}-]{2,80}?)[ \t:]{0,4}(?:<\/\w{1,8}>)?\s{0,32}<\/\1>\s{0,64}$/;
const TAG = /<([\w:.-]{1,80})((?:[ \t\n][^<>]{0,160})?)>$/;
const NAME_ELEMENT = /<(?:[Nn]ame|[Kk]ey)>[ \t]{0,4}([\w$.:-]{2,80})[ \t]{0,4}<\/(?:[Nn]ame|[Kk]ey)>\s{0,64}$/;

/** `<name>`, `<x name="name">`, `<key>name</key><string>`, `<td>name</td><td>`. */
export function namesOfElement(before: string, offsetOf: Offset): Mention[] | undefined {
  if (!before.endsWith('>') || before.endsWith('=>') || before.endsWith('->')) return undefined;
  const marked = before.slice(0, matchAtEnd(MARKUP, before, 120)?.index);
  const found = matchAtEnd(TAG, marked, 250);
  if (found === undefined) return undefined;
  const { match: tag, from, index } = found;
  const names: Mention[] = [];
  const siblings = IS_CELL.test(tag[1]!) ? CELL_BEFORE : NAME_ELEMENT;
  const earlier = matchAtEnd(siblings, marked.slice(0, index), 400);
  if (earlier !== undefined)
    names.push(mention(earlier.match, earlier.match.length - 1, (at) => offsetOf(earlier.from + at)));
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
  const labels = [...object.matchAll(LABEL)].slice(-LABELS_MAX).toReversed();
  all.push(...labels.map((label) => mention(label, label[1] === undefined ? 2 : 1, inObject)));
  for (const pattern of [FIELD_AFTER, LABEL_AFTER, MEMBER_AFTER]) {
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
