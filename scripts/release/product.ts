/**
 * What is released, under which names, and where: the only place. Everything that names glaive to a registry, a package manager or a CI
 * system is generated from it. To publish under another name or scope, change `name` in package.json (on 2026-11-30, npm had no package named
 * `glaive`); to move the repository, `repository`. Then `npm run docs`.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A platform that gets an executable. */
export interface Platform {
  /** As in the name of the executable. */
  readonly name: 'linux-x64' | 'linux-arm64' | 'macos-x64' | 'macos-arm64' | 'windows-x64';
  /** As Node names them (`process.platform`, `process.arch`). */
  readonly os: 'linux' | 'darwin' | 'win32';
  readonly cpu: 'x64' | 'arm64';
}

export interface Product {
  /** The npm package, with its scope if it has one. */
  readonly packageName: string;
  /** The command, and the beginning of the name of every file. */
  readonly command: string;
  readonly version: string;
  /** One sentence, with a full stop. */
  readonly description: string;
  readonly licence: string;
  readonly maintainer: string;
  /** Where the repository, its issues and its releases are. */
  readonly repository: string;
  /** The same project on GitHub, for the action and for pre-commit. */
  readonly githubRepository: string;
  /** The image, without a tag. */
  readonly image: string;
  /** The component in GitLab's CI/CD catalog, without a version. */
  readonly component: string;
  readonly platforms: readonly Platform[];
  /** Of the Node inside of the executables. */
  readonly nodeVersion: string;
}

export const PLATFORMS: readonly Platform[] = [
  { name: 'linux-x64', os: 'linux', cpu: 'x64' },
  { name: 'linux-arm64', os: 'linux', cpu: 'arm64' },
  { name: 'macos-x64', os: 'darwin', cpu: 'x64' },
  { name: 'macos-arm64', os: 'darwin', cpu: 'arm64' },
  { name: 'windows-x64', os: 'win32', cpu: 'x64' },
];

/**
 * The newest Node with long support that the registry has for all five platforms. Node 26 starts no faster, is 9 MB larger, and needs libatomic,
 * which small images lack.
 */
export const NODE_VERSION = '22.23.2';

/** What is read of package.json. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly repository: { readonly url: string };
}

/** @param root the folder of package.json, which has name, version, description, licence and the address of the repository */
export function readProduct(root: string): Product {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;
  const { name, version, description, license } = manifest;
  const repository = repositoryUrl(manifest);
  const { host, pathname } = new URL(repository);
  return {
    packageName: name,
    command: 'glaive',
    version,
    description,
    licence: license,
    maintainer: 'The glaive authors <glaive@users.noreply.gitlab.com>',
    repository,
    githubRepository: `https://github.com${pathname}`,
    image: `registry.${host}${pathname}`,
    component: `${host}${pathname}/glaive`,
    platforms: PLATFORMS,
    nodeVersion: NODE_VERSION,
  };
}

/** The page of the repository. */
export function repositoryUrl({ repository: { url } }: Manifest): string {
  return url.replace(/^git\+/, '').replace(/\.git$/, '');
}

/** The name of the executable of a platform: without the version, so that the address of the latest one never changes. */
export function executableName({ command }: Product, { name, os }: Platform): string {
  return `${command}-${name}${os === 'win32' ? '.exe' : ''}`;
}

/** The npm package among the files of a release. */
export function packageFile({ command, version }: Product): string {
  return `${command}-${version}.tgz`;
}

/** The address of a file of a release. */
export function assetUrl({ repository, version }: Product, file: string): string {
  return `${repository}/-/releases/v${version}/downloads/${file}`;
}

/** The address of the repository of a door, such as a tap for Homebrew: next to that of the project. */
export function doorUrl({ repository, command }: Product, door: string): string {
  return `${repository.replace(/[^/]+$/, '')}${door}-${command}`;
}
