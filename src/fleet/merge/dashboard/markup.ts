/** Parts of the pages of the dashboard. Every text of others is escaped here. */

import { createHash } from 'node:crypto';
import { STYLE } from '../../../generated/page.ts';
import { endOf } from '../../../lib/cut.ts';
import { escaped, link } from '../../../report/html/escaped.ts';
import { remoteLinks } from '../../../report/remote-links.ts';
import { DASHBOARD_STYLE } from './style.ts';

const POLICY: readonly string[] = ["default-src 'none'", "base-uri 'none'", "form-action 'none'"];

export interface Page {
  readonly title: string;
  /** Markup. */
  readonly header: string;
  /** Markup. */
  readonly main: Iterable<string>;
  readonly version: string;
}

export function* pageMarkup({ title, header, main, version }: Page): Generator<string> {
  const style = `${STYLE}\n${DASHBOARD_STYLE}`;
  const hash = createHash('sha256').update(style).digest('base64');
  const policy = [...POLICY, `style-src 'sha256-${hash}'`].join('; ');
  yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n';
  yield `<meta http-equiv="Content-Security-Policy" content="${policy}">\n`;
  yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="referrer" content="no-referrer">\n';
  yield `<title>${escaped(title)}</title>\n<style>${style}</style>\n</head>\n<body>\n`;
  yield `<a class="skip" href="#findings">Skip to the findings</a>\n<header>\n${header}</header>\n<main>\n`;
  yield* main;
  yield `</main>\n<footer><p>glaive ${escaped(version)}. Secrets are masked, but these pages are still internal.</p></footer>\n</body>\n</html>\n`;
}

export interface Column {
  readonly title: string;
  /** Numbers are aligned at their right. */
  readonly isNumber?: true;
}

/** @param rows cells of markup; the first of a row names it @param label names the part for readers that scroll it */
export function table(label: string, columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const head = columns.map(
    ({ title, isNumber }) => `<th scope="col"${isNumber ? ' class="n"' : ''}>${escaped(title)}</th>`,
  );
  const body = rows.map((cells) => {
    const [first = '', ...rest] = cells;
    const others = rest.map((cell, at) => `<td${columns[at + 1]?.isNumber ? ' class="n"' : ''}>${cell}</td>`);
    return `<tr><th scope="row">${first}</th>${others.join('')}</tr>\n`;
  });
  return (
    `<div class="scroll" tabindex="0" role="region" aria-label="${escaped(label)}: table"><table class="wide">` +
    `<thead><tr>${head.join('')}</tr></thead><tbody>\n${body.join('')}</tbody></table></div>\n`
  );
}

/** A number that catches the eye only if there is something to see. */
export function number(value: number, look = ''): string {
  return value === 0 ? '<span class="dim">0</span>' : look === '' ? String(value) : `<b class="${look}">${value}</b>`;
}

export function badge(word: string, look: string): string {
  return `<span class="badge ${look}">${escaped(word)}</span>`;
}

export function section(title: string, id: string, body: string): string {
  return `<section class="part" aria-labelledby="${id}"><h2 id="${id}" tabindex="-1">${escaped(title)}</h2>\n${body}</section>\n`;
}

/** Segments of one bar, whose lengths are their numbers; a small one is still visible. */
export function bar(label: string, parts: readonly (readonly [look: string, count: number])[]): string {
  const sum = parts.reduce((total, [, count]) => total + count, 0);
  if (sum === 0) return '';
  const shares = parts
    .filter(([, count]) => count > 0)
    .map(([look, count]) => [look, Math.max(6, (count / sum) * 1000)] as const);
  const wide = shares.reduce((total, [, share]) => total + share, 0);
  let left = 0;
  const rects = shares.map(([look, share]) => {
    const width = (share / wide) * 1000;
    const rect = `<rect class="${look}" x="${left.toFixed(1)}" y="0" width="${width.toFixed(1)}" height="12"/>`;
    left += width;
    return rect;
  });
  return `<svg class="bar" viewBox="0 0 1000 12" preserveAspectRatio="none" role="img" aria-label="${escaped(label)}">${rects.join('')}</svg>\n`;
}

/** The name of a project, with a link if the address of its page is certain. */
export function projectMarkup(name: string, web: string | undefined): string {
  const page = linksOf(web)?.project;
  return page === undefined ? breakable(name) : link(page, name);
}

/** A place in a project, with a link to the line. */
export function placeMarkup(
  { uri, line, kind, commit }: { uri: string; line: number; kind: string; commit?: string | undefined },
  web: string | undefined,
): string {
  const text = `${endOf(uri, 200)}${kind === 'file' ? `:${line}` : ''}`;
  const links = linksOf(web);
  const page =
    commit === undefined
      ? undefined
      : kind === 'file' && !uri.includes('%') && !uri.includes('!/')
        ? links?.file(commit, uri, line)
        : links?.commit(commit);
  return page === undefined ? breakable(text) : link(page, text);
}

function linksOf(web: string | undefined) {
  if (web === undefined || !URL.canParse(web)) return undefined;
  return remoteLinks({ repository: web, findings: [] }, new URL(web).origin);
}

/** A path may be broken after a slash. */
export function breakable(text: string): string {
  return escaped(text).replaceAll('/', '/<wbr>');
}
