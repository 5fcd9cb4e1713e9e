/** Proxy settings from the environment, read as curl and Go read them. */

import { GlaiveError } from '../model/errors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The proxy for `https://` addresses as the user wrote it; undefined: no proxy. */
export function proxyAddress(env: Environment): string | undefined {
  return env['HTTPS_PROXY'] || env['https_proxy'] || env['ALL_PROXY'] || env['all_proxy'] || undefined;
}

/**
 * @param source the flag or variable that named it, for messages; the address itself may hold a password
 * @throws GlaiveError (`usage`)
 */
export function approveProxy(address: string, source: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url !== undefined && ['http:', 'https:'].includes(url.protocol) && url.hostname !== '') return url;
  throw new GlaiveError('usage', `${source}: not the address of a proxy`, {
    hint: 'Example: http://proxy.example.com:3128',
  });
}

/** Whether `NO_PROXY` lists the host, a parent domain, or `*`; an entry with a port must match that too. */
export function isBypassed({ hostname, port }: URL, env: Environment): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  return (env['NO_PROXY'] || env['no_proxy'] || '')
    .split(/[\s,]+/)
    .filter(Boolean)
    .some((entry) => {
      if (entry === '*') return true;
      const [, name = '', only] = /^\[?([^\]]+?)\]?(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [];
      if (only !== undefined && only !== (port || '443')) return false;
      const domain = name.replace(/^\*?\.?/, '');
      return host === domain || host.endsWith(`.${domain}`);
    });
}
