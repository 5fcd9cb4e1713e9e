/** A source without inputs, for a scan that was ended before it could start. */

import type { Source } from '../model/source.ts';

/** @param what what was not done */
export function cutSource(name: string, what: string): Source {
  return {
    name,
    // oxlint-disable-next-line require-yield -- it has nothing to give
    async *inputs(diagnostics) {
      diagnostics.cut(what);
    },
  };
}
