/** Checks a regular expression for catastrophic backtracking with recheck, which proves it or finds an attack text. */

import type { checkSync } from 'recheck/lib/browser.js';

export type PatternVerdict =
  /** Proven, or only not refuted: some patterns can only be tested. */
  | { readonly kind: 'fast'; readonly isProven: boolean }
  /** `exponential`, `2nd degree polynomial`; and the attack text, as an expression. */
  | {
      readonly kind: 'slow';
      readonly complexity: string;
      readonly attack: string;
      /** The degree of a polynomial; absent: exponential. */
      readonly degree?: number;
      readonly isProven: boolean;
    }
  /** Neither proven nor refuted within the time limit. */
  | { readonly kind: 'unknown' }
  /** The single-file build has no checker. */
  | { readonly kind: 'unavailable' };

/** Milliseconds. The largest built-in pattern takes two seconds. */
const TIMEOUT = 10_000;

/**
 * @param source of a pattern that is tried at one place (sticky flag)
 * @param timeout milliseconds
 */
export async function checkPattern(source: string, timeout = TIMEOUT): Promise<PatternVerdict> {
  let check: typeof checkSync;
  try {
    // Three megabytes, which the single-file build omits.
    const loaded: { checkSync?: typeof checkSync; default?: { checkSync: typeof checkSync } } =
      await import('recheck/lib/browser.js');
    // The form of the module depends on the loader: a bundler, or Node.
    check = (loaded.checkSync ?? loaded.default?.checkSync)!;
  } catch (error) {
    if (/MODULE_NOT_FOUND/.test((error as NodeJS.ErrnoException).code ?? '')) return { kind: 'unavailable' };
    throw error;
  }
  let checked: ReturnType<typeof check>;
  try {
    checked = check(source, 'y', { timeout });
  } catch {
    // It is recursive, and throws at syntax that it does not support: neither proves anything.
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
