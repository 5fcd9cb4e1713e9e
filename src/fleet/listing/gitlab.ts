/** `glaive fleet plan --gitlab-url`: the projects of groups, single ones, or all that the token may see. */

import type { GitLabClient } from '../../gitlab/client.ts';
import {
  type Entry,
  groupPath,
  isTooLong,
  type ListedProject,
  listGroupProjects,
  listProjects,
  MALFORMED,
  projectToSweep,
} from '../../gitlab/projects.ts';
import { ApiError } from '../../http/api-error.ts';
import { isHttpsOrLoopback } from '../../http/server.ts';
import { plural } from '../../lib/format-amounts.ts';
import { GlaiveError, throwIfInterrupted } from '../../model/errors.ts';
import { itemKey } from '../key.ts';
import { type PlanItem, TEXT_MAX } from '../plan.ts';
import { Listing } from './listing.ts';

export interface GitLabOptions {
  readonly client: GitLabClient;
  /** Paths or ids. Without groups and projects: all that the token may see. */
  readonly groups: readonly string[];
  readonly projects: readonly string[];
  /** Whether a project is left out by its path. */
  readonly isSkipped: (path: string) => boolean;
  /** Whether they are swept. */
  readonly archived: boolean;
  readonly forks: boolean;
  readonly signal: AbortSignal;
}

export interface GitLabListing extends Listing {
  /** When GitLab last saw activity in a project, by the key of its item; ISO 8601. */
  readonly activity: ReadonlyMap<string, string>;
}

/** @throws GlaiveError if the server does not know the token, also in the middle, or when the signal fires */
export async function listGitLab(options: GitLabOptions): Promise<GitLabListing> {
  const { client, groups, projects, isSkipped } = options;
  const listing = new Listing();
  const listed = await allListed(options, listing);
  const activity = new Map<string, string>();
  const kept = new Map<number, PlanItem>();
  const elsewhere = new Map<string, number>();
  for (const project of listed.values()) {
    if (isSkipped(project.path_with_namespace)) listing.leave('skip');
    else if (!options.archived && project.archived === true) listing.leave('archived');
    else if (!options.forks && isFork(project)) listing.leave('fork');
    else {
      const item = itemOf(project, client.server);
      if (typeof item !== 'string') kept.set(project.id, item);
      else elsewhere.set(item, (elsewhere.get(item) ?? 0) + 1);
      if (typeof item !== 'string' && isTime(project.last_activity_at))
        activity.set(item.key, project.last_activity_at);
    }
  }
  for (const [host, count] of elsewhere) refuseHost(listing, host, count, client.server);
  const networks = forkNetworks(listed, new Set(kept.keys()));
  for (const [id, item] of kept) {
    const root = networks.get(id);
    const network = root === undefined ? undefined : itemKey({ kind: 'gitlab', server: client.server, project: root });
    listing.items.push(network === undefined ? item : { ...item, network });
  }
  if (listed.size === 0 && listing.gaps.length === 0 && projects.length === 0)
    listing.gap('GitLab lists no project', {
      ...(groups.length === 0 ? {} : { uri: groups.join(', ') }),
      hint: 'Does the token have the scope read_api, and may its owner see them?',
    });
  return Object.assign(listing, { activity });
}

