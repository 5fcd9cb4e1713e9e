/** A registry of npm on loopback: verdaccio, with nothing but this package, and no way to another registry. */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { answers, freePort } from './programs.ts';

/** It needs a newer Node than glaive. Its own version of node-fetch is a tag (`cjs`), which not every mirror has. */
const PACKAGES = {
  private: true,
  dependencies: { verdaccio: '6.10.4', node: '24' },
  overrides: { 'node-fetch': '2.7.0' },
};

export interface Registry {
  /** Starts it once, and publishes the package of the release. */
  start(): Promise<string>;
  stop(): Promise<void>;
}

/** @param tarball the package of the release */
export function registryOn(scratch: string, tarball: string): Registry {
  let server: ChildProcess | undefined;
  let url: Promise<string> | undefined;
  const start = async (): Promise<string> => {
    const folder = join(scratch, 'registry');
    mkdirSync(folder);
    const port = await freePort();
    const address = `http://127.0.0.1:${port}`;
    writeFileSync(join(folder, 'config.yaml'), configuration(folder));
    writeFileSync(join(folder, 'package.json'), JSON.stringify(PACKAGES));
    execFileSync('npm', ['install', '--silent'], { cwd: folder, stdio: 'inherit' });
    server = spawn(
      join(folder, 'node_modules', '.bin', 'node'),
      [
        join(folder, 'node_modules', 'verdaccio', 'bin', 'verdaccio'),
        '--config',
        join(folder, 'config.yaml'),
        '--listen',
        `127.0.0.1:${port}`,
      ],
      { stdio: 'ignore' },
    );
    await answers(`${address}/-/ping`);
    publish(address, join(folder, 'npmrc'), tarball);
    return address;
  };
  return {
    start: () => (url ??= start()),
    async stop() {
      if (server === undefined || server.exitCode !== null) return;
      const ended = new Promise((done) => server!.once('exit', done));
      server.kill();
      await ended;
    },
  };
}

function configuration(folder: string): string {
  return `storage: ${folder}/storage
auth:
  htpasswd:
    file: ${folder}/htpasswd
uplinks: {}
packages:
  '**':
    access: $all
    publish: $anonymous
log: { type: file, path: ${folder}/log, level: warn }
`;
}

function publish(address: string, npmrc: string, tarball: string): void {
  if (!existsSync(tarball))
    throw new Error('there is no package of this version in release/: run `npm run release -- package` first');
  // npm publishes only with some password; this registry asks for none.
  writeFileSync(npmrc, `//${new URL(address).host}/:_authToken=none\n`);
  execFileSync('npm', ['publish', tarball, '--registry', address, '--userconfig', npmrc, '--provenance=false'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}
