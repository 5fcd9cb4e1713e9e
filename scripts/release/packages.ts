/** What is inside of glaive: the packages that the build bundles, and what some of them were compiled from. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundledPackages } from '../build.ts';

export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** As the package declares it: an SPDX id or expression. */
  readonly licence: string;
  /** SHA-512 of the package, in hexadecimal digits. */
  readonly sha512: string;
  /** C sources that it was compiled from. */
  readonly compiledFrom: readonly CompiledSource[];
}

export interface CompiledSource {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly homepage: string;
}

/** The notices of `COMPILED_NOTICES` have the same versions; a test compares them. */
const COMPILED: Readonly<Record<string, readonly CompiledSource[]>> = {
  'libarchive-wasm': [
    { name: 'libarchive', version: '3.7.7', licence: 'BSD-2-Clause', homepage: 'https://www.libarchive.org' },
    { name: 'zlib', version: '1.3.1', licence: 'Zlib', homepage: 'https://zlib.net' },
    { name: 'liblzma', version: '5.6.4', licence: '0BSD', homepage: 'https://tukaani.org/xz' },
    { name: 'bzip2', version: '1.0.8', licence: 'bzip2-1.0.6', homepage: 'https://sourceware.org/bzip2' },
  ],
  zstddec: [{ name: 'zstd', version: '1.5.7', licence: 'BSD-3-Clause', homepage: 'https://facebook.github.io/zstd' }],
};

interface Lock {
  readonly packages: Readonly<Record<string, { readonly version?: string; readonly integrity?: string }>>;
}

/** @throws Error if the lock file does not know a package, or another version of it is installed */
export function packagesInside(root: string): readonly BundledPackage[] {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lock;
  return bundledPackages(root).map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Readonly<
      Record<'name' | 'version' | 'license', string>
    >;
    const locked = lock.packages[folder];
    const [, digest] = /^sha512-([\w+/=]+)$/.exec(locked?.integrity ?? '') ?? [];
    if (locked?.version !== version || digest === undefined)
      throw new Error(`${folder}: the lock file does not have the version ${version}; run npm ci`);
    return {
      name,
      version,
      licence: license,
      sha512: Buffer.from(digest, 'base64').toString('hex'),
      compiledFrom: COMPILED[name] ?? [],
    };
  });
}
