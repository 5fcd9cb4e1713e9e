import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { debianVersion, layOut } from '../debian/package.ts';
import { ARCHITECTURES } from '../image/packages.ts';
import { executableName } from '../product.ts';
import type { ReleaseStep } from '../step.ts';

export const debianStep: ReleaseStep = {
  name: 'debian',
  makes: 'the Debian package, for each processor whose executable is there',
  missing: () => (existsSync('/usr/bin/dpkg-deb') ? undefined : 'it needs dpkg-deb, from the package dpkg'),
  run(context) {
    const { folder, product, epoch } = context;
    for (const { name, platform } of ARCHITECTURES) {
      const found = product.platforms.find((one) => one.name === platform);
      const executable = found && join(folder, executableName(product, found));
      if (executable === undefined || !existsSync(executable)) continue;
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
            join(folder, `${product.command}_${debianVersion(product)}_${name}.deb`),
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
