/** Git's own files that may hold a credential: people put tokens into the addresses of remotes. */

import { join } from 'node:path';
import { filesWithAddresses } from '../git/own-files.ts';
import { readOptionalFile } from '../lib/optional-file.ts';

/** A user in an address, a header that git sends, or a setting that is named after a secret. */
const MAY_HOLD_CREDENTIAL = /:\/\/[^\s/]*@|extraheader|token|password/i;

/** Their paths; git lists no file of its own folder. @param root of a work tree */
export function gitFilesWithCredential(root: string): string[] {
  return [...filesWithAddresses(join(root, '.git'))].filter((path) => {
    try {
      return MAY_HOLD_CREDENTIAL.test(readOptionalFile(path) ?? '');
    } catch {
      return true; // reading it again reports why it cannot be read
    }
  });
}
