/**
 * Debian's part of the image: the files of its packages, as they are. No script of a package runs, so nothing needs root, a chroot or an emulator;
 * what those scripts would do, and matters here, is done below.
 */

import { execFileSync } from 'node:child_process';
import type { LockedPackage } from './packages.ts';
import { addFolders, type Entry, readTar, type Tree } from './tar.ts';

/** The user of jobs. */
export const USER = 1000;

const LARGE = { maxBuffer: 512 * 1024 * 1024 };

/** Manuals, translations, and what no job uses. Licences stay. */
const LEFT_OUT =
  /^usr\/share\/(?:bash-completion|bug|doc-base|gitweb|info|lintian|locale|man|menu|perl5|zsh)(?:\/|$)|^usr\/share\/doc\/[^/]+\/(?!copyright$)|^usr\/share\/doc\/[^/]+\/.*\/|^var\/(?:cache|log)\//;

export async function debianTree(files: ReadonlyMap<LockedPackage, string>): Promise<Tree> {
  const tree: Tree = new Map();
  const stanzas: string[] = [];
  for (const [{ name }, file] of files) {
    const own: Tree = new Map();
    await readTar(execFileSync('dpkg-deb', ['--fsys-tarfile', file], LARGE), own, (path) => !LEFT_OUT.test(path));
    // A folder of another package may be a link of base-files: /lib is in /usr.
    for (const [path, entry] of own) if (entry.type !== 'directory' || !tree.has(path)) tree.set(path, entry);
    const control = execFileSync('dpkg-deb', ['--field', file], { encoding: 'utf8' });
    stanzas.push(control.replace(/^(Package: .*\n)/m, '$1Status: install ok installed\n').trim());
    tree.set(`var/lib/dpkg/info/${name}.list`, textFile(`${[...own.keys()].map((path) => `/${path}`).join('\n')}\n`));
  }
  // What is installed, for the scanners of images.
  tree.set('var/lib/dpkg/status', textFile(`${stanzas.join('\n\n')}\n`));
  configure(tree);
  addFolders(tree);
  return tree;
}

export function textFile(text: string, mode = 0o644): Entry {
  return { type: 'file', mode, uid: 0, gid: 0, data: Buffer.from(text) };
}

export function ownFolder(mode = 0o755): Entry {
  return { type: 'directory', mode, uid: USER, gid: USER };
}

function configure(tree: Tree): void {
  const text = (path: string): string => {
    const data = tree.get(path)?.data;
    if (data === undefined) throw new Error(`/${path} is in no package`);
    return data.toString('utf8');
  };
  const users = text('usr/share/base-passwd/passwd.master').replaceAll(':*:', ':x:');
  tree.set('etc/passwd', textFile(`${users}glaive:x:${USER}:${USER}::/home/glaive:/bin/bash\n`));
  const groups = text('usr/share/base-passwd/group.master').replaceAll(':*:', ':x:');
  tree.set('etc/group', textFile(`${groups}glaive:x:${USER}:\n`));
  tree.set('home/glaive', ownFolder());
  tree.set('work', ownFolder());
  tree.set('etc/nsswitch.conf', textFile('passwd: files\ngroup: files\nhosts: files dns\n'));
  // Checkouts in CI belong to another user, and git refuses those; the job scans only its own checkout.
  tree.set('etc/gitconfig', textFile('[safe]\n\tdirectory = *\n'));
  tree.set('usr/bin/awk', { type: 'symlink', mode: 0o777, uid: 0, gid: 0, target: 'mawk' });
  const certificates = [...tree.keys()].filter((path) => /^usr\/share\/ca-certificates\/.*\.crt$/.test(path)).sort();
  tree.set('etc/ssl/certs/ca-certificates.crt', textFile(certificates.map(text).join('')));
}
