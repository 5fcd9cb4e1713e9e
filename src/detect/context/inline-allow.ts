/**
 * Comments that allow a finding: `glaive:allow`, and gitleaks' `gitleaks:allow`, on the finding's own line, or alone on
 * the line above it.
 *
 *     glaive:allow                                 any rule
 *     glaive:allow gitlab_deploy_token             that rule
 *     glaive:allow=gitlab_deploy_token,other_rule  these rules
 *     glaive:allow gitlab_deploy_token a fixture   the rest is the reason
 */

import type { Span } from '../../model/region.ts';
import { MASK } from '../../model/secret.ts';
import type { InlineAllow } from '../../model/suppression.ts';
import { cutSpans } from './line-context.ts';
import { LF } from '../../lib/bytes.ts';

/** The largest distance of a comment from a candidate on the same line, and the longest comment line above one. */
export const COMMENT_REACH = 4096;
/** In upper or lower case, and with a blank after the colon. */
const MARK = /(?:glaive|gitleaks):[ \t]?allow/i;
const COMMENT = /\b(?:glaive|gitleaks):[ \t]?allow(?![\w]|-(?!->))(?:[=:]([\w.,-]+))?[ \t]*([^\r\n]*)/i;
/** Text before the mark that only opens a comment. */
const OPENS_COMMENT = /^[\s#/*<!;%{("'[:.-]*(?:rem\s+)?$/i;
/** The end of a comment, and the text behind it, which is not a part of the reason. */
const COMMENT_END = /\s*(?:\*\/|-->|#\}|%>|\]\]).*$/;
const RULE_ID = /^([a-z][a-z0-9]*(?:_[a-z0-9]+)+)\b[\s,;:-]*/;

/** @param masks the spans that must not be shown, made by `mergeSpans`: a reason may have a secret behind it */
export function inlineAllowAt(
  bytes: Uint8Array,
  filled: number,
  own: Span,
  masks: readonly Span[],
): InlineAllow | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, filled);
  const floor = Math.max(0, own.start - COMMENT_REACH);
  const lineStart = lineStartIn(text, floor, own.start);
  const limit = Math.min(filled, own.end + COMMENT_REACH);
  const next = text.subarray(own.end, limit).indexOf(LF);
  const lineEnd = next < 0 ? limit : own.end + next;
  const onLine = readComment(text, lineStart, lineEnd, masks);
  if (onLine !== undefined || lineStart === floor) return onLine?.allow;
  const aboveEnd = lineStart - 1;
  const aboveStart = lineStartIn(text, Math.max(0, aboveEnd - COMMENT_REACH), aboveEnd);
  const above = readComment(text, aboveStart, aboveEnd, masks);
  return above?.alone === true ? above.allow : undefined;
}

/** The start of the line that contains `end`; `floor` if it begins before that. */
function lineStartIn(text: Buffer, floor: number, end: number): number {
  return floor + text.subarray(floor, end).lastIndexOf(LF) + 1;
}

function readComment(
  text: Buffer,
  start: number,
  end: number,
  masks: readonly Span[],
): { readonly allow: InlineAllow; readonly alone: boolean } | undefined {
  const line = text.subarray(start, end);
  if (!MARK.test(line.toString('latin1'))) return undefined;
  const shown = cutSpans(masks, start, end).reduceRight(
    (rest, mask) => rest.slice(0, mask.start) + MASK + rest.slice(mask.end),
    line.toString('latin1'),
  );
  const match = COMMENT.exec(shown);
  if (match === null) return undefined;
  const [, listed = '', rest = ''] = match;
  const rules = listed.split(',').filter(Boolean);
  let reason = rest.replace(COMMENT_END, '');
  const [named, rule] = rules.length > 0 ? [] : (RULE_ID.exec(reason) ?? []);
  if (named !== undefined && rule !== undefined) {
    rules.push(rule);
    reason = reason.slice(named.length);
  }
  const alone = OPENS_COMMENT.test(shown.slice(0, match.index));
  reason = reason.replace(/^[\s,;:-]+/, '').trim();
  return { allow: { rules, reason: Buffer.from(reason, 'latin1').toString('utf8') }, alone };
}
