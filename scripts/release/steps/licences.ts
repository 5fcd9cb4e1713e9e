import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ReleaseStep } from '../step.ts';

export const licencesStep: ReleaseStep = {
  name: 'licences',
  makes: 'the licences of everything inside',
  run({ root, folder }) {
    copyFileSync(join(root, 'dist', 'THIRD-PARTY-LICENSES.txt'), join(folder, 'THIRD-PARTY-LICENSES.txt'));
  },
};
