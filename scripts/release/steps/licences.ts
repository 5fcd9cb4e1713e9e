import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeLicence } from '../executables/node-binary.ts';
import type { ReleaseStep } from '../step.ts';

export const licencesStep: ReleaseStep = {
  name: 'licences',
  makes: 'the licences of everything inside, and of the Node in the executables',
  run({ root, folder, product: { nodeVersion } }) {
    const bundled = readFileSync(join(root, 'dist', 'THIRD-PARTY-LICENSES.txt'), 'utf8');
    const node = `${'-'.repeat(80)}\n\nThe executables have node ${nodeVersion} inside.\n\n${nodeLicence(root)}`;
    writeFileSync(join(folder, 'THIRD-PARTY-LICENSES.txt'), `${bundled.trimEnd()}\n\n${node}`);
  },
};
