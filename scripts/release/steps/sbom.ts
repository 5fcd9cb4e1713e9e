import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sbomOf } from '../sbom.ts';
import { packagesInside } from '../packages.ts';
import type { ReleaseStep } from '../step.ts';

export const sbomStep: ReleaseStep = {
  name: 'sbom',
  makes: 'the list of everything inside (CycloneDX)',
  run({ root, folder, product, epoch }) {
    const packages = packagesInside(root);
    // The same content has the same serial number.
    const digest = createHash('sha256').update(sbomOf({ product, packages, epoch })).digest('hex');
    writeFileSync(join(folder, `${product.command}.cdx.json`), sbomOf({ product, packages, epoch, digest }));
  },
};
