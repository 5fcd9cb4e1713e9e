/** What the image takes from Debian. `debian.lock` has the exact files, so that the image of a commit never changes. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The stable Debian. */
export const SUITE = 'trixie';
export const DEBIAN = 'Debian 13';

/** Where packages come from, and where their older versions are kept. */
export const MIRROR = 'http://deb.debian.org';
export const SNAPSHOTS = 'http://snapshot.debian.org/archive';

export interface Architecture {
  /** As Debian and OCI name it. */
  readonly name: 'amd64' | 'arm64';
  /** As glaive's executables name it. */
  readonly platform: 'linux-x64' | 'linux-arm64';
}

export const ARCHITECTURES: readonly Architecture[] = [
  { name: 'amd64', platform: 'linux-x64' },
  { name: 'arm64', platform: 'linux-arm64' },
];

/** What jobs use, and what the executable needs. Their dependencies are added. */
export const WANTED = [
  'base-files',
  'base-passwd',
  'bash',
  'ca-certificates',
  'coreutils',
  'dash',
  'findutils',
  'git',
  'grep',
  'gzip',
  'hostname',
  'libatomic1',
  'libc-bin',
  'libstdc++6',
  'mawk',
  'sed',
  'tar',
];

/** Dependencies that are left out: no script of a package runs, and nothing in the image calls them. Each would bring its own vulnerabilities. */
export const LEFT_OUT = new Set([
  // for scripts of packages
  'debconf',
  'debianutils',
  'init-system-helpers',
  'libdebconfclient0',
  'openssl',
  // for commands of git that glaive and jobs do not use (send-email, svn)
  'perl',
  'liberror-perl',
  // manuals and translations
  'git-man',
  'krb5-locales',
]);

/** A package of the image. */
export interface LockedPackage {
  readonly architecture: Architecture['name'];
  readonly name: string;
  readonly version: string;
  /** Below the mirror. */
  readonly path: string;
  readonly sha256: string;
}

export interface Lock {
  /** When it was made, in seconds since 1970: the time of the files, so that releases share the layer as long as they share the lock. */
  readonly epoch: number;
  readonly packages: readonly LockedPackage[];
}

const LOCK = join('scripts', 'release', 'image', 'debian.lock');

export function lockFile(root: string): string {
  return join(root, LOCK);
}

export function readLock(text: string): Lock {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const [head = '', ...rest] = lines;
  const epoch = Date.parse(head) / 1000;
  if (!Number.isInteger(epoch)) throw new Error('debian.lock does not begin with the time when it was made');
  const packages = rest.map((line) => {
    const [architecture = '', name = '', version = '', path = '', sha256 = ''] = line.split(' ');
    if (!ARCHITECTURES.some((known) => known.name === architecture) || !/^[0-9a-f]{64}$/.test(sha256))
      throw new Error(`debian.lock: not a package: ${line}`);
    return { architecture: architecture as Architecture['name'], name, version, path, sha256 };
  });
  return { epoch, packages };
}

export function writeLock({ epoch, packages }: Lock): string {
  const lines = packages.map((one) => `${one.architecture} ${one.name} ${one.version} ${one.path} ${one.sha256}`);
  return `# Debian's packages of the image, made by scripts/release/image/update-lock.ts.
${new Date(epoch * 1000).toISOString().replace('.000', '')}
${lines.join('\n')}
`;
}

export function lockedPackages(root: string, architecture: Architecture): Lock {
  const { epoch, packages } = readLock(readFileSync(lockFile(root), 'utf8'));
  return { epoch, packages: packages.filter((one) => one.architecture === architecture.name) };
}
