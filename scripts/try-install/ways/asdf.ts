/** The plugin for asdf, run by mise, from files of the release on a server on loopback. */

import { execFile, execFileSync } from 'node:child_process';
import { createReadStream, cpSync, existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { CHECKSUMS, readChecksums } from '../../release/files.ts';
import { environmentOf } from '../package-manager.ts';
import type { Way } from '../way.ts';

const MISE = '@jdxcode/mise@2026.9.15';

export const asdf: Way = {
  name: 'asdf-mise',
  line: 'mise plugin install glaive https://gitlab.com/glaive-cli/asdf-glaive && mise use glaive@latest',
  missing({ release }) {
    const isThere =
      existsSync(join(release, CHECKSUMS)) &&
      readChecksums(release).some(({ file }) => /^glaive-linux-x64$/.test(file));
    return isThere ? undefined : 'run `npm run release` first';
  },
  prepare: ({ tools }) => void tools(MISE),
  async install({ release, product, tools }, folder) {
    const plugin = join(folder, 'plugin');
    cpSync(join(release, 'doors', 'asdf'), plugin, { recursive: true });
    const git = (...args: string[]): void => void execFileSync('git', ['-C', plugin, ...args], { stdio: 'pipe' });
    git('init', '--quiet');
    git('add', '.');
    git('-c', 'user.name=x', '-c', 'user.email=x@example.com', 'commit', '--quiet', '--message', 'x');
    // The newest is not the last in the order of letters, and a version that is not stable is not installed.
    for (const version of ['0.0.9', product.version, '99.0.0-rc.1']) git('tag', `v${version}`);
    const server = await serve(release, `/v${product.version}/downloads/`);
    const address = server.address();
    const port = address === null || typeof address === 'string' ? '' : address.port;
    const env = {
      ...environmentOf({ home: folder, registry: '', bin: [tools(MISE)] }),
      MISE_DATA_DIR: join(folder, 'data'),
      GLAIVE_REPOSITORY: `file://${plugin}`,
      GLAIVE_DOWNLOADS: `http://127.0.0.1:${port}`,
    };
    const mise = async (...args: string[]): Promise<string> =>
      (await promisify(execFile)('mise', args, { cwd: folder, env })).stdout.trim();
    try {
      await mise('plugin', 'install', product.command, `file://${plugin}`);
      await mise('use', '--global', `${product.command}@latest`);
      const installed = await mise('where', product.command);
      return { command: [join(installed, 'bin', product.command)], takes: [installed] };
    } finally {
      server.close();
      server.closeAllConnections();
    }
  },
};

async function serve(folder: string, path: string): Promise<Server> {
  const server = createServer(({ url = '' }, response) => {
    const file = join(folder, basename(url));
    if (url.startsWith(path) && existsSync(file)) createReadStream(file).pipe(response);
    else response.writeHead(404).end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return server;
}
