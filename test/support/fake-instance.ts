/**
 * A GitLab on loopback that lists projects and groups, page by page: shaped like `lib/api/projects.rb`, `lib/api/groups.rb` and
 * `lib/api/entities/project.rb`. By keyset each page but an empty one links to the next (`lib/gitlab/pagination/keyset/pager.rb`);
 * pages by number end at a limit with 405 (`lib/api/helpers/pagination_strategies.rb`).
 */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { listen } from './listen.ts';

export interface FakeProject {
  readonly id: number;
  /** Like `group/sub/project`. */
  readonly path: string;
  readonly archived?: boolean;
  readonly empty?: boolean;
  readonly parent?: number;
  readonly activity?: string;
  readonly repository?: 'enabled' | 'private' | 'disabled';
  readonly size?: number;
  /** Replaces the origin of the address of its repository. */
  readonly origin?: string;
  /** Replaces or adds fields of the response. */
  readonly fields?: object;
}

export interface FakeInstance {
  readonly url: string;
  /** Path and query of each request. */
  readonly calls: string[];
  projects: FakeProject[];
  /** Groups whose projects are refused with 403. */
  forbidden: string[];
  /** How many projects are listed in pages by number. */
  offsetLimit: number;
  /** Called before each response; true: it has answered. */
  intercept: ((request: IncomingMessage, response: ServerResponse, url: URL) => boolean) | undefined;
}

/** Ends with the test. @param token that it accepts; undefined: everyone is anonymous */
export async function fakeInstance(token: string | undefined): Promise<FakeInstance> {
  const calls: string[] = [];
  const server = await listen((request, response) => {
    calls.push(request.url!);
    const url = new URL(request.url!, fake.url);
    if (fake.intercept?.(request, response, url) === true) return;
    const { authorization } = request.headers;
    if (authorization !== undefined && authorization !== `Bearer ${token}`)
      return json(response, 401, { message: '401 Unauthorized' });
    answer(response, url);
  });

  const answer = (response: ServerResponse, url: URL): void => {
    const [kind, name, what] = url.pathname.replace('/api/v4/', '').split('/').map(decodeURIComponent);
    const all = fake.projects.toSorted((a, b) => a.id - b.id);
    if (kind === 'projects' && name === undefined) return byKeyset(response, url, all);
    if (kind === 'projects') {
      const project = all.find(({ id, path }) => String(id) === name || path === name);
      return project === undefined
        ? json(response, 404, { message: '404 Project Not Found' })
        : json(response, 200, toJson(project, url));
    }
    const below = all.filter(({ path }) => path.startsWith(`${name}/`));
    if (kind !== 'groups' || below.length === 0) return json(response, 404, { message: '404 Group Not Found' });
    if (fake.forbidden.includes(name!)) return json(response, 403, { message: '403 Forbidden' });
    if (what === undefined) return json(response, 200, { id: 1, full_path: name });
    byNumber(response, url, url.searchParams.get('sort') === 'desc' ? below.toReversed() : below);
  };

  const toJson = (project: FakeProject, url: URL): object => ({
    id: project.id,
    description: null,
    path_with_namespace: project.path,
    http_url_to_repo: `${project.origin ?? fake.url}/${project.path}.git`,
    ssh_url_to_repo: `git@localhost:${project.path}.git`,
    web_url: `${fake.url}/${project.path}`,
    archived: project.archived ?? false,
    empty_repo: project.empty ?? false,
    last_activity_at: project.activity ?? '2026-01-01T00:00:00.000Z',
    repository_access_level: project.repository ?? 'enabled',
    ...(project.parent === undefined ? {} : { forked_from_project: { id: project.parent, name: 'parent' } }),
    ...(url.searchParams.get('statistics') === 'true' && project.size !== undefined
      ? { statistics: { repository_size: project.size, commit_count: 1 } }
      : {}),
    ...project.fields,
  });

  const byKeyset = (response: ServerResponse, url: URL, all: readonly FakeProject[]): void => {
    const after = Number(url.searchParams.get('id_after') ?? 0);
    const page = all.filter(({ id }) => id > after).slice(0, Number(url.searchParams.get('per_page') ?? 20));
    const last = page.at(-1);
    if (last !== undefined) linkTo(response, url, { id_after: last.id });
    json(
      response,
      200,
      page.map((project) => toJson(project, url)),
    );
  };

  const byNumber = (response: ServerResponse, url: URL, all: readonly FakeProject[]): void => {
    const [page, size] = [Number(url.searchParams.get('page') ?? 1), Number(url.searchParams.get('per_page') ?? 20)];
    if (page * size > fake.offsetLimit)
      return json(response, 405, {
        error: `Offset pagination has a maximum allowed offset of ${fake.offsetLimit} for requests that return objects of type Project.`,
      });
    if (all.length > page * size) linkTo(response, url, { page: page + 1 });
    json(
      response,
      200,
      all.slice((page - 1) * size, page * size).map((project) => toJson(project, url)),
    );
  };

  const fake: FakeInstance = {
    url: server.url,
    calls,
    projects: [],
    forbidden: [],
    offsetLimit: 50_000,
    intercept: undefined,
  };
  return fake;
}

function linkTo(response: ServerResponse, url: URL, query: Readonly<Record<string, number>>): void {
  const next = new URL(url);
  for (const [name, value] of Object.entries(query)) next.searchParams.set(name, String(value));
  response.setHeader('link', `<${next.href}>; rel="next"`);
}

export function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}
