/** `glaive fleet plan --disk`: the repositories of a storage, with the pools that they share objects with. */

import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { fsErrorMessage } from '../../lib/fs-error-message.ts';
import { isInside } from '../../lib/inside.ts';
import { encodePath, showPath } from '../../lib/path-bytes.ts';
import { realPath } from '../../lib/real-path.ts';
import { createEventLoopYield } from '../../lib/yield-to-event-loop.ts';
import { GlaiveError, throwIfInterrupted } from '../../model/errors.ts';
import { itemKey } from '../key.ts';
import { type PlanItem, TEXT_MAX } from '../plan.ts';
import { createRepositoryDigest } from '../refs-digest.ts';
import { alternatesOf } from './alternates.ts';
import { findRepositories, isOfWorkTree, placeBelow } from './find-repositories.ts';
import { digestIfReadable, type Found, withNetworks } from './found.ts';
import { Listing } from './listing.ts';
import { isProjectPath, projectPathIn } from './project-path.ts';

export interface DiskOptions {
  /** Absolute. */
  readonly root: string;
  /** The address of the GitLab whose storage it is, for links to projects. */
  readonly server: string | undefined;
  /** Whether a project is left out: by its path, or by its place in the storage. */
  readonly isSkipped: (path: string) => boolean;
  readonly signal: AbortSignal;
}

interface FoundInPlace extends Found {
  readonly place: string;
}

/** @throws GlaiveError if the root is not a folder, is a repository itself, or when the signal fires */
export async function listDisk({
  root,
  server,
  isSkipped,
  signal,
}: DiskOptions): Promise<Listing & { readonly root: string }> {
  const real = realRoot(root);
  const listing = new Listing();
  const directories = await findRepositories(real, listing, signal);
  const found: FoundInPlace[] = [];
  const digestOf = createRepositoryDigest();
  const turn = createEventLoopYield();
  for (const directory of directories) {
    await turn();
    throwIfInterrupted(signal);
    if (directory === real)
      throw new GlaiveError('usage', `fleet plan: --disk ${showPath(root)} is a repository itself`, {
        hint: 'Name the folder above it, or sweep it alone: glaive history.',
      });
    const one = describe(directory, real, listing, digestOf);
    if (one === undefined) continue;
    if (isSkipped(showPath(one.place)) || (one.item.path !== undefined && isSkipped(one.item.path)))
      listing.leave('skip');
    else found.push(one);
  }
  const items = withProjects(found, withNetworks(found));
  listing.items.push(...(server === undefined ? items : items.map((item) => withPage(item, server))));
  return Object.assign(listing, { root: real });
}

/** @throws GlaiveError */
function realRoot(root: string): string {
  const refuse = (why: string, cause?: unknown): GlaiveError =>
    new GlaiveError('usage', `fleet plan: --disk ${showPath(root)}: ${why}`, {
      hint: 'Name the folder of a storage, like /var/opt/gitlab/git-data/repositories.',
      cause,
    });
  try {
    if (statSync(encodePath(root)).isDirectory()) return realPath(root);
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw refuse(isMissing ? 'no such folder' : fsErrorMessage(error), error);
  }
  throw refuse('not a folder');
}

/** Undefined if it must not be swept: that is a gap. */
function describe(
  directory: string,
  root: string,
  listing: Listing,
  digestOf: ReturnType<typeof createRepositoryDigest>,
): FoundInPlace | undefined {
  const place = placeBelow(root, directory);
  const alternates = alternatesOf(directory);
  if (alternates.kind === 'unreadable') {
    listing.gap(`cannot read where it borrows objects (objects/info/alternates): ${alternates.why}`, {
      uri: showPath(place),
    });
    return undefined;
  }
  if (alternates.folders.some((folder) => !isInside(folder, root))) {
    listing.gap('it borrows objects from outside of the folder (objects/info/alternates), and is not swept', {
      uri: showPath(place),
      hint: 'Name a folder that holds both, or sweep it alone: glaive history.',
    });
    return undefined;
  }
  const path = projectPathIn(directory) ?? plainPath(place);
  return {
    place,
    objects: join(directory, 'objects'),
    alternates: alternates.folders,
    item: {
      key: itemKey({ kind: 'disk', place }),
      ...(path === undefined ? {} : { path: wikiPath(place, path) }),
      dir: directory,
      ...(place.startsWith('@pools/') ? { isPool: true } : {}),
      ...digestIfReadable(directory, digestOf),
    },
  };
}

/** On a plain server the folders are the path. Those of Gitaly are digests. */
function plainPath(place: string): string | undefined {
  if (place.startsWith('@')) return undefined;
  const path = showPath(isOfWorkTree(place) ? place.replace(/\/?\.git$/, '') : place.replace(/\.git$/, ''));
  return path.length <= TEXT_MAX ? path : undefined;
}

/** The repositories of a project have one path in their configurations. */
function wikiPath(place: string, path: string): string {
  const [, kind] = /\.(wiki|design)\.git$/.exec(place) ?? [];
  return kind === undefined || path.endsWith(`.${kind}`) ? path : `${path}.${kind}`;
}

/** The page of the project, or of its wiki. */
function withPage(item: PlanItem, server: string): PlanItem {
  if (item.path === undefined || !isProjectPath(item.path)) return item;
  return { ...item, web: `${server}/${item.path.replace(/\.wiki$/, '/-/wikis')}` };
}

/** So many ids are tried for each repository: ids of deleted projects are not used again. */
const IDS_PER_REPOSITORY = 20;
const IDS_MIN = 10_000;

/**
 * The place of a project in a storage is `@hashed/aa/bb/SHA256(ID).git` (`Storage::Hashed` of GitLab), so trying ids in order finds
 * them. Where the ids are too far apart, a project has none in the plan.
 */
function withProjects(places: readonly FoundInPlace[], found: readonly Found[]): PlanItem[] {
  const digests = places.map(({ place }) => digestIn(place));
  const wanted = new Set(digests.filter((digest) => digest !== undefined));
  const ids = new Map<string, number>();
  const most = wanted.size === 0 ? 0 : Math.max(IDS_MIN, wanted.size * IDS_PER_REPOSITORY);
  for (let id = 1; id <= most && ids.size < wanted.size; id++) {
    const digest = createHash('sha256').update(String(id)).digest('hex');
    if (wanted.has(digest)) ids.set(digest, id);
  }
  return found.map(({ item }, index) => {
    const project = ids.get(digests[index] ?? '');
    return project === undefined ? item : { ...item, project };
  });
}

function digestIn(place: string): string | undefined {
  return /^@hashed\/[0-9a-f]{2}\/[0-9a-f]{2}\/([0-9a-f]{64})(?:\.wiki|\.design)?\.git$/.exec(place)?.[1];
}
