import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROVENANCE, readChecksums, sha256Of } from '../files.ts';
import { provenanceOf } from '../provenance.ts';
import { commitOf, isChanged } from '../source.ts';
import type { ReleaseStep } from '../step.ts';

export const provenanceStep: ReleaseStep = {
  name: 'provenance',
  makes: 'where and from what the files were built (SLSA)',
  run({ root, folder, product, say }) {
    const hasChanged = isChanged(root);
    if (hasChanged) say('provenance: files differ from the commit, so it proves nothing');
    const npm = execFileSync('npm', ['--version'], { cwd: root, encoding: 'utf8' }).trim();
    const text = provenanceOf({
      product,
      checksums: readChecksums(folder),
      commit: commitOf(root),
      isChanged: hasChanged,
      lock: sha256Of(join(root, 'package-lock.json')),
      tools: { node: process.versions.node, npm },
      env: process.env,
    });
    writeFileSync(join(folder, PROVENANCE), text);
  },
};
