/** The list of everything in the image (CycloneDX): the one of the executable, and Debian's packages. */

import type { Product } from '../product.ts';
import { DEBIAN, type LockedPackage } from './packages.ts';
import type { Tree } from './tar.ts';

interface Component {
  readonly type: string;
  readonly name: string;
  readonly version: string;
  readonly 'bom-ref'?: string;
  readonly purl?: string;
  readonly hashes?: readonly object[];
  readonly licenses?: readonly object[];
}

interface Bom {
  readonly bomFormat: string;
  readonly specVersion: string;
  readonly serialNumber?: string;
  readonly metadata?: { readonly component?: Component };
  readonly components?: readonly Component[];
  readonly dependencies?: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
}

/** @param own that of the executable */
export function imageSbom(
  own: Bom,
  product: Product,
  { packages, tree }: { readonly packages: readonly LockedPackage[]; readonly tree: Tree },
): Bom {
  const { serialNumber: _, metadata, components = [], dependencies = [], ...rest } = own;
  const executable = metadata?.component;
  const image = `${product.image}:${product.version}`;
  const debian = packages.map((one) => debianComponent(one, tree));
  return {
    ...rest,
    metadata: {
      ...metadata,
      component: { type: 'container', name: product.image, version: product.version, 'bom-ref': image },
    },
    components: [...(executable === undefined ? [] : [executable]), ...components, ...debian],
    dependencies: [
      {
        ref: image,
        dependsOn: [executable?.['bom-ref'], ...debian.map((one) => one['bom-ref'])].filter((ref) => ref !== undefined),
      },
      ...dependencies,
    ],
  };
}

function debianComponent({ name, version, architecture, sha256 }: LockedPackage, tree: Tree): Component {
  // A plus sign and a colon have no meaning in this place of a purl, and a tilde is itself; scanners write them so.
  const purl = `pkg:deb/debian/${encodeURIComponent(name)}@${encodeURIComponent(version).replaceAll('%3A', ':')}?arch=${architecture}&distro=${DEBIAN.toLowerCase().replace(' ', '-')}`;
  const licences = licencesOf(name, tree);
  return {
    type: 'library',
    'bom-ref': purl,
    name,
    version,
    hashes: [{ alg: 'SHA-256', content: sha256 }],
    ...(licences.length === 0 ? {} : { licenses: licences.map((licence) => ({ license: { name: licence } })) }),
    purl,
  };
}

/** The names in the copyright file, if it has Debian's format for machines. */
function licencesOf(name: string, tree: Tree): string[] {
  const text = tree.get(`usr/share/doc/${name}/copyright`)?.data?.toString('utf8') ?? '';
  if (!/^Format:/m.test(text)) return [];
  return [...new Set([...text.matchAll(/^License: *(\S.*)$/gm)].map(([, licence = '']) => licence.trim()))].sort();
}
