/** The configuration of a repository, which holds the addresses of its remotes: people put tokens into them. */

import { join } from 'node:path';
import { readOptionalFile } from '../lib/optional-file.ts';

/** A user in an address, a header that git sends, or a setting that is named after a secret. */
const MAY_HOLD_CREDENTIAL = /:\/\/[^\s/]*@|extraheader|token|password/i;

/** Its path, if it may hold a credential, else nothing; git lists no file of its own folder. @param root of a work tree */
export function configWithCredential(root: string): string[] {
  const path = join(root, '.git', 'config');
  try {
    return MAY_HOLD_CREDENTIAL.test(readOptionalFile(path) ?? '') ? [path] : [];
  } catch {
    return [path]; // reading it again reports why it cannot be read
  }
}
