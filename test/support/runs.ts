/**
 * How many random cases a property checks: a few in `npm test`, all of them in `npm run test:long`. The property itself
 * is the same code in both.
 */

interface Counts {
  readonly fast: number;
  readonly long: number;
}

/** Whether this is the long run. */
export const IS_LONG: boolean = process.env['GLAIVE_TEST_RUNS'] === 'long';

export function runs({ fast, long }: Counts): number {
  return IS_LONG ? long : fast;
}

/** Cases of a table: in the short run `fast` of them, spread evenly over it. */
export function some<T>(cases: readonly T[], fast: number): readonly T[] {
  if (IS_LONG || fast >= cases.length) return cases;
  return Array.from({ length: fast }, (_, index) => cases[Math.floor((index * cases.length) / fast)]!);
}

/** Seeds for `it.each`. */
export function seeds(counts: Counts): number[] {
  return Array.from({ length: runs(counts) }, (_, seed) => seed);
}
