/** The name of the npm package in documents and CI files: `npm run docs` makes them follow package.json. */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Where the package, not the command, is meant. */
const BEFORE = [
  String.raw`\bnpm (?:install|uninstall|update|view)(?: --?[\w-]+(?:=\S+)?)* `,
  String.raw`\bnpx (?:--yes )?`,
  String.raw`\b(?:pnpm|yarn|bun) add(?: --?[\w-]+)* `,
  String.raw`\bfrom '`,
  String.raw`\brequire\('`,
  String.raw`additional_dependencies: \['?`,
].join('|');

/** A text with this name wherever the package is named by another scope, or none. */
export function withPackageName(text: string, name: string, command: string): string {
  const pattern = new RegExp(`(${BEFORE})(?:@[\\w-]+/[\\w-]+|${command})(?![\\w/.-])`, 'g');
  return text.replaceAll(pattern, (_, before: string) => before + name);
}

/** The files that name it. */
export function filesWithPackageName(root: string): readonly string[] {
  const inFolder = (folder: string, ending: string): string[] =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith(ending))
      .map((name) => join(folder, name))
      .toSorted();
  return ['README.md', 'action.yml', ...inFolder('docs', '.md'), ...inFolder('templates', '.yml')];
}
