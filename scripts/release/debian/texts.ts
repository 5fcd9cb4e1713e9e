/** The texts of the Debian package. */

import { assetUrl, type Product } from '../product.ts';

/** What Node needs from outside itself. */
const DEPENDS = 'libatomic1, libc6 (>= 2.28), libgcc-s1 (>= 4.2), libstdc++6 (>= 8)';

export function control(
  product: Product,
  { version, architecture, size }: { readonly version: string; readonly architecture: string; readonly size: number },
): string {
  const { command, maintainer, repository, description } = product;
  const [first = ''] = description.split(',');
  return `Package: ${command}
Version: ${version}
Architecture: ${architecture}
Maintainer: ${maintainer}
Installed-Size: ${size}
Depends: ${DEPENDS}
Recommends: git
Section: devel
Priority: optional
Homepage: ${repository}
Description: ${first
    .toLowerCase()
    .replaceAll('gitlab', 'GitLab')
    .replace(/^finds/, 'find')}
 ${description.replace(', and ', ',\n and ')}
 It scans files, git histories and job logs, and stops commits that add a
 credential. It has no dependency on Node.js: the runtime is inside.
`;
}

/** @param licence the text of LICENSE, which begins with its name and the copyright */
export function copyright({ command, repository }: Product, licence: string): string {
  const owner = /^Copyright \(c\) (.*)$/m.exec(licence)?.[1];
  const terms = licence.slice(licence.indexOf('Permission is hereby granted')).trim();
  if (owner === undefined || !terms.startsWith('Permission')) throw new Error('LICENSE is not the MIT licence');
  return `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: ${command}
Source: ${repository}

Files: *
Copyright: ${owner}
License: Expat
Comment: The executable has Node.js and packages of npm inside. Their licences
 are in THIRD-PARTY-LICENSES.txt.gz, and their names and versions in
 ${command}.cdx.json.gz, in the same folder.

License: Expat
${terms
  .split('\n')
  .map((line) => (line === '' ? ' .' : ` ${line}`))
  .join('\n')}
`;
}

export function changelog(product: Product, version: string, epoch: number): string {
  const date = new Date(epoch * 1000).toUTCString().replace('GMT', '+0000');
  return `${product.command} (${version}) stable; urgency=medium

  * Version ${product.version}. What has changed:
    ${assetUrl(product, 'notes.md')}

 -- ${product.maintainer}  ${date}
`;
}

/** What Debian's linter must accept, and why. */
export function overrides({ command }: Product): string {
  return `# Node.js is built by its own project: one program with its libraries inside, at a fixed address.
${command}: embedded-library
${command}: hardening-no-pie
`;
}
