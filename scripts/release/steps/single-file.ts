import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ReleaseStep } from '../step.ts';

export const singleFileStep: ReleaseStep = {
  name: 'single-file',
  makes: 'the single file, for machines with Node and without npm',
  run({ root, folder }) {
    copyFileSync(join(root, 'dist', 'glaive.cjs'), join(folder, 'glaive.cjs'));
  },
};
