/** The bytes that a scan of files will read, counted while it runs, for the time left that progress shows. */

import { lstatSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { encodePath } from '../lib/path-bytes.ts';
import type { Diagnostics, Source } from '../model/source.ts';

/** Files that are asked for their size at a time; then the scan goes on. */
const AT_ONCE = 512;

const SILENT: Diagnostics = {
  gap() {},
  skip() {},
  note() {},
  scanned() {},
  cut() {},
  masked() {},
};

/** @returns undefined if it ends early, or if another source than files is among them */
export async function measure(sources: readonly Source[], signal: AbortSignal): Promise<number | undefined> {
  let bytes = 0;
  let asked = 0;
  for (const source of sources)
    for await (const { file } of source.inputs(SILENT)) {
      if (signal.aborted) return undefined;
      if (file === undefined) continue;
      const stats = lstatSync(encodePath(file.path), { throwIfNoEntry: false });
      if (stats?.isFile() === true) bytes += stats.size;
      if (++asked % AT_ONCE === 0) await setImmediate();
    }
  return bytes;
}
