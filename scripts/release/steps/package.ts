import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stagePackage } from '../npm-package.ts';
import { packageFile, type Product } from '../product.ts';
import type { ReleaseStep } from '../step.ts';

export const packageStep: ReleaseStep = {
  name: 'package',
  makes: 'the npm package',
  run: ({ root, folder, product }) => packPackage(root, product, folder, join(root, 'dist')),
};

/** Puts the npm package into a folder. @param dist what was built */
export function packPackage(root: string, product: Product, folder: string, dist: string): void {
  const scratch = mkdtempSync(join(tmpdir(), 'glaive-package-'));
  try {
    const staged = join(scratch, 'package');
    stagePackage(root, product, staged, dist);
    const packed = execFileSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', scratch], {
      cwd: staged,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    // npm's own name for it has the scope.
    copyFileSync(join(scratch, packed.trim()), join(folder, packageFile(product)));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
