/** A source without inputs, for a scan that was ended before it could start. */

import type { Source } from '../model/source.ts';

/** @param undone the work that was not done */
export function cutSource(name: string, undone: string): Source {
  return {
    name,
    // oxlint-disable-next-line require-yield -- it has nothing to give
    async *inputs(diagnostics) {
      diagnostics.cut(undone);
    },
  };
}
