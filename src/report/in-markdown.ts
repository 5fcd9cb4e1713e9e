/**
 * Untrusted text in the Markdown of GitLab and GitHub. In a code span there are no mentions, references, HTML or quick actions.
 */

import { printable } from '../lib/printable.ts';

/** A code span that the text cannot end, even in a table. */
export function code(text: string, isInTable = true): string {
  const line = printable(text).replace(/\s+/g, ' ');
  // Tables are split at bars first, even in code, and a backslash before the escaping one would disable it.
  const shown = isInTable ? line.replace(/\\+\|/g, (bar) => bar.replace('|', BAR)).replaceAll('|', '\\|') : line;
  if (shown.trim() === '') return '';
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = /^[`\s]|[`\s]$/.test(shown) ? ' ' : '';
  return `${fence}${pad}${shown}${pad}${fence}`;
}

/** Looks like a bar, but has no meaning in Markdown. */
const BAR = '\u2502';

/** Words without meaning in Markdown; links need a colon or a dot. */
const PLAIN = /^[A-Za-z0-9][A-Za-z0-9 ,()'/-]*$/;

/** A name unchanged if it is plain words, else as code. */
export function nameOf(text: string, isInTable = true): string {
  return PLAIN.test(text) ? text : code(text, isInTable);
}

/** Characters that may be markup within a sentence. */
const MARKUP = /[<`*~|[\]!@#$^\\&]|:\/\/|www\./;

/** A sentence unchanged if nothing in it is markup, else as code. */
export function sentenceOf(text: string): string {
  // A line feed would begin a new line, which may be a quick action.
  const isPlain = /^[A-Za-z0-9]/.test(text) && !MARKUP.test(text) && printable(text) === text;
  return isPlain ? text : code(text, false);
}