/** Every project by its id. What cannot be listed is a gap. */
async function allListed(
  { client, groups, projects, signal }: GitLabOptions,
  listing: Listing,
): Promise<Map<number, ListedProject>> {
  const listed = new Map<number, ListedProject>();
  const host = new URL(client.server).host;
  const take = async (what: string, entries: AsyncIterable<Entry>, takes?: (one: ListedProject) => boolean) => {
    let malformed = 0;
    try {
      for await (const entry of entries) {
        if (entry === MALFORMED) malformed++;
        else if (takes?.(entry) !== false) listed.set(entry.id, entry);
      }
    } finally {
      if (malformed > 0)
        listing.gap(`GitLab listed ${plural(malformed, 'project')} in a form that glaive does not know`, { uri: what });
    }
  };
  const orGap = async (what: string, work: () => Promise<void>): Promise<void> => {
    const before = listed.size;
    try {
      await work();
    } catch (error) {
      throwIfInterrupted(signal);
      if (!(error instanceof ApiError)) throw error;
      // Nothing else would be listed either, and a plan of a part would look whole.
      if (error.reason === 'unauthorized')
        throw new GlaiveError('usage', `fleet plan: ${host}: ${error.message}`, {
          hint: 'No plan was written. Give a valid token in GLAIVE_GITLAB_TOKEN, or with --token-from.',
          cause: error,
        });
      const after = listed.size - before;
      listing.gap(after === 0 ? error.message : `the list ends after ${plural(after, 'project')}: ${error.message}`, {
        uri: what,
        ...(error.reason === 'moved' ? { hint: 'Name it by its id, or by its new path.' } : {}),
      });
    }
  };

  if (groups.length + projects.length === 0)
    await orGap(`projects of ${host}`, async () => await take(`projects of ${host}`, listProjects(client)));
  for (const group of groups) {
    const what = `group ${group}`;
    await orGap(what, async () => {
      try {
        await take(what, listGroupProjects(client, group));
      } catch (error) {
        if (!isTooLong(error)) throw error;
        // The list of all projects has no such limit.
        const below = `${(await groupPath(client, group)).toLowerCase()}/`;
        await take(what, listProjects(client), ({ path_with_namespace: path }) => path.toLowerCase().startsWith(below));
      }
    });
  }
  for (const project of projects)
    await orGap(`project ${project}`, async () => {
      const one = await projectToSweep(client, project);
      listed.set(one.id, one);
    });
  return listed;
}

/** The item of a project; a text if its repository is on that other host. */
function itemOf(project: ListedProject, server: string): PlanItem | string {
  const { id, path_with_namespace: path, http_url_to_repo: address, web_url: page } = project;
  const nothing =
    project.repository_access_level === 'disabled'
      ? 'no-repository'
      : project.empty_repo === true
        ? 'empty'
        : undefined;
  const url = cleanUrl(address);
  const own = new URL(server);
  if (nothing === undefined && url?.origin !== own.origin) return url?.origin ?? '';
  const web = cleanUrl(page);
  const size = project.statistics?.repository_size;
  return {
    key: itemKey({ kind: 'gitlab', server, project: id }),
    project: id,
    path,
    ...(web === undefined ? {} : { web: web.href }),
    ...(nothing === undefined ? { url: url!.href } : { nothing }), // its origin was compared
    ...(project.archived === true ? { isArchived: true } : {}),
    ...(size === undefined || size === null ? {} : { size: Math.round(size) }),
  };
}

/** An address without credentials that a request may be sent to. */
function cleanUrl(address: string | null | undefined): URL | undefined {
  if (address === null || address === undefined || !URL.canParse(address)) return undefined;
  const url = new URL(address);
  const isClean = url.username === '' && url.password === '' && url.search === '';
  return isHttpsOrLoopback(url) && isClean && url.href.length <= TEXT_MAX ? url : undefined;
}

function refuseHost(listing: Listing, origin: string, count: number, server: string): void {
  const projects = plural(count, 'project');
  if (origin === '') listing.gap(`GitLab names no https:// address of the repository for ${projects}`);
  else
    listing.gap(`GitLab says that the repositories of ${projects} are at ${origin}, which is not ${server}`, {
      hint: `If that is the same GitLab, name it so: --gitlab-url ${origin}`,
    });
  const last = listing.gaps.pop()!; // it was just added
  listing.gaps.push(count > 1 ? { ...last, count } : last);
}

function isFork({ forked_from_project: parent }: ListedProject): boolean {
  return parent !== null && parent !== undefined;
}

function isTime(text: string | null | undefined): text is string {
  return text !== null && text !== undefined && !Number.isNaN(Date.parse(text));
}

/**
 * The root of the forks for each project that has another one in the plan: GitLab names the parent only. It may be a project that is
 * not listed.
 */
function forkNetworks(listed: ReadonlyMap<number, ListedProject>, kept: ReadonlySet<number>): Map<number, number> {
  const rootOf = (id: number): number => {
    const seen = new Set<number>();
    let root = id;
    for (;;) {
      seen.add(root);
      const parent = listed.get(root)?.forked_from_project?.id;
      if (parent === undefined || seen.has(parent)) return root;
      root = parent;
    }
  };
  const roots = new Map([...kept].map((id) => [id, rootOf(id)]));
  const sizes = new Map<number, number>();
  for (const root of roots.values()) sizes.set(root, (sizes.get(root) ?? 0) + 1);
  return new Map([...roots].filter(([, root]) => sizes.get(root)! > 1)); // counted above
}
