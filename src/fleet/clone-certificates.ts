/** Certificates for git, which takes a file of them in place of its own: those of the user, and Node's. */

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { trustedCertificates } from '../http/network.ts';
import { writeWhole } from '../lib/output-file.ts';

/**
 * The path of a file in the store that is named after its content; undefined without certificates of the user: git has its own.
 *
 * @param certificates PEM
 * @throws the file system's error
 */
export async function certificateFile(store: string, certificates: readonly string[]): Promise<string | undefined> {
  if (certificates.length === 0) return undefined;
  const text = `${(await trustedCertificates(certificates)).map((each) => each.trim()).join('\n')}\n`;
  const name = createHash('sha256').update(text).digest('hex').slice(0, 16);
  const path = join(store, 'mirror', `certificates-${name}.pem`);
  if (!existsSync(path)) await writeWhole(path, [text], { mode: 0o644, makeFolders: true });
  return path;
}
