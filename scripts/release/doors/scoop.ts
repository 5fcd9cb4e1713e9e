import { assetUrl } from '../product.ts';
import type { Door } from './door.ts';

/** A bucket for Windows: `scoop bucket add NAME ADDRESS`, then `scoop install glaive`. */
export const scoop: Door = {
  name: 'scoop',
  files({ product, executables }) {
    const windows = executables.find(({ platform }) => platform.os === 'win32');
    if (windows === undefined) throw new Error('it needs the executable for Windows');
    const program = `${product.command}.exe`;
    // Behind `#/` is the name that the file gets.
    const url = (version: string): string => `${assetUrl({ ...product, version }, windows.file)}#/${program}`;
    const manifest = {
      version: product.version,
      description: product.description,
      homepage: product.repository,
      license: product.licence,
      architecture: { '64bit': { url: url(product.version), hash: windows.sha256 } },
      bin: program,
      checkver: {
        url: `${product.repository}/-/releases/permalink/latest`,
        regex: '/releases/v([\\d.]+)',
        useragent: 'scoop',
      },
      autoupdate: {
        architecture: {
          '64bit': { url: url('$version'), hash: { url: '$baseurl/SHA256SUMS' } },
        },
      },
    };
    return { [`bucket/${product.command}.json`]: `${JSON.stringify(manifest, null, 4)}\n` };
  },
};
