/** Writes the dashboard into a folder. */

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { VERSION } from '../../../generated/package.ts';
import { fsErrorMessage } from '../../../lib/fs-error-message.ts';
import { writeWhole } from '../../../lib/output-file.ts';
import { GlaiveError } from '../../../model/errors.ts';
import { namesIn } from '../../store.ts';
import type { Summary } from '../summary.ts';
import type { Collected } from './collect.ts';
import { GROUP_FILE } from './files.ts';
import { dashboardPages } from './pages.ts';

/** The pages of groups that are gone are deleted; other files in the folder stay. @throws GlaiveError */
export async function writeDashboard(folder: string, summary: Summary, collected: Collected): Promise<void> {
  try {
    const old = new Set(namesIn(folder).filter((name) => GROUP_FILE.test(name)));
    for (const { file, pieces } of dashboardPages(summary, collected, VERSION)) {
      old.delete(file);
      await writeWhole(join(folder, file), pieces, { makeFolders: true });
    }
    for (const name of old) rmSync(join(folder, name), { force: true });
  } catch (error) {
    throw new GlaiveError('output', `cannot write the pages into ${folder}: ${fsErrorMessage(error)}`, {
      cause: error,
    });
  }
}
