/** The provenance of a release: an in-toto statement with SLSA's predicate, https://slsa.dev/spec/v1.0/provenance. */

import type { Checksum } from './files.ts';
import type { Product } from './product.ts';

export interface ProvenanceOptions {
  readonly product: Product;
  readonly checksums: readonly Checksum[];
  readonly commit: string;
  /** Whether the files differ from the commit: then the statement says so, and proves nothing. */
  readonly isChanged: boolean;
  /** SHA-256 of package-lock.json, which names every package of the build with its hash. */
  readonly lock: string;
  /** Version of the Node that ran the build, and of npm. */
  readonly tools: Readonly<Record<'node' | 'npm', string>>;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The text of `provenance.json`. */
export function provenanceOf(options: ProvenanceOptions): string {
  const { product, checksums, commit, isChanged, lock, tools, env } = options;
  const statement = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: checksums.map(({ file, sha256 }) => ({ name: file, digest: { sha256 } })),
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {
      buildDefinition: {
        buildType: `${product.repository}/-/blob/v${product.version}/RELEASING.md#build-it-again`,
        externalParameters: {
          source: `git+${product.repository}.git@v${product.version}`,
          commands: ['npm ci', 'npm run release'],
        },
        internalParameters: { workTree: isChanged ? 'changed' : 'clean' },
        resolvedDependencies: [
          { uri: `git+${product.repository}.git@v${product.version}`, digest: { gitCommit: commit } },
          { name: 'package-lock.json', digest: { sha256: lock } },
          ...Object.entries(tools).map(([name, version]) => ({ uri: `pkg:generic/${name}@${version}` })),
        ],
      },
      // Without the times of the build, so that two builds have the same.
      runDetails: { builder: { id: builderOf(env) } },
    },
  };
  return `${JSON.stringify(statement, undefined, 2)}\n`;
}

/** The pipeline that has built it. Only a CI system that signs the statement can prove that. */
function builderOf(env: ProvenanceOptions['env']): string {
  const { CI_PROJECT_URL, CI_COMMIT_REF_NAME, GITHUB_SERVER_URL, GITHUB_WORKFLOW_REF } = env;
  if (CI_PROJECT_URL !== undefined && CI_COMMIT_REF_NAME !== undefined)
    return `${CI_PROJECT_URL}/-/blob/${CI_COMMIT_REF_NAME}/.gitlab-ci.yml`;
  if (GITHUB_SERVER_URL !== undefined && GITHUB_WORKFLOW_REF !== undefined)
    return `${GITHUB_SERVER_URL}/${GITHUB_WORKFLOW_REF}`;
  return 'urn:glaive:unknown-builder';
}
