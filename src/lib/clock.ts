/** The time that reports show. */

/** https://reproducible-builds.org/specs/source-date-epoch/: the same input gives the same report, times included. */
export function createClock(epoch: string | undefined): () => Date {
  const fixed = new Date(epoch !== undefined && /^\d+$/.test(epoch) ? Number(epoch) * 1000 : Number.NaN);
  return () => (Number.isNaN(fixed.getTime()) ? new Date() : fixed);
}
