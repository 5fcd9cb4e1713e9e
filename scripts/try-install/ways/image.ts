import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256Of } from '../../release/files.ts';
import { ARCHITECTURES } from '../../release/image/packages.ts';
import { imageIndexFile } from '../../release/steps/image.ts';
import { answers, freePort, missingPrograms } from '../programs.ts';
import type { Way } from '../way.ts';

/**
 * The images and their index go to a registry as a release publishes them, and the one of this machine is pulled from there by the digest that the
 * templates name. A runtime of OCI runs it as the image says, without root.
 */
export const image: Way = {
  name: 'image',
  line: 'docker run registry.gitlab.com/glaive-cli/glaive@DIGEST',
  missing: () => missingPrograms('skopeo', 'umoci', 'runc', 'docker-registry'),
  async install({ release, product }, folder) {
    const index = join(release, imageIndexFile(product));
    const digest = `sha256:${sha256Of(index)}`;
    const published = join(folder, 'index');
    mkdirSync(published);
    // How skopeo has an index in a folder.
    copyFileSync(index, join(published, 'manifest.json'));
    writeFileSync(join(published, 'version'), 'Directory Transport Version: 1.1\n');
    const pulled = join(folder, 'pulled');
    const registry = await startRegistry(join(folder, 'registry'));
    try {
      const address = `docker://${registry.host}/${product.command}`;
      const copy = (...args: readonly string[]): string => skopeo('--insecure-policy', 'copy', ...args);
      const push = ['--preserve-digests', '--dest-tls-verify=false'];
      for (const { name } of ARCHITECTURES) {
        const archive = join(release, `${product.command}-image-linux-${name}.tar`);
        if (existsSync(archive)) copy(...push, `oci-archive:${archive}`, `${address}:${product.version}-${name}`);
      }
      copy(...push, '--multi-arch', 'index-only', `dir:${published}`, `${address}:${product.version}`);
      const there = skopeo('inspect', '--tls-verify=false', '--raw', `${address}:${product.version}`);
      if (there !== readFileSync(index, 'utf8')) throw new Error('the registry has another index than the release');
      copy('--src-tls-verify=false', `${address}@${digest}`, `oci:${pulled}:it`);
    } finally {
      await registry.stop();
    }
    const bundle = join(folder, 'bundle');
    execFileSync('umoci', ['unpack', '--image', `${pulled}:it`, bundle], { stdio: 'pipe' });
    const work = `${folder}-work`;
    const state = join(folder, 'state');
    const id = `glaive-${process.pid}`;
    const user = keepAlive(join(bundle, 'config.json'), work);
    if (user !== 1000) throw new Error(`the image runs as user ${user}`);
    mkdirSync(work, { recursive: true });
    const runc = (...args: readonly string[]): string[] => ['runc', '--root', state, ...args];
    const [program = '', ...args] = runc('run', '--detach', '--bundle', bundle, id);
    execFileSync(program, args, { stdio: 'ignore' });
    return {
      command: [product.command],
      takes: [join(bundle, 'rootfs')],
      inside: (command, { folder: cwd, env }) =>
        runc(
          'exec',
          '--cwd',
          cwd,
          ...Object.entries(env).flatMap(([key, value]) => ['--env', `${key}=${value}`]),
          id,
          ...asRunner(command),
        ),
      remove() {
        const [stop = '', ...rest] = runc('delete', '--force', id);
        execFileSync(stop, rest, { stdio: 'ignore' });
      },
    };
  },
};

/** As GitLab's runner starts a job: it looks for a shell, and gives it the job as text to evaluate. */
function asRunner(command: readonly string[]): string[] {
  const quoted = command.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(' ');
  const find =
    'if [ -x /usr/bin/bash ]; then exec /usr/bin/bash "$@"; elif [ -x /bin/sh ]; then exec /bin/sh "$@"; else exit 1; fi';
  return ['sh', '-c', find, 'sh', '-c', `set -eo pipefail; set +o noclobber; ${quoted}`];
}

/** Lets the container of a bundle wait for commands, with the folder in it. @returns the user of the image */
function keepAlive(file: string, work: string): number {
  const config = JSON.parse(readFileSync(file, 'utf8')) as {
    process: { args: string[]; terminal: boolean; user: { uid: number } };
    mounts: object[];
  };
  config.process.args = ['sleep', 'infinity'];
  config.process.terminal = false;
  config.mounts.push({ destination: work, type: 'bind', source: work, options: ['bind', 'rw'] });
  writeFileSync(file, JSON.stringify(config));
  return config.process.user.uid;
}

function skopeo(...args: readonly string[]): string {
  return execFileSync('skopeo', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** A registry of images on loopback: the one that the OCI calls its reference. */
async function startRegistry(folder: string): Promise<{ readonly host: string; stop(): Promise<void> }> {
  mkdirSync(folder, { recursive: true });
  const host = `127.0.0.1:${await freePort()}`;
  const config = join(folder, 'config.yml');
  writeFileSync(
    config,
    `version: 0.1\nlog: { level: error }\nstorage: { filesystem: { rootdirectory: ${folder} } }\nhttp: { addr: ${host} }\n`,
  );
  const server: ChildProcess = spawn('docker-registry', ['serve', config], { stdio: 'ignore' });
  const ended = new Promise((done) => server.once('exit', done));
  await answers(`http://${host}/v2/`);
  return {
    host,
    async stop() {
      server.kill();
      await ended;
    },
  };
}
