/** What all calls about a remote share: address, token, certificates, the limits of time and disk, and an outcome for every failure. */

import { mkdirSync } from 'node:fs';
import type { Environment } from '../git/environment.ts';
import { checkGit, type MirrorOptions } from '../git/mirror.ts';
import type { RemoteAccess } from '../git/remote-access.ts';
import { remoteAddress } from '../git/remote-address.ts';
import type { Network } from '../http/network.ts';
import { freeSpace } from '../lib/free-space.ts';
import { GlaiveError } from '../model/errors.ts';
import { certificateFile } from './clone-certificates.ts';
import { bounded, DISK_FULL, failureOf, type NotCloned } from './clone-failure.ts';
import { redirectTarget } from './clone-redirect.ts';
import type { PlanItem } from './plan.ts';

export interface CloneOptions {
  /** The folder of the fleet. */
  readonly store: string;
  /** The user's environment: where git and the keys of ssh are. */
  readonly env: Environment;
  /** Fires when the user ends the program: the call throws. */
  readonly signal: AbortSignal;
  /** Fires when the time for this repository is over: the outcome is `timeout`. */
  readonly limit?: AbortSignal | undefined;
  /** Kills a process: what git leaves behind when it is ended. */
  readonly killProcess?: ((pid: number) => void) | undefined;
  /** The GitLab that glaive has a token for, as the user has approved it. */
  readonly server?: string | undefined;
  readonly token?: string | undefined;
  /** The proxy for an address, with its password; undefined: none. */
  readonly proxyOf?: ((url: URL) => URL | undefined) | undefined;
  /** PEM certificates to trust besides the usual ones. */
  readonly certificates?: readonly string[];
  /** Bytes: nothing is fetched while less is free on the disk of the store, and a fetch that gets there is ended. */
  readonly diskFree?: number;
  readonly onFetchProgress?: ((step: string, percent: number) => void) | undefined;
  /** Asks the server where a repository has moved to; without it, that stays unknown. */
  readonly network?: Network | undefined;
  /** Seconds after which a server that sends nothing is given up. */
  readonly silence?: number;
  /** Bytes that are free; only tests have another disk. */
  readonly freeSpace?: (folder: string) => Promise<number>;
}

export type CloneItem = Pick<PlanItem, 'key' | 'url' | 'dir'>;

/** Milliseconds between two looks at the disk. */
const DISK_LOOK = 1000;
/** Bytes, unless the user says otherwise. */
const DISK_FREE = 1024 ** 3;

/** Does something with a remote under all limits, and makes an outcome of every failure that is not the user's. */
export async function attempt<T>(
  item: CloneItem,
  options: CloneOptions,
  work: (access: RemoteAccess, own: MirrorOptions) => Promise<T>,
): Promise<T | NotCloned> {
  const { store, env, signal, limit, server, token, diskFree = DISK_FREE } = options;
  const free = options.freeSpace ?? freeSpace;
  const address = remoteAddress(item.url ?? item.dir ?? '');
  if ('refused' in address)
    return { outcome: 'error', reason: `the address is refused: ${address.refused}`, isTransient: false };
  const full = new AbortController();
  const either = AbortSignal.any([signal, full.signal, ...(limit === undefined ? [] : [limit])]);
  const own = { env, signal: either, killProcess: options.killProcess, onFetchProgress: options.onFetchProgress };
  const look = async (): Promise<void> => {
    if ((await free(store)) < diskFree) full.abort();
  };
  let timer: NodeJS.Timeout | undefined;
  let access: RemoteAccess | undefined;
  try {
    mkdirSync(store, { recursive: true });
    await look();
    if (full.signal.aborted) return DISK_FULL;
    timer = setInterval(() => void look().catch(() => {}), DISK_LOOK).unref();
    await checkGit(own);
    const isHttp = address.protocol === 'https' || address.protocol === 'http';
    access = {
      address,
      token: server === undefined || token === undefined ? undefined : { server, secret: token },
      proxy: isHttp ? options.proxyOf?.(new URL(address.url)) : undefined,
      certificates: await certificateFile(store, options.certificates ?? []),
      silence: options.silence,
    };
    return await work(access, own);
  } catch (error) {
    if (signal.aborted) throw new GlaiveError('interrupted', 'interrupted', { cause: error });
    if (full.signal.aborted) return DISK_FULL;
    if (limit?.aborted === true)
      return { outcome: 'timeout', reason: 'the time limit was reached while it was fetched', isTransient: true };
    const failure = failureOf(error, token);
    const target = failure.outcome === 'moved' ? await redirectTarget(access!, options) : undefined; // git had it
    return target === undefined
      ? failure
      : { ...failure, movedTo: target, reason: bounded(`${failure.reason}, to ${target}`, token) };
  } finally {
    clearInterval(timer);
  }
}
