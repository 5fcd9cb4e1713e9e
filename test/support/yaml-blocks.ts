/** The blocks of YAML in a document. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** @param path relative to the root of the project */
export function yamlBlocks(path: string): string[] {
  const text = readFileSync(join(import.meta.dirname, '..', '..', path), 'utf8');
  return [...text.matchAll(/^( *)```yaml\n([^]*?)^ *```$/gm)].map(([, indent, code]) =>
    code!.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  );
}
