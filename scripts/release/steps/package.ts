import { execFileSync } from 'node:child_process';
import type { ReleaseStep } from '../step.ts';

export const packageStep: ReleaseStep = {
  name: 'package',
  makes: 'the npm package',
  run({ root, folder }) {
    execFileSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  },
};
