import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Pins, PINNED_FILES, withPins } from '../pins.ts';
import { executableName, type Product } from '../product.ts';
import type { ReleaseStep } from '../step.ts';

const IMAGE = 'glaive-image-linux-amd64.tar';

/** Commit what it changes, then make the tag: the image and the executables do not contain it, so their checksums stay. */
export const pinStep: ReleaseStep = {
  name: 'pin',
  makes: 'the digest of the image in templates/, and the checksums of the executables in action.yml',
  onlyIfNamed: true,
  run({ root, folder, product, say }) {
    const pins = pinsOf(folder, product);
    if (pins.image === undefined) say(`pin: there is no ${IMAGE}: the templates name the image by version only`);
    for (const { name } of product.platforms)
      if (pins.executables?.[name] === undefined)
        say(`pin: there is no executable for ${name}: the action builds itself there`);
    for (const path of PINNED_FILES) {
      const file = join(root, path);
      writeFileSync(file, withPins(readFileSync(file, 'utf8'), product, pins));
    }
  },
};

/** What is in the folder of the release. */
export function pinsOf(folder: string, product: Product): Pins {
  const image = join(folder, IMAGE);
  const executables = product.platforms.flatMap((platform) => {
    const file = join(folder, executableName(product, platform));
    return existsSync(file) ? [[platform.name, createHash('sha256').update(readFileSync(file)).digest('hex')]] : [];
  });
  return {
    image: existsSync(image) ? imageDigest(image) : undefined,
    executables: Object.fromEntries(executables) as Pins['executables'] & object,
  };
}

/** The digest under which a registry has the image of an OCI archive. */
function imageDigest(archive: string): string {
  const names = execFileSync('tar', ['-tf', archive], { encoding: 'utf8' }).split('\n');
  const index = names.find((name) => /^(?:\.\/)?index\.json$/.test(name));
  if (index === undefined) throw new Error(`${archive} has no index.json: it is not an OCI archive`);
  const { manifests } = JSON.parse(execFileSync('tar', ['-xOf', archive, index], { encoding: 'utf8' })) as {
    readonly manifests: readonly { readonly digest: string }[];
  };
  const [manifest] = manifests;
  if (manifests.length !== 1 || manifest === undefined || !/^sha256:[0-9a-f]{64}$/.test(manifest.digest))
    throw new Error(`${archive} must have one image`);
  return manifest.digest;
}
