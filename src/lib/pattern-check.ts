/** Whether a regular expression can backtrack badly: told by recheck, which proves it or finds a text that shows it. */

import type { checkSync } from 'recheck/lib/browser.js';

export type PatternVerdict =
  /** Proven, or only not refuted: some patterns can be tried alone. */
  | { readonly kind: 'fast'; readonly isProven: boolean }
  /** `exponential`, `2nd degree polynomial`; and a text that shows it, as an expression. */
  | {
      readonly kind: 'slow';
      readonly complexity: string;
      readonly attack: string;
      /** Of a polynomial; absent: exponential. */
      readonly degree?: number;
      readonly isProven: boolean;
    }
  /** Neither proven nor refuted in the time given. */
  | { readonly kind: 'unknown' }
  /** This build has no checker. */
  | { readonly kind: 'unavailable' };

/** Milliseconds; the largest built-in pattern takes two seconds. */
const TIMEOUT = 10_000;

/**
 * @param source of a pattern that is tried at one place (sticky)
 * @param timeout milliseconds
 */
export async function checkPattern(source: string, timeout = TIMEOUT): Promise<PatternVerdict> {
  let check: typeof checkSync;
  try {
    // Three megabytes: the single file goes without.
    const loaded: { checkSync?: typeof checkSync; default?: { checkSync: typeof checkSync } } =
      await import('recheck/lib/browser.js');
    // What it is depends on who loads it: a bundler, or Node.
    check = (loaded.checkSync ?? loaded.default?.checkSync)!;
  } catch (error) {
    if (/MODULE_NOT_FOUND/.test((error as NodeJS.ErrnoException).code ?? '')) return { kind: 'unavailable' };
    throw error;
  }
  let checked: ReturnType<typeof check>;
  try {
    checked = check(source, 'y', { timeout });
  } catch {
    // It goes by recursion, and what it does not understand it throws at: neither proves anything.
    return { kind: 'unknown' };
  }
  const { status, complexity, attack } = checked;
  const isProven = complexity?.isFuzz === false;
  if (status === 'safe') return { kind: 'fast', isProven };
  if (status === 'unknown') return { kind: 'unknown' };
  return {
    kind: 'slow',
    isProven,
    complexity: complexity?.summary.replace(' (fuzz)', '') ?? 'not linear',
    attack: attack?.pattern ?? '',
    ...(complexity?.degree === undefined ? {} : { degree: complexity.degree }),
  };
}
