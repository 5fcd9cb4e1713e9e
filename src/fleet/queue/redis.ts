/** The connection to Redis or Valkey, and what the server must be like. The only file that uses ioredis. */

import { Redis } from 'ioredis';
import { GlaiveError } from '../../model/errors.ts';
import { queueAddress, withoutPasswords } from './address.ts';

export interface RedisServer {
  readonly client: Redis;
  readonly warnings: readonly string[];
  close(): void;
}

/** Milliseconds. */
const CONNECT_TIMEOUT = 10_000;
/** Between two tries to connect again; milliseconds. */
const MOST_BETWEEN_TRIES = 5000;
/** Older ones lack commands that the queue needs. */
const OLDEST: readonly [major: number, minor: number] = [6, 2];

/** @throws GlaiveError if it cannot be reached, or may throw jobs away */
export async function connectRedis(url: string): Promise<RedisServer> {
  const { shown } = queueAddress(url);
  const state = { isOpen: false };
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT,
    // A queue waits for a server that restarts; what never answered is not tried again.
    maxRetriesPerRequest: null,
    retryStrategy: (times) => (state.isOpen ? Math.min(times * 200, MOST_BETWEEN_TRIES) : null),
  });
  let first: Error | undefined;
  const remember = (error: Error): void => void (first ??= error);
  client.on('error', remember);
  let info: string;
  try {
    await client.connect();
    info = await client.info();
  } catch (error) {
    client.disconnect();
    const { message } = first ?? (error as Error);
    throw new GlaiveError('usage', `cannot reach the queue ${shown}: ${withoutPasswords(message, url)}`, {
      hint: 'Check address, user and password; the server must answer INFO.',
    });
  }
  const refusal = refusalOf(info, shown);
  if (refusal !== undefined) {
    client.disconnect();
    throw refusal;
  }
  state.isOpen = true;
  client.off('error', remember);
  // A server that is away: the worker notices that its questions have no answer.
  client.on('error', () => {});
  return { client, warnings: warningsOf(info, shown), close: () => client.disconnect() };
}

function fieldOf(info: string, name: string): string | undefined {
  return new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1];
}

/** @param info the answer to INFO */
export function refusalOf(info: string, shown: string): GlaiveError | undefined {
  const version = fieldOf(info, 'redis_version') ?? '';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]))
    return new GlaiveError('usage', `the queue ${shown} is Redis ${version || 'of an unknown version'}`, {
      hint: `It must be ${OLDEST.join('.')} or newer; every version of Valkey will do.`,
    });
  const policy = fieldOf(info, 'maxmemory_policy');
  if (policy === 'noeviction') return undefined;
  return new GlaiveError(
    'usage',
    `the queue ${shown} may throw jobs away: its maxmemory-policy is ${policy ?? 'unknown'}`,
    {
      hint: 'Give the queue a Redis of its own, with "maxmemory-policy noeviction" in its configuration, or: redis-cli CONFIG SET maxmemory-policy noeviction.',
    },
  );
}

export function warningsOf(info: string, shown: string): readonly string[] {
  if (fieldOf(info, 'aof_enabled') !== '0') return [];
  return [
    `the queue ${shown} is lost if its server dies ("appendonly yes" keeps it); workers then fill it again from the plan`,
  ];
}
