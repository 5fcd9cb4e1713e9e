/** The comment that allows a finding with a reason: on a line of its own above each place of the finding. */

import type { Finding } from '../model/finding.ts';
import type { Comment } from './languages.ts';
import type { Place } from './places.ts';

export interface Insertion {
  /** UTF-16 units. */
  readonly at: number;
  readonly before: string;
  /** The user replaces it. */
  readonly reason: string;
  readonly after: string;
}

/** What the comment says until the user has replaced it. */
export const REASON = 'say why this is no danger';

/** Rules that the comment can name after a blank. */
const PLAIN_ID = /^[a-z][a-z0-9]*(?:_[a-z0-9]+)+$/;
/** The end of a line that goes on in the next: a backslash, and what opens a text of several lines. */
const GOES_ON = /(?:\\|"""|'''|`|<<[-~]?[ \t]*["']?\w+["']?[^\n]*|(?:^|[\s:-])[|>][+-]?\d?[+-]?)[ \t]*\r?\n$/;
/** A comment on the line, or above it, that is there already. */
const MARK = /\b(?:glaive|gitleaks):[ \t]?allow/i;

/**
 * One insertion for each line on which a place of the finding begins. A comment counts for all places that begin on its line, so
 * it names their rules.
 *
 * @param places of the whole text
 * @returns undefined where a comment would change the text around it, or where one is already
 */
export function allowInsertions(
  text: string,
  finding: Finding,
  places: readonly Place[],
  { open, close }: Comment,
): Insertion[] | undefined {
  const byLine = new Map<number, Set<string>>();
  const own = new Set<number>();
  for (const place of places) {
    if (place.span === undefined) {
      if (place.finding === finding) return undefined;
      continue;
    }
    const line = text.lastIndexOf('\n', place.span.start - 1) + 1;
    byLine.set(line, (byLine.get(line) ?? new Set()).add(place.rule.id));
    if (place.finding === finding) own.add(line);
  }
  // Only so many places are known, and a comment must allow them all.
  if (places.filter((place) => place.finding === finding).length < finding.regions.length) return undefined;
  const insertions: Insertion[] = [];
  for (const line of own) {
    const above = text.slice(text.lastIndexOf('\n', line - 2) + 1, line);
    const end = text.indexOf('\n', line);
    const below = text.slice(line, end < 0 ? undefined : end);
    if (GOES_ON.test(above) || MARK.test(above) || MARK.test(below)) return undefined;
    const [indent = ''] = /^[ \t]*/.exec(below) ?? [];
    const feed = above.endsWith('\r\n') || below.endsWith('\r') ? '\r\n' : '\n';
    insertions.push({
      at: line,
      before: `${indent}${open}${marker([...byLine.get(line)!])} `, // it has the rule of the finding
      reason: REASON,
      after: `${close}${feed}`,
    });
  }
  return insertions.length === 0 ? undefined : insertions;
}

function marker(rules: readonly string[]): string {
  const [first = '', ...others] = rules;
  return others.length === 0 && PLAIN_ID.test(first) ? `glaive:allow ${first}` : `glaive:allow=${rules.join(',')}`;
}
