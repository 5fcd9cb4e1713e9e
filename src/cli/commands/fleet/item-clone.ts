/** Clones of the repositories of a plan, with the token that the command was given. */

import { setTimeout as pause } from 'node:timers/promises';
import {
  cloneOrUpdate,
  type CloneOptions,
  type CloneResult,
  isServerBusy,
  isTokenRefused,
} from '../../../fleet/clone.ts';
import type { CloneItem } from '../../../fleet/place.ts';
import type { PlanHead } from '../../../fleet/plan.ts';
import { approveServer } from '../../../http/server.ts';
import { serversOf, tokenOf } from '../../servers/gitlab-access.ts';
import { networkOptions, openNetwork } from '../../servers/network-options.ts';
import type { FleetCall } from './call.ts';

export interface ItemClone {
  readonly clone: CloneItem;
  /** Whether the server has refused the token: every other repository would fail too. */
  isRefused(): boolean;
}

/** Seconds to wait, each time that the server is busy. */
const WAITS = [5, 20, 60] as const;

const OFFLINE: CloneResult = {
  outcome: 'no-access',
  reason: 'the network is turned off: --offline',
  isTransient: false,
};

/** @throws GlaiveError if the token cannot be got */
export async function itemClone({ source }: PlanHead, { store, args, io }: FleetCall): Promise<ItemClone> {
  const [named] = serversOf(args, io);
  const server = named ?? (source.kind === 'gitlab' ? approveServer(source.url, 'the plan') : undefined);
  const token = server === undefined ? undefined : await tokenOf(args, io, server);
  const { isOffline, certificates, proxyOf } = networkOptions(args, io);
  const options: CloneOptions = {
    store,
    env: io.env,
    signal: io.signal,
    killProcess: io.killProcess,
    ...(server === undefined ? {} : { server, token }),
    certificates,
    proxyOf,
    network: openNetwork(args, io),
    ...(args.has('disk-free') ? { diskFree: args.value('disk-free')! } : {}),
  };
  let refused = false;
  return {
    isRefused: () => refused,
    clone: async (item, limit) => {
      if (isOffline) return OFFLINE;
      for (let tries = 0; ; tries++) {
        const result: CloneResult = await cloneOrUpdate(item, { ...options, limit });
        refused ||= isTokenRefused(result);
        const wait = WAITS[tries];
        if (wait === undefined || !isServerBusy(result)) return result;
        const signal = limit === undefined ? io.signal : AbortSignal.any([io.signal, limit]);
        await pause(wait * 1000, undefined, { signal }).catch(() => {});
        if (signal.aborted) return result;
      }
    },
  };
}
