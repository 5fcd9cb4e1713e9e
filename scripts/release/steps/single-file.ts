import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ReleaseStep } from '../step.ts';

export const singleFileStep: ReleaseStep = {
  name: 'single-file',
  makes: 'the single file, for machines with Node and without npm, and that of the queue, which it loads',
  run({ root, folder }) {
    for (const name of ['glaive.cjs', 'glaive-fleet.cjs']) copyFileSync(join(root, 'dist', name), join(folder, name));
  },
};
