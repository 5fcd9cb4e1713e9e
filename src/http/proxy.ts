/** Which proxy leads to an address, by the variables that every program knows (as curl and Go read them). */

type Environment = Readonly<Record<string, string | undefined>>;

/** The address of the proxy for `https://` addresses as it was given; undefined: none. */
export function proxyAddress(env: Environment): string | undefined {
  return env['HTTPS_PROXY'] || env['https_proxy'] || env['ALL_PROXY'] || env['all_proxy'] || undefined;
}

/** Whether `NO_PROXY` names the host: itself, a domain above it, or `*`; a port must be the same. */
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
