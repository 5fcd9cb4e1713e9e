import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256Of } from '../files.ts';
import { type Pins, PINNED_FILES, withPins } from '../pins.ts';
import { executableName, type Product } from '../product.ts';
import type { ReleaseStep } from '../step.ts';
import { imageIndexFile } from './image.ts';

/** Commit what it changes, then make the tag: the image and the executables do not contain it, so their checksums stay. */
export const pinStep: ReleaseStep = {
  name: 'pin',
  makes: 'the digest of the image in templates/, and the checksums of the executables in action.yml',
  onlyIfNamed: true,
  run({ root, folder, product, say }) {
    const pins = pinsOf(folder, product);
    if (pins.image === undefined && Object.keys(pins.executables ?? {}).length === 0)
      throw new Error('there is no image and no executable in release/: run npm run release first');
    if (pins.image === undefined)
      say(`pin: there is no ${imageIndexFile(product)}: the templates name the image by version only`);
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
  const index = join(folder, imageIndexFile(product));
  const executables = product.platforms.flatMap((platform) => {
    const file = join(folder, executableName(product, platform));
    return existsSync(file) ? [[platform.name, sha256Of(file)]] : [];
  });
  return {
    image: existsSync(index) ? `sha256:${sha256Of(index)}` : undefined,
    executables: Object.fromEntries(executables) as Pins['executables'] & object,
  };
}
