/**
 * Makes a report safe to show to people. Any text in it may be untrusted: names of files and refs, authors, rules of the scanned
 * repository, other tools' reports, servers. All texts are made safe here, so no format for people needs to know which are
 * untrusted. Formats for programs write the original values, escaped.
 */

import { printable } from '../lib/printable.ts';
import type { Excerpt } from '../model/finding.ts';
import { Secret } from '../model/secret.ts';

/** Replaces control and invisible characters in all texts of a report, or of a part of one. */
export function shown<T>(value: T): T {
  if (typeof value === 'string') return printable(value) as T; // T is string
  if (typeof value !== 'object' || value === null || value instanceof Date || value instanceof Secret) return value;
  if (Array.isArray(value)) return value.map((item: unknown) => shown(item)) as T; // every item keeps its type
  const copy: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value))
    copy[key] = key === 'excerpt' && inner !== undefined ? shownExcerpt(inner as Excerpt) : shown(inner);
  return copy as T; // the same keys
}

/** Adjusts the marked span to the new text, which may be shorter. */
function shownExcerpt({ text, markStart, markEnd }: Excerpt): Excerpt {
  const before = printable(text.slice(0, markStart));
  const marked = printable(text.slice(markStart, markEnd));
  return {
    text: before + marked + printable(text.slice(markEnd)),
    markStart: before.length,
    markEnd: before.length + marked.length,
  };
}
