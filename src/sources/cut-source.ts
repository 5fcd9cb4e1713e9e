/** What is scanned when a scan was ended before it had begun: nothing, and that is said. */

import type { Source } from '../model/source.ts';

/** @param what was left undone */
export function cutSource(name: string, what: string): Source {
  return {
    name,
    // oxlint-disable-next-line require-yield -- it has nothing to give
    async *inputs(trouble) {
      trouble.cut(what);
    },
  };
}
