/** Keeps the whole report of a scan whose text is too long for a screen, so that nothing must be scanned again to see the rest. */

import { join } from 'node:path';
import { makeFolder, stateFolder } from '../credentials/state-folder.ts';
import { placeOfNew, writeWhole } from '../lib/output-file.ts';
import type { Io } from '../model/io.ts';
import type { Report } from '../model/report.ts';
import type { RenderOptions } from '../report/format.ts';

const NAME = 'last-report.json';
/** No other user can read it. */
const OWN = 0o600;

/** The path of the report, as JSON without secrets; undefined if it cannot be kept. */
export async function keepReport(report: Report, options: RenderOptions, io: Io): Promise<string | undefined> {
  const folder = stateFolder(io.env);
  if (folder === undefined) return undefined;
  const path = join(folder, NAME);
  try {
    makeFolder(folder);
    // A FIFO would be waited for, and the target of a link be lost.
    if (placeOfNew(path) === undefined) return undefined;
    const { renderJson } = await import('../report/json.ts');
    await writeWhole(path, renderJson(report, { ...options, color: false }), { mode: OWN });
    return path;
  } catch {
    // The text says how to get the rest without it.
    return undefined;
  }
}
