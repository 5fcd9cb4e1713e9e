/** The software bill of materials: glaive, the packages inside of it, what these were compiled from, and Node in the executables. */

import { Contrib, Enums, Models, Serialize, Spec } from '@cyclonedx/cyclonedx-library';
import type { BundledPackage, CompiledSource } from './packages.ts';
import type { Product } from './product.ts';

export interface SbomOptions {
  readonly product: Product;
  readonly packages: readonly BundledPackage[];
  /** Seconds since 1970. */
  readonly epoch: number;
  /** Hexadecimal digits that the serial number is made of. */
  readonly digest?: string;
}

/** The text of `glaive.cdx.json`: the same for the same packages. */
export function sbomOf({ product, packages, epoch, digest }: SbomOptions): string {
  const own = new Models.Component(Enums.ComponentType.Application, product.packageName, {
    bomRef: purlOf(product.packageName, product.version),
    version: product.version,
    description: product.description,
    purl: purlOf(product.packageName, product.version),
    licenses: licencesOf(product.licence),
    externalReferences: new Models.ExternalReferenceRepository([
      new Models.ExternalReference(product.repository, Enums.ExternalReferenceType.VCS),
    ]),
  });
  const node = nodeOf(product);
  const components = [...packages.map(componentOf), node];
  for (const component of components) own.dependencies.add(component.bomRef);
  const bom = new Models.Bom({
    components: new Models.ComponentRepository(components),
    metadata: new Models.Metadata({ component: own, timestamp: new Date(epoch * 1000) }),
    ...(digest === undefined ? {} : { serialNumber: `urn:uuid:${uuidOf(digest)}` }),
  });
  const factory = new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6);
  return `${new Serialize.JsonSerializer(factory).serialize(bom, { sortLists: true, space: 2 })}\n`;
}

function componentOf({ name, version, licence, sha512, compiledFrom }: BundledPackage): Models.Component {
  const [, scope, short = name] = /^(@[^/]+)\/(.+)$/.exec(name) ?? [];
  const sources = compiledFrom.map(sourceOf);
  const component = new Models.Component(Enums.ComponentType.Library, short, {
    ...(scope === undefined ? {} : { group: scope }),
    bomRef: purlOf(name, version),
    version,
    purl: purlOf(name, version),
    licenses: licencesOf(licence),
    hashes: new Models.HashDictionary([[Enums.HashAlgorithm['SHA-512'], sha512]]),
    components: new Models.ComponentRepository(sources),
  });
  for (const source of sources) component.dependencies.add(source.bomRef);
  return component;
}

function sourceOf({ name, version, licence, homepage }: CompiledSource): Models.Component {
  return new Models.Component(Enums.ComponentType.Library, name, {
    bomRef: genericPurl(name, version),
    version,
    purl: genericPurl(name, version),
    licenses: licencesOf(licence),
    externalReferences: new Models.ExternalReferenceRepository([
      new Models.ExternalReference(homepage, Enums.ExternalReferenceType.Website),
    ]),
  });
}

/** Only in the executables, so it is optional. */
function nodeOf({ nodeVersion }: Product): Models.Component {
  return new Models.Component(Enums.ComponentType.Application, 'node', {
    bomRef: genericPurl('node', nodeVersion),
    version: nodeVersion,
    purl: genericPurl('node', nodeVersion),
    scope: Enums.ComponentScope.Optional,
    licenses: licencesOf('MIT'),
    description: 'The runtime inside of the executables, with V8, OpenSSL and the others that its own licence lists',
    externalReferences: new Models.ExternalReferenceRepository([
      new Models.ExternalReference('https://nodejs.org', Enums.ExternalReferenceType.Website),
    ]),
  });
}

/** https://github.com/package-url/purl-spec, type npm. */
const purlOf = (name: string, version: string): string => `pkg:npm/${name.replace('@', '%40')}@${version}`;
const genericPurl = (name: string, version: string): string => `pkg:generic/${name}@${version}`;

function licencesOf(text: string): Models.LicenseRepository {
  const factory = new Contrib.License.Factories.LicenseFactory((expression) => {
    if (!/^[\w.+-]+(?: (?:AND|OR|WITH) [\w.+-]+)*$/.test(expression))
      throw new Error(`not an expression: ${expression}`);
  });
  return new Models.LicenseRepository([
    text.includes(' ') ? factory.makeExpression(text) : factory.makeDisjunctive(text),
  ]);
}

/** A UUID of version 8, whose bits are the maker's own (RFC 9562). */
function uuidOf(digest: string): string {
  const variant = '89ab'[Number.parseInt(digest[16]!, 16) % 4]!;
  return [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `8${digest.slice(13, 16)}`,
    `${variant}${digest.slice(17, 20)}`,
    digest.slice(20, 32),
  ].join('-');
}
