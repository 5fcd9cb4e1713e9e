/** Which GitLab may be asked: the user names it, and it is asked over HTTPS. Nothing that was scanned has a say. */

import { isSafe } from '../lib/network.ts';
import { GlaiveError } from '../model/errors.ts';

/** A GitLab that the user has approved of: scheme, host and, where it is not at the root, path; no slash at the end. */
export type Server = string & { readonly brand: 'server' };

/**
 * @param source where it was given, for messages
 * @throws GlaiveError (`usage`) for what is no address, has credentials in it, or is not HTTPS
 */
export function approveServer(address: string, source: string): Server {
  const refuse = (why: string, hint: string): GlaiveError => new GlaiveError('usage', `${source}: ${why}`, { hint });
  const example = 'It is the address of your GitLab, like https://gitlab.example.com.';
  if (!URL.canParse(address)) throw refuse('that is no URL', example);
  const url = new URL(address);
  if (url.username !== '' || url.password !== '')
    throw refuse('there are credentials in the URL', 'Give the token in GLAIVE_GITLAB_TOKEN, and the URL without it.');
  if (!isSafe(url))
    throw refuse('only https:// is asked', `A token sent without encryption is a leaked token. ${example}`);
  if (url.search !== '' || url.hash !== '') throw refuse('it has more than a host and a path', example);
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}` as Server;
}
