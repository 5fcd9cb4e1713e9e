/** Text of the report in the markup of the page. */

import { printable } from '../../lib/printable.ts';
import { escapeMarkup } from '../escape-markup.ts';

/** Any text, as content or as a quoted attribute, without control characters. */
export function escaped(text: string): string {
  return escapeMarkup(printable(text));
}

/** A link to another page, which learns nothing about this one. @param url of `remote-links.ts`, or checked */
export function link(url: string, text: string): string {
  return `<a href="${escaped(url)}" rel="noreferrer noopener" target="_blank">${escaped(text)}</a>`;
}
