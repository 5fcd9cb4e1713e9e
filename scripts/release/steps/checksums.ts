import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKSUMS, filesBelow, PROVENANCE, sha256Of, SIGNATURE } from '../files.ts';
import type { ReleaseStep } from '../step.ts';

/**
 * The provenance names the machine that built the files, so it is not in the list: a second build of the release has the same list.
 */
export const checksumsStep: ReleaseStep = {
  name: 'checksums',
  makes: 'SHA256SUMS, for sha256sum --check',
  run({ folder }) {
    const lines = filesBelow(folder)
      .filter((file) => file !== CHECKSUMS && file !== PROVENANCE && !file.endsWith(SIGNATURE))
      .map((file) => `${sha256Of(join(folder, file))}  ${file}\n`);
    writeFileSync(join(folder, CHECKSUMS), lines.join(''));
  },
};
