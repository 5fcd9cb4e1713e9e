import { doorUrl, type Product } from '../product.ts';
import type { Door } from './door.ts';

/** Names are text in a regular expression. */
const literal = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
const VERSION = '(?<currentValue>\\d+\\.\\d+\\.\\d+[\\w.-]*)';

/** A preset that keeps what pins glaive fresh, and what Renovate does not see by itself. */
export const renovate: Door = {
  name: 'renovate',
  files: ({ product }) => ({ 'default.json': `${JSON.stringify(preset(product), null, 2)}\n` }),
};

function preset(product: Product): object {
  const { packageName, image, githubRepository } = product;
  const ci = ['/(^|/)\\.gitlab-ci\\.ya?ml$/', '/(^|/)\\.gitlab/.+\\.ya?ml$/', '/(^|/)\\.github/workflows/.+\\.ya?ml$/'];
  const pathOf = (url: string): string => new URL(url).pathname.slice(1);
  // The components and the hooks have the path of a repository.
  const packageNames = [image, packageName, pathOf(product.repository), pathOf(doorUrl(product, 'pre-commit'))];
  return {
    $schema: 'https://docs.renovatebot.com/renovate-schema.json',
    description: 'Keeps glaive fresh: components, images, executables and packages in CI, and hooks of pre-commit.',
    // Off by default in Renovate.
    'pre-commit': { enabled: true },
    customManagers: [
      {
        customType: 'regex',
        description: 'The image, in inputs and variables, with its digest',
        managerFilePatterns: ci,
        matchStrings: [`(?<depName>${literal(image)}):${VERSION}(?:@(?<currentDigest>sha256:[a-f0-9]{64}))?`],
        datasourceTemplate: 'docker',
      },
      {
        customType: 'regex',
        description: 'The npm package, in commands',
        managerFilePatterns: ci,
        matchStrings: [`(?:^|[\\s'"]|npm:)(?<depName>${literal(packageName)})@${VERSION}`],
        datasourceTemplate: 'npm',
      },
      {
        customType: 'regex',
        description: 'A file of a release, by its address with the checksum',
        managerFilePatterns: ci,
        matchStrings: [
          `/releases/(?:download/)?v${VERSION}/(?:downloads/)?[\\w.-]+#sha256=(?<currentDigest>[a-f0-9]{64})`,
        ],
        depNameTemplate: pathOf(githubRepository),
        datasourceTemplate: 'github-release-attachments',
        extractVersionTemplate: '^v(?<version>.+)$',
      },
    ],
    packageRules: [
      { description: 'All of glaive in one merge request', matchPackageNames: packageNames, groupName: 'glaive' },
    ],
  };
}
