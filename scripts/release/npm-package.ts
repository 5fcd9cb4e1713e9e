/** The npm package: a folder with what users need, and nothing that only a clone or an installation from git needs. */

import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { giveUsualRights } from './files.ts';
import type { Product } from './product.ts';

/** Of a clone only: npm asks users about scripts, and an installation from git needs them to build. */
const OF_A_CLONE = new Set(['scripts', 'devDependencies']);
/** npm packs them whatever `files` says. */
const ALWAYS = ['README.md', 'LICENSE'];

/** package.json as it is published. */
export function publishedManifest(text: string): string {
  const fields = Object.entries(JSON.parse(text) as object).filter(([name]) => !OF_A_CLONE.has(name));
  return `${JSON.stringify(Object.fromEntries(fields), null, 2)}\n`;
}

/** A document with links that work on a page elsewhere: into the repository, at this version. */
export function publishedDocument(text: string, { repository, version }: Product): string {
  return text.replaceAll(
    /(!?)\[([^\]]*)\]\((?!https?:|#)([^()\s]+)\)/g,
    (_, picture: string, title: string, path: string) => {
      const kind = picture === '' ? 'blob' : 'raw';
      return `${picture}[${title}](${repository}/-/${kind}/v${version}/${path})`;
    },
  );
}

/** Fills an empty folder with the package. @param dist what was built */
export function stagePackage(root: string, product: Product, folder: string, dist: string): void {
  const read = (name: string): string => readFileSync(join(root, name), 'utf8');
  const { files } = JSON.parse(read('package.json')) as { readonly files: readonly string[] };
  const left = new Set(files.filter((name) => name.startsWith('!')).map((name) => join(folder, name.slice(1))));
  mkdirSync(folder, { recursive: true });
  for (const name of [...files.filter((entry) => !entry.startsWith('!')), ...ALWAYS])
    cpSync(name === 'dist' ? dist : join(root, name), join(folder, name), {
      recursive: true,
      filter: (_, target) => !left.has(target),
    });
  writeFileSync(join(folder, 'package.json'), publishedManifest(read('package.json')));
  writeFileSync(join(folder, 'README.md'), publishedDocument(read('README.md'), product));
  // npm packs the rights of files as they are.
  giveUsualRights(folder);
}
