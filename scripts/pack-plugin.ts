/** The bundler plugin that turns the pack reader's AssemblyScript into the module `virtual:unpack`. */

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cachedModule, compileAssembly } from './assembly.ts';

const MODULE = 'virtual:unpack';

export function packPlugin(root: string) {
  return {
    name: 'glaive-pack',
    resolveId: (id: string): string | undefined => (id === MODULE ? `\0${MODULE}` : undefined),
    async load(id: string): Promise<string | undefined> {
      if (id !== `\0${MODULE}`) return undefined;
      const folder = join(root, 'src', 'history', 'packs', 'assembly');
      const files = Object.fromEntries(
        readdirSync(folder)
          .toSorted()
          .map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
      );
      const lock = readFileSync(join(root, 'package-lock.json'), 'utf8');
      const key = createHash('sha256')
        .update(JSON.stringify([files, lock]))
        .digest('hex');
      return await cachedModule(root, `glaive-unpack-${key.slice(0, 16)}`, async () => ({
        unpack: await compileAssembly(files, ['simd']),
      }));
    },
  };
}
