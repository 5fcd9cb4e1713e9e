import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { buildExecutables, ownPlatform } from '../executables/build.ts';
import { type Architecture, ARCHITECTURES } from '../image/packages.ts';
import { PLATFORMS } from '../product.ts';
import type { ReleaseContext, ReleaseStep } from '../step.ts';

export const executablesStep: ReleaseStep = {
  name: 'executables',
  makes:
    'the executables of all platforms, each with its own Node; GLAIVE_PLATFORMS names fewer (linux-x64,macos-arm64)',
  missing: () =>
    ownPlatform() === undefined
      ? `there is no Node in the registry for ${process.platform}-${process.arch}`
      : undefined,
  run(context) {
    const names = process.env['GLAIVE_PLATFORMS']?.split(',');
    const unknown = names?.find((name) => PLATFORMS.every((platform) => platform.name !== name));
    if (unknown !== undefined) throw new Error(`there is no platform ${unknown}`);
    buildExecutables(context, names === undefined ? PLATFORMS : PLATFORMS.filter(({ name }) => names.includes(name)));
  },
};

export interface LinuxExecutable extends Architecture {
  readonly executable: string;
}

/** What the image and the Debian package carry. @throws Error without any */
export function executablesForLinux({ folder, product }: ReleaseContext): readonly LinuxExecutable[] {
  const ready = ARCHITECTURES.map((one) => ({
    ...one,
    executable: join(folder, `${product.command}-${one.platform}`),
  })).filter(({ executable }) => existsSync(executable));
  if (ready.length === 0) throw new Error('there is no executable for Linux: run npm run release -- executables first');
  return ready;
}
