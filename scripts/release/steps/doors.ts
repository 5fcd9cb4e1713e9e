import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Asset, DoorContext } from '../doors/door.ts';
import { DOORS } from '../doors/index.ts';
import { sha256Of } from '../files.ts';
import { assetUrl, executableName } from '../product.ts';
import type { ReleaseContext, ReleaseStep } from '../step.ts';

export const doorsStep: ReleaseStep = {
  name: 'doors',
  makes: 'what Homebrew, Nix, pre-commit, asdf, Scoop and Renovate need',
  run: makeDoors,
};

/** A door without its files is left out, and said. */
function makeDoors(context: ReleaseContext): void {
  const { root, folder, product, say } = context;
  const has = (file: string): boolean => existsSync(join(folder, file));
  const asset = (file: string): Asset => {
    if (!has(file)) throw new Error(`it needs ${file}`);
    return { url: assetUrl(product, file), sha256: sha256Of(join(folder, file)) };
  };
  const platforms = product.platforms.map((platform) => ({ platform, file: executableName(product, platform) }));
  const missing = platforms.filter(({ file }) => !has(file)).map(({ file }) => file);
  if (missing.length > 0) say(`doors: not in the release, so in no door: ${missing.join(', ')}`);
  const own: DoorContext = {
    product,
    hooks: readFileSync(join(root, '.pre-commit-hooks.yaml'), 'utf8'),
    executables: platforms.filter(({ file }) => has(file)).map((each) => ({ ...each, ...asset(each.file) })),
    asset,
  };
  rmSync(join(folder, 'doors'), { recursive: true, force: true });
  for (const door of DOORS) {
    try {
      for (const [name, text] of Object.entries(door.files(own))) {
        const path = join(folder, 'doors', door.name, name);
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, text);
        chmodSync(path, text.startsWith('#!') ? 0o755 : 0o644);
      }
    } catch (error) {
      say(`doors: ${door.name} is not made: ${(error as Error).message}`);
    }
  }
}
