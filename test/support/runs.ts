/**
 * How many random cases a property checks: a few in `npm test`, all of them in `npm run test:long`. The property itself
 * is the same code in both.
 */

export function runs({ fast, long }: { readonly fast: number; readonly long: number }): number {
  return process.env['GLAIVE_TEST_RUNS'] === 'long' ? long : fast;
}

/** Seeds for `it.each`. */
export function seeds(count: { readonly fast: number; readonly long: number }): number[] {
  return Array.from({ length: runs(count) }, (_, seed) => seed);
}
