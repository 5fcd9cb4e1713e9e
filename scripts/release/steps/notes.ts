import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sectionOf } from '../changelog.ts';
import { publishedDocument } from '../npm-package.ts';
import { isTagged } from '../source.ts';
import type { ReleaseStep } from '../step.ts';

/** A build that is no release, because its commit has no tag, has the notes of what is unreleased. */
export const notesStep: ReleaseStep = {
  name: 'notes',
  makes: 'what has changed in this version',
  run({ root, folder, product }) {
    const { version } = product;
    const changelog = readFileSync(join(root, 'CHANGELOG.md'), 'utf8');
    const own = sectionOf(changelog, version);
    const notes = own ?? (isTagged(root, version) ? undefined : sectionOf(changelog, 'Unreleased'));
    if (notes === undefined || notes === '')
      throw new Error(`CHANGELOG.md has nothing about ${version}: run npm run release -- prepare ${version}`);
    writeFileSync(join(folder, 'notes.md'), `${publishedDocument(notes, product)}\n`);
  },
};
