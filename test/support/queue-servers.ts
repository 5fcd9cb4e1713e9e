/** Servers of queues, started for one test each: Redis and PostgreSQL, on loopback, with a password, in a folder that goes with the test. */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { handOver } from './unprivileged.ts';
import { tempFolder } from './temp-folder.ts';

export interface QueueServer {
  /** With its password. */
  readonly url: string;
  readonly password: string;
  /** Kills the server, as a crash of the machine would. */
  kill(): Promise<void>;
  /** Starts it again, with what it has kept. */
  restart(): Promise<void>;
  /** Throws away everything that it has. */
  lose(): void;
}

/** Not what a URL takes as it is. */
const PASSWORD = 'p:a/s s';
const ENCODED = encodeURIComponent(PASSWORD);
const UNPRIVILEGED = 65_534;
/** PostgreSQL refuses root. */
const AS_USER =
  process.getuid?.() === 0 ? ['setpriv', `--reuid=${UNPRIVILEGED}`, `--regid=${UNPRIVILEGED}`, '--clear-groups'] : [];

/** The folder of PostgreSQL's programs: Debian puts none but clients on the PATH. */
const POSTGRES = postgresFolder();

export const hasRedis: boolean = spawnSync('redis-server', ['--version']).status === 0;
export const hasPostgres: boolean = POSTGRES !== undefined;

/** The back ends that there are on this machine. */
export const BACK_ENDS = {
  ...(hasRedis ? { Redis: redisServer } : {}),
  ...(hasPostgres ? { PostgreSQL: postgresServer } : {}),
} as Readonly<Record<string, () => Promise<QueueServer>>>;

/** @param settings lines of its configuration */
export async function redisServer(settings: readonly string[] = ['appendonly yes', 'maxmemory-policy noeviction']) {
  const folder = tempFolder();
  const port = await freePort();
  const config = join(folder, 'redis.conf');
  const lines = [
    `port ${port}`,
    'bind 127.0.0.1',
    `dir "${folder}"`,
    'save ""',
    `requirepass "${PASSWORD}"`,
    ...settings,
  ];
  writeFileSync(config, `${lines.join('\n')}\n`);
  const cli = (...args: string[]) =>
    spawnSync('redis-cli', ['-p', String(port), '-a', PASSWORD, '--no-auth-warning', ...args], { encoding: 'utf8' });
  const server = await kept(
    () => ['redis-server', config],
    () => cli('ping').stdout === 'PONG\n',
  );
  return {
    ...server,
    url: `redis://:${ENCODED}@127.0.0.1:${port}/0`,
    password: PASSWORD,
    lose: () => void cli('flushall'),
  } satisfies QueueServer;
}

export async function postgresServer(): Promise<QueueServer> {
  const folder = tempFolder();
  const port = await freePort();
  const [data, secret] = [join(folder, 'data'), join(folder, 'password')];
  writeFileSync(secret, PASSWORD);
  mkdirSync(data);
  handOver(folder);
  const initdb = ['-D', data, '-U', 'glaive', '--auth=scram-sha-256', `--pwfile=${secret}`, '--no-sync', '-E', 'UTF8'];
  const [program, ...args] = [...AS_USER, join(POSTGRES!, 'initdb'), ...initdb];
  const made = spawnSync(program!, args, { encoding: 'utf8', cwd: folder });
  if (made.status !== 0) throw new Error(made.stderr);
  const psql = (sql: string) =>
    spawnSync('psql', ['-qAt', '-h', '127.0.0.1', '-p', String(port), '-U', 'glaive', '-c', sql, 'postgres'], {
      encoding: 'utf8',
      env: { ...process.env, PGPASSWORD: PASSWORD },
    });
  const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories=', 'shared_buffers=16MB'];
  const server = await kept(
    () => [...AS_USER, join(POSTGRES!, 'postgres'), '-D', data, ...settings.flatMap((each) => ['-c', each])],
    () => psql('SELECT 1').stdout === '1\n',
  );
  return {
    ...server,
    url: `postgres://glaive:${ENCODED}@127.0.0.1:${port}/postgres`,
    password: PASSWORD,
    lose: () => void psql('TRUNCATE glaive.job CASCADE'),
  };
}

/** A server that is killed when the test ends. */
async function kept(command: () => readonly string[], isReady: () => boolean) {
  let child: ChildProcess | undefined;
  const restart = async (): Promise<void> => {
    const [program, ...args] = command();
    for (let tries = 0; ; tries++) {
      const started = spawn(program!, args, { stdio: 'ignore', cwd: '/' });
      child = started;
      for (let asked = 0; asked < 200 && started.exitCode === null; asked++) {
        if (isReady()) return;
        await wait(25);
      }
      // PostgreSQL waits until the last process of the killed server has noticed.
      if (tries === 20) throw new Error(`${program} does not start`);
      started.kill('SIGKILL');
      await wait(100);
    }
  };
  const kill = async (): Promise<void> => {
    const { exitCode, signalCode } = child!;
    if (exitCode !== null || signalCode !== null) return;
    const ended = new Promise((resolve) => child!.once('exit', resolve));
    child!.kill('SIGKILL');
    await ended;
  };
  onTestFinished(kill);
  await restart();
  return { kill, restart };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => void server.close(resolve));
  return port;
}

function postgresFolder(): string | undefined {
  let versions: string[] = [];
  try {
    versions = readdirSync('/usr/lib/postgresql').toSorted((a, b) => Number(b) - Number(a));
  } catch {
    // Not Debian, or not installed.
  }
  const folder = versions.map((version) => `/usr/lib/postgresql/${version}/bin`)[0];
  if (folder === undefined || spawnSync('psql', ['--version']).status !== 0) return undefined;
  const [program, ...args] = [...AS_USER, join(folder, 'postgres'), '--version'];
  return spawnSync(program, args).status === 0 ? folder : undefined;
}
