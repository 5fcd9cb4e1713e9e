import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { answers, freePort, missingPrograms } from '../programs.ts';
import type { Way } from '../way.ts';

/**
 * The road of an instance without a way to the internet: the archive is copied to a registry of one's own, pulled from there by its digest, and run
 * by a runtime of OCI as the image says, without root.
 */
export const image: Way = {
  name: 'image',
  line: 'skopeo copy oci-archive:glaive-image-linux-amd64.tar docker://REGISTRY/glaive:VERSION',
  missing: () => missingPrograms('skopeo', 'umoci', 'runc', 'docker-registry'),
  async install({ release, product }, folder) {
    const archive = join(release, `${product.command}-image-linux-amd64.tar`);
    const pulled = join(folder, 'pulled');
    const registry = await startRegistry(join(folder, 'registry'));
    try {
      const address = `docker://${registry.host}/${product.command}`;
      const loopback = ['--insecure-policy'];
      skopeo(...loopback, 'copy', '--dest-tls-verify=false', `oci-archive:${archive}`, `${address}:${product.version}`);
      const digest = digestOf(`oci-archive:${archive}`);
      const there = digestOf('--tls-verify=false', `${address}:${product.version}`);
      if (there !== digest) throw new Error(`the registry has ${there}, not ${digest}`);
      skopeo(...loopback, 'copy', '--src-tls-verify=false', `${address}@${digest}`, `oci:${pulled}:it`);
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

function digestOf(...args: readonly string[]): string {
  return (JSON.parse(skopeo('inspect', '--no-tags', ...args)) as { readonly Digest: string }).Digest;
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
