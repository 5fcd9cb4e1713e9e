/**
 * The versions and checksums in the files that others run by reference: the CI components, the action, and the documents that show how.
 * A project that includes them by version gets exactly these bytes. What glaive itself carries has versions only: its checksum would change it.
 */

import { COMPONENT, PLAIN_INCLUDE } from '../plain-include.ts';
import type { Platform, Product } from './product.ts';

/** What of a release is pinned. Empty: not released yet; the version alone is named. */
export interface Pins {
  /** The digest of the image in a registry: `sha256:...`. */
  readonly image?: string | undefined;
  /** By the name of the platform, in hexadecimal digits. */
  readonly executables?: Partial<Record<Platform['name'], string>>;
}

/** Files that the pins are written to. The plain form is made from the component. */
export const PINNED_FILES: readonly string[] = [COMPONENT, PLAIN_INCLUDE, 'templates/with-token.yml', 'action.yml'];
/** Files that name the version. */
export const VERSIONED_FILES: readonly string[] = [
  ...PINNED_FILES,
  'README.md',
  'docs/install.md',
  'docs/ci-gitlab.md',
  'docs/ci-github.md',
];

/** The tag of a version, in both repositories. */
export const tagOf = ({ version }: Product): string => `v${version}`;

/** The component, as a project of the same GitLab includes it. */
export function componentAddress(product: Product): string {
  return `${product.component.replace(/^[^/]+/, '$CI_SERVER_FQDN')}@${tagOf(product)}`;
}

/** The action, as a workflow uses it. */
export function actionAddress(product: Product): string {
  return `${product.githubRepository.replace(/^https:\/\/[^/]+\//, '')}@${tagOf(product)}`;
}

/** Where the action gets executables. */
export const executablesUrl = (product: Product): string =>
  `${product.githubRepository}/releases/download/${tagOf(product)}`;

/** The variable of action.yml that has the checksum of the executable of a platform. */
export const checksumVariable = ({ name }: Platform): string => `SHA256_${name.toUpperCase().replaceAll('-', '_')}`;

/** The text with the version of the product and these pins, instead of those that are in it. */
export function withPins(text: string, product: Product, { image, executables = {} }: Pins): string {
  let pinned = withoutDigests(text);
  for (const reference of references(product)) pinned = pinned.replace(reference, `$1${product.version}`);
  if (image !== undefined) {
    const own = `${product.image}:${product.version}`;
    pinned = pinned.replaceAll(own, `${own}@${image}`);
  }
  for (const platform of product.platforms)
    pinned = pinned.replace(
      new RegExp(`^( +${checksumVariable(platform)}:).*$`, 'm'),
      `$1 '${executables[platform.name] ?? ''}'`,
    );
  return pinned;
}

/** The text of this version. Pins of another version are dropped. */
export function withVersion(text: string, product: Product): string {
  const isOld = references(product).some((reference) =>
    [...text.matchAll(reference)].some(([, , version]) => version !== product.version),
  );
  return isOld ? withPins(text, product, {}) : text;
}

/** The text without the digests of images: what glaive itself carries. */
export const withoutDigests = (text: string): string => text.replaceAll(/@sha256:[0-9a-f]{64}\b/g, '');

/** What names glaive by version: the text before it, and the version. */
function references(product: Product): readonly RegExp[] {
  const { command, packageName, version } = product;
  const before = [
    `/${command}:`,
    `npm:${packageName}@`,
    '/-/releases/v',
    'rev: v',
    componentAddress(product)
      .slice(0, -version.length)
      .replace(/[^/]+$/, 'with-token@v'),
    ...[componentAddress, actionAddress, executablesUrl].map((address) => address(product).slice(0, -version.length)),
  ];
  return before.map(
    (text) => new RegExp(String.raw`(${text.replaceAll(/[.$/]/g, String.raw`\$&`)})(\d+\.\d+\.\d+(?:-\w[\w.]*)?)`, 'g'),
  );
}
