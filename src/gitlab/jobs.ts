/** Jobs and their pipelines, as the API returns them (`GET /projects/:id/jobs`, `.../pipelines/:id/jobs`, `.../bridges`). */

import * as v from 'valibot';
import { ApiError } from '../http/api-error.ts';
import type { GitLabClient } from './client.ts';

const Id = v.pipe(v.number(), v.safeInteger());

const ProjectSchema = v.object({
  id: Id,
  path_with_namespace: v.string(),
  /** `disabled`: CI/CD is turned off, and the API refuses to list the jobs. */
  builds_access_level: v.nullish(v.string()),
});

const JobSchema = v.object({
  id: Id,
  name: v.string(),
  status: v.string(),
  ref: v.nullish(v.string()),
  created_at: v.nullish(v.string()),
  started_at: v.nullish(v.string()),
  finished_at: v.nullish(v.string()),
  erased_at: v.nullish(v.string()),
  pipeline: v.nullish(v.object({ id: Id })),
  artifacts_file: v.nullish(v.object({ size: v.nullish(v.number()) })),
});

const BridgeSchema = v.object({ downstream_pipeline: v.nullish(v.object({ id: Id, project_id: v.nullish(Id) })) });

export type Project = v.InferOutput<typeof ProjectSchema>;
export type Job = v.InferOutput<typeof JobSchema>;

/** @param project path or id @throws ApiError */
export async function getProject(client: GitLabClient, project: string): Promise<Project> {
  return read(ProjectSchema, await client.get(`/projects/${encodeURIComponent(project)}`));
}

/** @throws ApiError */
export async function getJob(client: GitLabClient, project: number, job: string): Promise<Job> {
  return read(JobSchema, await client.get(`/projects/${project}/jobs/${encodeURIComponent(job)}`));
}

/** The jobs of a project, newest first. @param scope states; empty: all @throws ApiError */
export async function* listJobs(client: GitLabClient, project: number, scope: readonly string[]): AsyncGenerator<Job> {
  const query = { pagination: 'keyset', order_by: 'id', sort: 'desc', 'scope[]': scope };
  for await (const item of client.list(`/projects/${project}/jobs`, query)) yield read(JobSchema, item);
}

/** The jobs of a pipeline and of its child pipelines, retried ones too. @throws ApiError */
export async function* listPipelineJobs(
  client: GitLabClient,
  project: number,
  pipeline: string,
  scope: readonly string[],
): AsyncGenerator<Job> {
  const waiting = [pipeline];
  const seen = new Set(waiting);
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const path = `/projects/${project}/pipelines/${encodeURIComponent(next)}`;
    const query = { include_retried: true, 'scope[]': scope };
    for await (const item of client.list(`${path}/jobs`, query)) yield read(JobSchema, item);
    for await (const item of client.list(`${path}/bridges`)) {
      const child = read(BridgeSchema, item).downstream_pipeline;
      // Downstream pipelines of other projects are not part of this one.
      if (child === undefined || child === null || (child.project_id ?? project) !== project) continue;
      const id = String(child.id);
      if (!seen.has(id)) waiting.push(id);
      seen.add(id);
    }
  }
}

function read<S extends v.GenericSchema>(schema: S, value: unknown): v.InferOutput<S> {
  const result = v.safeParse(schema, value);
  if (!result.success) throw new ApiError('malformed', 'the response does not match the API');
  return result.output;
}
