/**
 * Lists of projects, as the API returns them (`GET /projects`, `GET /groups/:id/projects`; `lib/api/entities/project.rb`). All
 * fields but id and path may be missing: without a token, or with few permissions, GitLab leaves some out.
 */

import * as v from 'valibot';
import { ApiError } from '../http/api-error.ts';
import type { GitLabClient, Query } from './client.ts';
import { encodedProject } from './project-path.ts';

const Id = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const Text = v.pipe(v.string(), v.maxLength(4096));

const ListedProjectSchema = v.object({
  id: Id,
  path_with_namespace: v.pipe(Text, v.minLength(1)),
  http_url_to_repo: v.nullish(Text),
  web_url: v.nullish(Text),
  archived: v.nullish(v.boolean()),
  empty_repo: v.nullish(v.boolean()),
  /** Absent also for a fork whose parent the token may not see. */
  forked_from_project: v.nullish(v.object({ id: Id })),
  last_activity_at: v.nullish(Text),
  /** `disabled`: the project has no repository for anyone. */
  repository_access_level: v.nullish(Text),
  /** Only for reporters of the project, and if it is asked for. */
  statistics: v.nullish(v.object({ repository_size: v.nullish(v.pipe(v.number(), v.minValue(0))) })),
});

export type ListedProject = v.InferOutput<typeof ListedProjectSchema>;

/** An entry that is not a project as the API documents it. */
export const MALFORMED = Symbol('malformed');
export type Entry = ListedProject | typeof MALFORMED;

const PAGE = 100;

/**
 * All projects that the token may see, by ascending id.
 *
 * @throws ApiError also in the middle
 */
export async function* listProjects(client: GitLabClient): AsyncGenerator<Entry> {
  const all: Query = { pagination: 'keyset', order_by: 'id', sort: 'asc', per_page: PAGE };
  let query: Query | undefined = { ...all, statistics: true };
  while (query !== undefined) {
    const current: Query = query;
    let [count, last] = [0, 0];
    query = undefined;
    try {
      for await (const value of client.list('/projects', current)) {
        count++;
        const entry = read(value);
        if (entry !== MALFORMED) last = Math.max(last, entry.id);
        yield entry;
      }
    } catch (error) {
      // GitLab leaves out statistics that the token may not see; another version may refuse instead.
      if (count > 0 || current['statistics'] !== true || !isRefusal(error)) throw error;
      query = all;
      continue;
    }
    // A full page without a link to the next one: the last page, or the link was lost on the way, which some proxies do.
    if (count > 0 && count % PAGE === 0 && last > 0) query = { ...current, id_after: last };
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 400 || error.status === 403);
}

/** GitLab has no more than 50 000 items in pages by number (`lib/api/helpers/pagination_strategies.rb`), and responds with 405. */
export function isTooLong(error: unknown): boolean {
  return error instanceof ApiError && error.status === 405;
}

/**
 * The projects of a group and its subgroups, some of them twice. This list has pages by number only, which move when a project is
 * deleted meanwhile: a list of several pages is read from both ends.
 *
 * @param group path or id
 * @throws ApiError also in the middle; see {@link isTooLong}
 */
export async function* listGroupProjects(client: GitLabClient, group: string): AsyncGenerator<Entry> {
  for (const sort of ['asc', 'desc']) {
    let count = 0;
    const query = { include_subgroups: true, with_shared: false, order_by: 'id', sort, per_page: PAGE };
    for await (const value of client.list(`/groups/${encodedProject(group)}/projects`, query)) {
      count++;
      yield read(value);
    }
    if (count < PAGE) return;
  }
}

/** The full path of a group. @param group path or id @throws ApiError */
export async function groupPath(client: GitLabClient, group: string): Promise<string> {
  const value = await client.get(`/groups/${encodedProject(group)}`, { with_projects: false });
  const result = v.safeParse(v.object({ full_path: v.pipe(Text, v.minLength(1)) }), value);
  if (!result.success) throw new ApiError('malformed', 'the response does not match the API');
  return result.output.full_path;
}

/** @param project path or id @throws ApiError */
export async function projectToSweep(client: GitLabClient, project: string): Promise<ListedProject> {
  const entry = read(await client.get(`/projects/${encodedProject(project)}`, { statistics: true }));
  if (entry === MALFORMED) throw new ApiError('malformed', 'the response does not match the API');
  return entry;
}

function read(value: unknown): Entry {
  const result = v.safeParse(ListedProjectSchema, value);
  return result.success ? result.output : MALFORMED;
}
