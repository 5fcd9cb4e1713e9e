import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { IMAGE_MARKER } from '../../../src/cli/commands/upgrade/installation.ts';
import { debianTree, textFile } from '../image/debian.ts';
import { download, missingForPackages } from '../image/download.ts';
import { type Archive, indexOf, ociArchive } from '../image/oci.ts';
import { DEBIAN, lockedPackages } from '../image/packages.ts';
import { imageSbom } from '../image/sbom.ts';
import { addFolders, type Tree, writeTar } from '../image/tar.ts';
import type { Product } from '../product.ts';
import type { ReleaseContext, ReleaseStep } from '../step.ts';
import { executablesForLinux, type LinuxExecutable } from './executables.ts';

/** The index of the images, whose digest is the one that jobs name. */
export const imageIndexFile = ({ command }: Product): string => `${command}-image.json`;

/** Compressed, in bytes: every job of every project downloads it once for each machine. */
const LIMIT = 120e6;

export const imageStep: ReleaseStep = {
  name: 'image',
  makes: 'the image for CI jobs, for each processor whose executable is there, and their index',
  missing: missingForPackages,
  async run(context) {
    const { folder, product, say } = context;
    const manifests: Archive['manifest'][] = [];
    for (const architecture of executablesForLinux(context)) {
      const file = `${product.command}-image-linux-${architecture.name}.tar`;
      const { bytes, manifest, size } = await imageOf(context, architecture);
      if (size > LIMIT) throw new Error(`${file}: ${megabytes(size)} compressed, more than ${megabytes(LIMIT)}`);
      writeFileSync(join(folder, file), bytes);
      manifests.push(manifest);
      say(`${file}: ${megabytes(size)} compressed, ${manifest.digest}`);
    }
    writeFileSync(join(folder, imageIndexFile(product)), indexOf(manifests));
  },
};

async function imageOf(
  { root, folder, product, epoch }: ReleaseContext,
  architecture: LinuxExecutable,
): Promise<Archive> {
  const lock = lockedPackages(root, architecture);
  const debian = await debianTree(download(root, lock));
  const file = (path: string, mode: number, from: string): [string, ReturnType<typeof textFile>] => [
    path,
    { ...textFile('', mode), data: readFileSync(from) },
  ];
  const documents = `usr/share/doc/${product.command}`;
  const sbom = imageSbom(JSON.parse(readFileSync(join(folder, 'glaive.cdx.json'), 'utf8')), product, {
    packages: lock.packages,
    tree: debian,
  });
  const own: Tree = new Map([
    file(`usr/bin/${product.command}`, 0o755, architecture.executable),
    file(`${documents}/copyright`, 0o644, join(root, 'LICENSE')),
    file(`${documents}/THIRD-PARTY-LICENSES.txt`, 0o644, join(folder, 'THIRD-PARTY-LICENSES.txt')),
    [`${documents}/${product.command}.cdx.json`, textFile(`${JSON.stringify(sbom, undefined, 2)}\n`)],
  ]);
  own.set(IMAGE_MARKER.slice(1), textFile(`${product.image}:${product.version}\n`));
  addFolders(own);
  return await ociArchive({
    architecture: architecture.name,
    epoch,
    name: `${product.image}:${product.version}`,
    layers: [
      { tar: await writeTar(debian, lock.epoch), by: DEBIAN },
      { tar: await writeTar(own, epoch), by: `${product.command} ${product.version}` },
    ],
    config: {
      User: '1000',
      Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'LANG=C.UTF-8'],
      // No entry point: GitLab's runner starts a shell of its own.
      Cmd: [product.command, '--help'],
      WorkingDir: '/work',
      Labels: {
        'org.opencontainers.image.title': product.command,
        'org.opencontainers.image.description': product.description,
        'org.opencontainers.image.version': product.version,
        'org.opencontainers.image.licenses': product.licence,
        'org.opencontainers.image.vendor': product.maintainer.replace(/ <.*/, ''),
        'org.opencontainers.image.url': product.repository,
        'org.opencontainers.image.source': product.repository,
        'org.opencontainers.image.documentation': `${product.repository}/-/blob/v${product.version}/docs/install.md`,
      },
    },
  });
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
