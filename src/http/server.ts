/** Servers that glaive may contact, a GitLab or a Vault. Only the user names them, never scanned content, and they need HTTPS. */

import { GlaiveError } from '../model/errors.ts';

/** Base URL of a server that the user named, without a slash at the end. */
export type Server = string & { readonly brand: 'server' };

/**
 * @param source the flag or variable that named it, for messages
 * @throws GlaiveError (`usage`) if it is not a URL, contains credentials, or is not HTTPS
 */
export function approveServer(address: string, source: string): Server {
  const refuse = (why: string, hint: string): GlaiveError => new GlaiveError('usage', `${source}: ${why}`, { hint });
  const example = 'Example: https://host.example.com';
  if (!URL.canParse(address)) throw refuse('not a URL', example);
  const url = new URL(address);
  if (url.username !== '' || url.password !== '')
    throw refuse('the URL contains credentials', 'Remove them, and pass the token in GLAIVE_GITLAB_TOKEN.');
  if (!isHttpsOrLoopback(url))
    throw refuse('only https:// is allowed', `A token sent without encryption is a leaked token. ${example}`);
  if (url.search !== '' || url.hash !== '') throw refuse('it may have a host and a path only', example);
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}` as Server;
}

/** Whether an address may be sent a request: encrypted, or on this machine. */
export function isHttpsOrLoopback({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || (protocol === 'http:' && isLoopbackName(hostname));
}

function isLoopbackName(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}
