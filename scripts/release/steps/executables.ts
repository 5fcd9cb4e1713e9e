import { buildExecutables, ownPlatform } from '../executables/build.ts';
import { PLATFORMS } from '../product.ts';
import type { ReleaseStep } from '../step.ts';

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
