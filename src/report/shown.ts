/**
 * A report as it may be shown to people. Whatever text is in it may be a stranger's: names of files and refs, authors, rules of the scanned
 * repository, other tools' reports, servers. So every text of the whole report is made safe here, and no format for people has
 * to know which one is whose. Formats for programs write values as they are, escaped.
 */

import { printable } from '../lib/printable.ts';
import type { Excerpt } from '../model/finding.ts';
import { Secret } from '../model/secret.ts';

/** Nothing in it moves a cursor, begins a line, or hides. Works on a report, and on each part of one. */
export function shown<T>(value: T): T {
  if (typeof value === 'string') return printable(value) as T; // a string for a string
  if (typeof value !== 'object' || value === null || value instanceof Date || value instanceof Secret) return value;
  if (Array.isArray(value)) return value.map((item: unknown) => shown(item)) as T; // each of its kind
  const copy: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value))
    copy[key] = key === 'excerpt' && inner !== undefined ? shownExcerpt(inner as Excerpt) : shown(inner);
  return copy as T; // the same keys
}

/** The mark stays where it is in the text, though some characters become shorter. */
function shownExcerpt({ text, markStart, markEnd }: Excerpt): Excerpt {
  const before = printable(text.slice(0, markStart));
  const marked = printable(text.slice(markStart, markEnd));
  return {
    text: before + marked + printable(text.slice(markEnd)),
    markStart: before.length,
    markEnd: before.length + marked.length,
  };
}
