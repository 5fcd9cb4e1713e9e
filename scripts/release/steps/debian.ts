import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { layOut } from '../debian/package.ts';
import type { ReleaseStep } from '../step.ts';
import { executablesForLinux } from './executables.ts';

export const debianStep: ReleaseStep = {
  name: 'debian',
  makes: 'the Debian package, for each processor whose executable is there',
  missing: () => (existsSync('/usr/bin/dpkg-deb') ? undefined : 'it needs dpkg-deb, from the package dpkg'),
  run(context) {
    const { folder, product, epoch } = context;
    for (const { name, executable } of executablesForLinux(context)) {
      const root = mkdtempSync(join(tmpdir(), 'glaive-deb-'));
      try {
        layOut(context, { architecture: name, executable, root });
        // Every file in it is newer than the release, so that dpkg-deb gives it the time of the release. xz would save a quarter, and take minutes.
        execFileSync(
          'dpkg-deb',
          [
            '--root-owner-group',
            '-Zgzip',
            '-z6',
            '--build',
            root,
            join(folder, `${product.command}_${product.version}_${name}.deb`),
          ],
          {
            env: { ...process.env, SOURCE_DATE_EPOCH: String(epoch), LC_ALL: 'C' },
            stdio: ['ignore', 'ignore', 'inherit'],
          },
        );
      } finally {
        rmSync(root, { recursive: true, force: true });
      }
    }
  },
};
