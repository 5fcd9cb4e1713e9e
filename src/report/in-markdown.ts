/**
 * Strangers' text in Markdown, as GitLab and GitHub read it. In a code span nobody is mentioned, nothing is referred to, no HTML
 * counts, and no quick action begins.
 */

import { printable } from '../lib/printable.ts';

/** A code span that ends where we end it, also within a table. */
export function code(text: string, isInTable = true): string {
  const line = printable(text).replace(/\s+/g, ' ');
  // A table is cut at its bars first, code or not, and a backslash before ours would take its escape away.
  const shown = isInTable ? line.replace(/\\+\|/g, (bar) => bar.replace('|', BAR)).replaceAll('|', '\\|') : line;
  if (shown.trim() === '') return '';
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = /^[`\s]|[`\s]$/.test(shown) ? ' ' : '';
  return `${fence}${pad}${shown}${pad}${fence}`;
}

/** Looks like a bar, and is none to Markdown. */
const BAR = '\u2502';

/** Words that are the same in Markdown and out of it; links need a colon or a dot. */
const PLAIN = /^[A-Za-z0-9][A-Za-z0-9 ,()'/-]*$/;

/** A name as it is, where it is plain words, else as code. */
export function nameOf(text: string, isInTable = true): string {
  return PLAIN.test(text) ? text : code(text, isInTable);
}

/** What may be markup within a sentence. */
const MARKUP = /[<`*~|[\]!@#$^\\&]|:\/\/|www\./;

/** A sentence as it is, where nothing in it is markup, else as code. */
export function sentenceOf(text: string): string {
  // A line feed would begin a line of its own, and a quick action on it.
  const isPlain = /^[A-Za-z0-9]/.test(text) && !MARKUP.test(text) && printable(text) === text;
  return isPlain ? text : code(text, false);
}
