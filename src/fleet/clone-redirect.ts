/** Where a server says that a repository has moved to. Git does not follow, and does not say. */

import type { RemoteAccess } from '../git/remote-access.ts';
import { isOnServer } from '../git/remote-access.ts';
import type { Network } from '../http/network.ts';
import { cut } from '../lib/cut.ts';
import { printable } from '../lib/printable.ts';

const ENDING = '/info/refs';
/** Milliseconds. */
const TIMEOUT = 30_000;
/** Characters. */
const TARGET_MAX = 200;

/** The address without its query, bounded; undefined if the server does not say, or another thing. Nothing is sent to it. */
export async function redirectTarget(
  { address, token }: RemoteAccess,
  { network, signal }: { readonly network?: Network | undefined; readonly signal: AbortSignal },
): Promise<string | undefined> {
  if (network === undefined) return undefined;
  const url = new URL(`${address.url.replace(/\/$/, '')}${ENDING}?service=git-upload-pack`);
  const isSent = token !== undefined && isOnServer(address, token.server);
  const basic = isSent ? Buffer.from(`oauth2:${token.secret}`).toString('base64') : undefined;
  try {
    const response = await network.send({
      method: 'GET',
      url,
      headers: basic === undefined ? {} : { authorization: `Basic ${basic}` },
      signal,
      idleTimeout: TIMEOUT,
      timeout: TIMEOUT,
    });
    const location = response.header('location') ?? '';
    response.cancel();
    if (response.status < 300 || response.status >= 400 || !URL.canParse(location, url.href)) return undefined;
    const target = new URL(location, url);
    if (target.protocol !== 'https:' && target.protocol !== 'http:') return undefined;
    return cut(printable(`${target.origin}${target.pathname.replace(ENDING, '')}`), TARGET_MAX);
  } catch {
    return undefined;
  }
}
