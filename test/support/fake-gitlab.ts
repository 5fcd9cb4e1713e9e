/**
 * A GitLab on loopback: real HTTP, responses as documented (`doc/api/jobs.md`, `doc/api/rest/_index.md`), every call
 * counted. And a second host in the role of an object storage, which records each request with its headers.
 */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { listen } from './listen.ts';

export interface FakeJob {
  readonly id: number;
  readonly name?: string;
  readonly status?: string;
  readonly ref?: string;
  readonly created?: string;
  readonly pipeline?: number;
  readonly erased?: boolean;
  /** Whether a runner took it; default: yes, but for jobs that are only created; the answer may not say it. */
  readonly started?: boolean | 'unsaid';
  readonly retried?: boolean;
  /** The log; absent: 404. */
  readonly log?: string | Buffer;
  readonly artifacts?: Buffer;
}

export interface Call {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
}

type Handler = (request: IncomingMessage, response: ServerResponse, url: URL) => boolean;

export interface FakeGitLab {
  readonly url: string;
  readonly calls: readonly Call[];
  /** What the second host was sent. */
  readonly storageCalls: readonly Call[];
  readonly storageUrl: string;
  readonly erased: ReadonlySet<number>;
  jobs: FakeJob[];
  /** Pipelines by the one that has started them. */
  children: Record<number, number[]>;
  /** Asked before anything else is; true: it has answered. */
  intercept: Handler | undefined;
  /** Whether CI/CD is switched off in the project: its jobs are refused with a plain 403. */
  ciDisabled: boolean;
  /** Whether logs are answered by a redirect to the second host. */
  redirects: boolean;
}

export const PROJECT = 'group/sub/project';
const PROJECT_ID = 42;

/** Ends with the test. @param token what is let in */
export async function fakeGitLab(token: string): Promise<FakeGitLab> {
  const calls: Call[] = [];
  const storageCalls: Call[] = [];
  const erased = new Set<number>();
  const storage = await listen((request, response) => {
    storageCalls.push(callOf(request));
    const id = Number(/log\/(\d+)/.exec(request.url!)![1]); // it makes the addresses itself
    response.end(fake.jobs.find((job) => job.id === id)?.log);
  });
  const gitlab = await listen((request, response) => {
    calls.push(callOf(request));
    const url = new URL(request.url!, fake.url);
    if (fake.intercept?.(request, response, url) === true) return;
    if (request.headers.authorization !== `Bearer ${token}`)
      return json(response, 401, { message: '401 Unauthorized' });
    answer(request, response, url);
  });

  const answer = (request: IncomingMessage, response: ServerResponse, url: URL): void => {
    const path = url.pathname.replace(/^\/api\/v4\/projects\//, '');
    const [project, ...rest] = path.split('/');
    if (![String(PROJECT_ID), encodeURIComponent(PROJECT)].includes(project!))
      return json(response, 404, { message: '404 Project Not Found' });
    const [kind, id, what] = rest;
    if (kind === undefined)
      return json(response, 200, {
        id: PROJECT_ID,
        path_with_namespace: PROJECT,
        web_url: `${fake.url}/${PROJECT}`,
        builds_access_level: fake.ciDisabled ? 'disabled' : 'enabled',
      });
    if (fake.ciDisabled) return json(response, 403, { message: '403 Forbidden' });
    if (kind === 'pipelines' && what === 'jobs')
      return list(response, url, fake.jobs.filter((job) => job.pipeline === Number(id)).map(toJson));
    if (kind === 'pipelines' && what === 'bridges')
      return list(
        response,
        url,
        (fake.children[Number(id)] ?? []).map((child) => ({
          id: 9000 + child,
          downstream_pipeline: { id: child, project_id: PROJECT_ID },
        })),
      );
    if (kind !== 'jobs') return json(response, 404, { error: '404 Not Found' });
    if (id === undefined) return listJobs(response, url);
    const job = fake.jobs.find((one) => one.id === Number(id));
    if (job === undefined) return json(response, 404, { message: '404 Not Found' });
    if (what === undefined) return json(response, 200, toJson(job));
    if (what === 'erase' && request.method === 'POST') {
      erased.add(job.id);
      return json(response, 201, toJson({ ...job, erased: true }));
    }
    if (what === 'artifacts' && job.artifacts !== undefined) return void response.end(job.artifacts);
    if (what !== 'trace' || job.log === undefined || job.erased === true)
      return json(response, 404, { message: '404 Not Found' });
    if (fake.redirects) {
      response.writeHead(302, { location: `${fake.storageUrl}/log/${job.id}?X-Amz-Signature=abc` });
      return void response.end();
    }
    response.end(job.log);
  };

  /** `GET /projects/:id/jobs?pagination=keyset&order_by=id&sort=desc`: only `Link` names the next page. */
  const listJobs = (response: ServerResponse, url: URL): void => {
    const scope = url.searchParams.getAll('scope[]');
    const after = Number(url.searchParams.get('cursor') ?? Number.POSITIVE_INFINITY);
    const size = Number(url.searchParams.get('per_page') ?? 20);
    const all = fake.jobs
      .filter((job) => job.id < after && (scope.length === 0 || scope.includes(job.status ?? 'success')))
      .toSorted((a, b) => b.id - a.id);
    const page = all.slice(0, size);
    if (all.length > size) {
      const next = new URL(url);
      next.searchParams.set('cursor', String(page.at(-1)!.id));
      response.setHeader('link', `<${next.href}>; rel="next"`);
    }
    json(response, 200, page.map(toJson));
  };

  /** Pages by number. */
  const list = (response: ServerResponse, url: URL, items: readonly unknown[]): void => {
    const page = Number(url.searchParams.get('page') ?? 1);
    const size = Number(url.searchParams.get('per_page') ?? 20);
    if (items.length > page * size) {
      const next = new URL(url);
      next.searchParams.set('page', String(page + 1));
      const first = new URL(url);
      first.searchParams.set('page', '1');
      response.setHeader('link', `<${next.href}>; rel="next", <${first.href}>; rel="first"`);
    }
    json(response, 200, items.slice((page - 1) * size, page * size));
  };

  const fake: FakeGitLab = {
    url: gitlab.url,
    storageUrl: storage.url,
    calls,
    storageCalls,
    erased,
    jobs: [],
    children: {},
    intercept: undefined,
    ciDisabled: false,
    redirects: false,
  };
  return fake;
}

function toJson({
  id,
  name = `job ${id}`,
  status = 'success',
  ref = 'main',
  created = '2026-11-01T00:00:00.000Z',
  pipeline = 1,
  erased,
  started = status !== 'created',
  artifacts,
}: FakeJob): object {
  return {
    id,
    name,
    status,
    ref,
    created_at: created,
    ...(started === 'unsaid' ? {} : { started_at: started ? created : null }),
    finished_at: status === 'running' ? null : created,
    erased_at: erased === true ? created : null,
    pipeline: { id: pipeline, project_id: PROJECT_ID },
    artifacts_file: artifacts === undefined ? undefined : { filename: 'artifacts.zip', size: artifacts.length },
  };
}

function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}

function callOf({ method = '', url = '', headers }: IncomingMessage): Call {
  return { method, url, headers };
}
