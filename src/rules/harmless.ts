/** Rejects patterns that may backtrack for very long: one of them blocks a scan, and no signal can end it. */

import { waysThrough } from '../lib/backtracking.ts';
import { checkPattern, type PatternVerdict } from '../lib/pattern-check.ts';
import { GlaiveError } from '../model/errors.ts';
import type { PatternForm, Rule } from '../model/rule.ts';

/** Patterns with at most this many ways through a text are cheap, and need no check. */
const CHEAP = 100_000;
/** Steps that a polynomial pattern may take: less than a second. */
const MAX_STEPS = 1e7;
/** Milliseconds for the check of one pattern, and of all patterns of a file. */
const PATTERN_TIMEOUT = 3000;
const FILE_TIMEOUT = 10_000;

/**
 * @param isOwn whether the file is the user's, who may use patterns that can be neither proven nor refuted
 * @throws GlaiveError (`rules`) with file, rule and form
 */
export async function refuseHarmful(rules: readonly Rule[], file: string, isOwn: boolean): Promise<void> {
  let left = FILE_TIMEOUT;
  for (const rule of rules) {
    for (const form of rule.forms) {
      if (isCheap(form)) continue;
      const span = form.maxSpan + form.lookBehind;
      const started = performance.now();
      const verdict: PatternVerdict =
        left > 0
          ? await checkPattern(withoutLimits(form.pattern), Math.min(left, PATTERN_TIMEOUT))
          : { kind: 'unknown' };
      left -= performance.now() - started;
      const why = whyHarmful(verdict, span, isOwn);
      if (why !== undefined)
        throw new GlaiveError('rules', `${file}: rule ${rule.id}: form "${form.name}": pattern: ${why}`, {
          hint: isOwn
            ? 'No two adjacent or nested repetitions may match the same text; see: glaive rules test FILE'
            : 'Simplify it (see: glaive rules test FILE), or remove the file from [rules] files. glaive trusts a file outside the repository that your own configuration names.',
        });
    }
  }
}

/** Whether a pattern takes few steps on any text, whatever a checker says about it. */
export function isCheap({ pattern, maxSpan, lookBehind }: PatternForm): boolean {
  return waysThrough(pattern, maxSpan + lookBehind) <= CHEAP;
}

const UNPROVEN = 'glaive could not prove that it is fast on every text';

/**
 * Replaces limited repetitions by unlimited ones. The checker accepts every pattern with limits because it ends, but
 * `(?:(?:a{1,9}){1,9}){1,9}` takes years.
 */
function withoutLimits(pattern: string): string {
  return pattern.replace(/\\[^]|\[(?:\\[^]|[^\]\\])*\]|\{(\d+),\d*\}/g, (part, least?: string) =>
    least === undefined ? part : Number(least) === 0 ? '*' : '+',
  );
}

function whyHarmful(verdict: PatternVerdict, span: number, isOwn: boolean): string | undefined {
  if (verdict.kind === 'slow' && !(verdict.degree !== undefined && span ** verdict.degree <= MAX_STEPS))
    return `it could take very long on some texts (${verdict.complexity})`;
  if (isOwn) return undefined;
  if (verdict.kind === 'unavailable')
    return 'glaive could not prove that it is fast: this single-file build has no checker';
  return verdict.kind !== 'unknown' && verdict.isProven ? undefined : UNPROVEN;
}
