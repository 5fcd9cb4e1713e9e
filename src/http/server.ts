/** Which server may be asked, a GitLab or a Vault: the user names it, and it is asked over HTTPS. Nothing that was scanned has a say. */

import { isSafe } from './network.ts';
import { GlaiveError } from '../model/errors.ts';

/** A server that the user has approved of: scheme, host and, where it is not at the root, path; no slash at the end. */
export type Server = string & { readonly brand: 'server' };

/**
 * @param source where it was given, for messages
 * @throws GlaiveError (`usage`) for what is no address, has credentials in it, or is not HTTPS
 */
export function approveServer(address: string, source: string): Server {
  const refuse = (why: string, hint: string): GlaiveError => new GlaiveError('usage', `${source}: ${why}`, { hint });
  const example = 'It is an address like https://gitlab.example.com.';
  if (!URL.canParse(address)) throw refuse('that is no URL', example);
  const url = new URL(address);
  if (url.username !== '' || url.password !== '')
    throw refuse(
      'there are credentials in the URL',
      'Give the URL without them; a token has a variable of its own (GLAIVE_GITLAB_TOKEN).',
    );
  if (!isSafe(url))
    throw refuse('only https:// is asked', `A token sent without encryption is a leaked token. ${example}`);
  if (url.search !== '' || url.hash !== '') throw refuse('it has more than a host and a path', example);
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}` as Server;
}
