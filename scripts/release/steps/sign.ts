import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKSUMS, PROVENANCE } from '../files.ts';
import { hasMinisign, sign, verify } from '../minisign.ts';
import type { ReleaseStep } from '../step.ts';

/** The file of the public key, in the repository: RELEASING.md says how it is made. */
const PUBLIC_KEY = 'minisign.pub';

/** The list of checksums has every other file in it, so its signature is one for all. */
export const signStep: ReleaseStep = {
  name: 'sign',
  makes: 'signatures of SHA256SUMS and provenance.json (minisign)',
  isOptional: true,
  missing({ root }) {
    if (!process.env['GLAIVE_MINISIGN_KEY'])
      return 'GLAIVE_MINISIGN_KEY is not set: the file of the secret key, or its content';
    if (!existsSync(join(root, PUBLIC_KEY))) return `there is no ${PUBLIC_KEY}: RELEASING.md says how it is made`;
    return hasMinisign() ? undefined : 'there is no minisign: apt-get install minisign';
  },
  run({ root, folder, product }) {
    const key = process.env['GLAIVE_MINISIGN_KEY'] ?? '';
    const files = [CHECKSUMS, PROVENANCE].map((name) => join(folder, name));
    const missing = files.find((file) => !existsSync(file));
    if (missing !== undefined) throw new Error(`there is no ${missing}: run npm run release first`);
    sign(
      files,
      { key, password: process.env['GLAIVE_MINISIGN_PASSWORD'] ?? '' },
      `${product.command} ${product.version}`,
    );
    // With the key that users have.
    for (const file of files) verify(file, join(root, PUBLIC_KEY));
  },
};
