import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Way } from '../way.ts';

export const npmGlobal: Way = {
  name: 'npm-global',
  line: 'npm install --global glaive',
  async install({ registry, product }, folder) {
    execFileSync(
      'npm',
      [
        'install',
        '--global',
        '--prefix',
        folder,
        '--cache',
        join(folder, 'cache'),
        '--registry',
        await registry(),
        product.packageName,
      ],
      { stdio: 'pipe' },
    );
    return {
      command: [join(folder, 'bin', product.command)],
      takes: [join(folder, 'lib')],
      env: { PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}` },
    };
  },
};
