/** `glaive fleet plan --from`: folders and addresses, one on each line. */

import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isGitDirectory } from '../../git/git-directory.ts';
import { type RemoteAddress, remoteAddress } from '../../git/remote-address.ts';
import { fsErrorMessage } from '../../lib/fs-error-message.ts';
import { encodePath, showPath } from '../../lib/path-bytes.ts';
import { realPath } from '../../lib/real-path.ts';
import { createEventLoopYield } from '../../lib/yield-to-event-loop.ts';
import { GlaiveError, throwIfInterrupted } from '../../model/errors.ts';
import { itemKey } from '../key.ts';
import { TEXT_MAX } from '../plan.ts';
import { createRepositoryDigest } from '../refs-digest.ts';
import { alternatesOf } from './alternates.ts';
import { gitDirectoryOf } from './find-repositories.ts';
import { digestIfReadable, type Found, withNetworks } from './found.ts';
import { Listing } from './listing.ts';
import { projectPathIn } from './project-path.ts';

export interface ListOptions {
  /** The list; lines are not repeated in messages, as a line may hold a secret. */
  readonly text: string;
  /** How messages name it. */
  readonly name: string;
  /** Folders are relative to this one. */
  readonly cwd: string;
  readonly isSkipped: (path: string) => boolean;
  readonly signal: AbortSignal;
}

/** @throws GlaiveError for an address with credentials, or when the signal fires */
export async function listNamed({ text, name, cwd, isSkipped, signal }: ListOptions): Promise<Listing> {
  const listing = new Listing();
  const found = new Map<string, Found>();
  const digestOf = createRepositoryDigest();
  const turn = createEventLoopYield();
  const lines = text.split(/\r?\n/);
  for (const [index, line] of lines.entries()) {
    await turn();
    throwIfInterrupted(signal);
    const named = line.trim();
    if (named === '' || named.startsWith('#')) continue;
    const where = `${name}:${index + 1}`;
    const address = isAddress(named) ? addressIn(named, where, listing) : undefined;
    if (address === undefined && isAddress(named)) continue;
    const one =
      address === undefined || address.protocol === 'file'
        ? local(resolve(cwd, address?.url ?? named), where, listing, digestOf)
        : remote(address.url, where, listing);
    if (one === undefined) continue;
    const { key, path, dir } = one.item;
    if (found.has(key)) listing.leave('twice');
    else if ([path, dir].some((each) => each !== undefined && isSkipped(showPath(each)))) listing.leave('skip');
    else found.set(key, one);
  }
  listing.items.push(...withNetworks([...found.values()]).map(({ item }) => item));
  return listing;
}

/** With a scheme, or as ssh writes it; a folder with a colon in its name can be written `./a:b`. */
function isAddress(text: string): boolean {
  return /^[a-z][a-z\d+.-]*:\/\//i.test(text) || /^[^/\\]+@[^/\\]+:/.test(text);
}

/** Undefined if it cannot be fetched from: that is a gap. @throws GlaiveError if it has credentials */
function addressIn(text: string, where: string, listing: Listing): RemoteAddress | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isHttp = url !== undefined && /^https?:$/.test(url.protocol);
  if (url !== undefined && (url.password !== '' || (isHttp && (url.username !== '' || url.search + url.hash !== ''))))
    throw new GlaiveError('usage', `${where}: the address contains credentials, or a query`, {
      hint: 'Remove them; pass the token in GLAIVE_GITLAB_TOKEN. A secret in a file like this one is leaked.',
    });
  const address = remoteAddress(text);
  if (!('refused' in address)) return address;
  listing.gap(`cannot fetch from that address: ${address.refused}`, { uri: where });
  return undefined;
}

/** Undefined if it is too long for a plan: that is a gap. */
function remote(url: string, where: string, listing: Listing): Found | undefined {
  const clean = url.replace(/\/+$/, '');
  if (clean.length > TEXT_MAX) {
    listing.gap('the address is too long', { uri: where });
    return undefined;
  }
  // Behind the host, also in the short form of ssh.
  const path = decoded(clean.replace(/^[a-z]+:\/\/[^/]*|^[^/:]+:/i, ''))
    .replace(/^\/+|\/+$/g, '')
    .replace(/\.git$/, '');
  const item = { key: itemKey({ kind: 'list', name: clean }), ...(path === '' ? {} : { path }), url: clean };
  return { item, objects: undefined, alternates: [] };
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** Undefined if it is no repository: that is a gap. */
function local(
  folder: string,
  where: string,
  listing: Listing,
  digestOf: ReturnType<typeof createRepositoryDigest>,
): Found | undefined {
  const why = whyNoFolder(folder);
  const directory = why === undefined ? gitDirectoryAt(folder) : undefined;
  if (directory === undefined) {
    listing.gap(why ?? 'it is not a repository', {
      uri: where,
      hint: 'A line names the root of a work tree, a bare repository, or an address to fetch from.',
    });
    return undefined;
  }
  const path = projectPathIn(directory);
  const alternates = alternatesOf(directory);
  return {
    item: {
      key: itemKey({ kind: 'list', name: directory }),
      ...(path === undefined ? {} : { path }),
      dir: directory,
      ...digestIfReadable(directory, digestOf),
    },
    objects: join(directory, 'objects'),
    // If they cannot be read, the sweep says it.
    alternates: alternates.kind === 'folders' ? alternates.folders : [],
  };
}

function whyNoFolder(folder: string): string | undefined {
  try {
    return statSync(encodePath(folder)).isDirectory() ? undefined : 'it is not a folder';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'no such folder' : fsErrorMessage(error);
  }
}

/** Real; undefined if the folder is neither a repository nor a work tree. */
function gitDirectoryAt(folder: string): string | undefined {
  if (isGitDirectory(folder)) return realPath(folder);
  const directory = gitDirectoryOf(folder);
  return directory !== undefined && isGitDirectory(directory) ? directory : undefined;
}
