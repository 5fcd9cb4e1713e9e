import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NODE_VERSION, nodeLicence } from '../executables/node-binary.ts';
import type { ReleaseStep } from '../step.ts';

export const licencesStep: ReleaseStep = {
  name: 'licences',
  makes: 'the licences of everything inside',
  run({ root, folder }) {
    const bundled = readFileSync(join(root, 'dist', 'THIRD-PARTY-LICENSES.txt'), 'utf8');
    const node = `The executables contain Node ${NODE_VERSION}.\n\n${nodeLicence(root)}`;
    writeFileSync(join(folder, 'THIRD-PARTY-LICENSES.txt'), `${bundled}\n${'='.repeat(80)}\n\n${node}`);
  },
};
