/** Whether the patterns of a rule file can be tried on any text: one that backtracks badly stops a scan, and no signal ends it. */

import { waysThrough } from '../lib/backtracking.ts';
import { checkPattern, type PatternVerdict } from '../lib/pattern-check.ts';
import { GlaiveError } from '../model/errors.ts';
import type { Rule } from '../model/rule.ts';

/** Ways through a text that cost next to nothing. */
const FEW = 100_000;
/** Steps that a polynomial may take: a part of a second. */
const STEPS = 1e7;
/** Milliseconds for one pattern, and for all of a file. */
const PATIENCE = 3000;
const ALL_PATIENCE = 10_000;

/**
 * @param isOwn whether the file is the user's: then what can be neither proven nor refuted is the user's to judge
 * @throws GlaiveError (`rules`) that names file, rule and form
 */
export async function refuseHarmful(rules: readonly Rule[], file: string, isOwn: boolean): Promise<void> {
  let left = ALL_PATIENCE;
  for (const rule of rules) {
    for (const form of rule.forms) {
      const span = form.maxSpan + form.lookBehind;
      if (waysThrough(form.pattern, span) <= FEW) continue;
      const started = performance.now();
      const verdict: PatternVerdict =
        left > 0 ? await checkPattern(withoutLimits(form.pattern), Math.min(left, PATIENCE)) : { kind: 'unknown' };
      left -= performance.now() - started;
      const why = whyHarmful(verdict, span, isOwn);
      if (why !== undefined)
        throw new GlaiveError('rules', `${file}: rule ${rule.id}: form "${form.name}": pattern: ${why}`, {
          hint: isOwn
            ? 'Let no two repetitions beside or in each other match the same: glaive rules test FILE says more.'
            : 'Make it simpler (glaive rules test FILE says more), or take the file out of [rules] files. One of your own, outside of the repository, is taken at your word: name it in your own configuration.',
        });
    }
  }
}

const UNPROVEN = 'it could not be proven that it ends soon on every text';

/**
 * What can be repeated often, repeated without end. The checker takes every pattern with limits for one that ends, which is true,
 * and no help: `(?:(?:a{1,9}){1,9}){1,9}` ends in years.
 */
function withoutLimits(pattern: string): string {
  return pattern.replace(/\\[^]|\[(?:\\[^]|[^\]\\])*\]|\{(\d+),\d*\}/g, (part, least?: string) =>
    least === undefined ? part : Number(least) === 0 ? '*' : '+',
  );
}

function whyHarmful(verdict: PatternVerdict, span: number, isOwn: boolean): string | undefined {
  if (verdict.kind === 'slow' && !(verdict.degree !== undefined && span ** verdict.degree <= STEPS))
    return `it could take very long on some texts (${verdict.complexity})`;
  if (isOwn) return undefined;
  if (verdict.kind === 'unavailable')
    return 'it could not be proven that it ends soon: this build of glaive, a single file, has no checker';
  return verdict.kind !== 'unknown' && verdict.isProven ? undefined : UNPROVEN;
}
