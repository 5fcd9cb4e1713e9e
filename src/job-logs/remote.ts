/** Logs and artifacts of jobs, from GitLab's API. Several downloads are on their way while one is scanned. */

import { ApiError } from '../http/api-error.ts';
import type { GitLabClient } from '../gitlab/client.ts';
import { getJob, getProject, listJobs, listPipelineJobs, type Job, type Project } from '../gitlab/jobs.ts';
import { hasStarted, isRunning, isWaiting, mayHaveLog } from '../gitlab/job-state.ts';
import type { Artifact, Input, JobReference } from '../model/artifact.ts';
import { type Gap, ReadError } from '../model/gap.ts';
import type { Source, Diagnostics } from '../model/source.ts';
import { memoryInput } from '../sources/memory.ts';
import { streamReader } from '../sources/stream-reader.ts';
import { asJobLog } from './index.ts';

export interface RemoteOptions {
  readonly client: GitLabClient;
  /** Path or id. */
  readonly project: string;
  readonly pipeline: string | undefined;
  readonly job: string | undefined;
  /** Only jobs of this branch or tag. */
  readonly ref: string | undefined;
  /** Only jobs created at that time or later. */
  readonly since: Date | undefined;
  readonly failed: boolean;
  /** The largest number of jobs. */
  readonly max: number;
  /** Whether archives of job artifacts are scanned, too. */
  readonly artifacts: boolean;
  /** Whether a job was scanned before. */
  readonly isKnown: (id: number) => boolean;
  /** All jobs up to this id were scanned before. */
  readonly until: number;
  /** Called for each listed job, for each log or archive that was scanned to its end, and at the end of the list. */
  readonly onJob: (job: ListedJob) => void;
  readonly onScanned: (uri: string) => void;
  readonly onEnd: () => void;
  readonly signal: AbortSignal;
  /** Masks secrets in names. */
  readonly redact: (text: string) => string;
}

export interface ListedJob {
  readonly id: number;
  /** Its log and its artifacts, as far as they are scanned. */
  readonly uris: readonly string[];
  /** Whether its log is complete. */
  readonly isOver: boolean;
}

/** Downloads that are on their way while one is scanned. */
const AHEAD = 4;
/** A larger archive of artifacts is skipped, because it is kept in memory. */
const ARCHIVE_MAX = 256 * 1024 * 1024;
/** GitLab ends a job whose log is larger than 100 MB. */
const LOG_MAX = 1024 * 1024 * 1024;

type Download = Awaited<ReturnType<GitLabClient['download']>>;

interface Pending {
  readonly input: Artifact;
  /** Whether it is the log of a job that ran and has ended. */
  readonly hasRun: boolean;
  readonly download: Promise<Download | ApiError>;
}

export function remoteLogs(options: RemoteOptions): Source {
  return {
    name: 'remote-logs',
    async *inputs(diagnostics) {
      let project: Project | undefined;
      try {
        project = await getProject(options.client, options.project);
        yield* inputsOf(options, project, diagnostics);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (!options.signal.aborted) diagnostics.gap(gapOf(withoutJobs(error, project), options, options.project));
      }
    },
  };
}

/** GitLab gives no reason with a 403. If the jobs are readable, only one is possible: one for a log, one for artifacts (app/policies/ci/build_policy.rb). */
function withoutRole(error: ApiError, kind: Artifact['kind']): ApiError {
  if (error.reason !== 'forbidden') return error;
  return kind === 'job-log'
    ? new ApiError('debug-log', 'logs of jobs with CI_DEBUG_TRACE need the role Developer', error.status, error)
    : new ApiError('artifacts', 'the job restricts access to its artifacts (artifacts:access)', error.status, error);
}

/** A 403 of a project whose CI/CD is disabled does not mean that the token lacks anything. */
function withoutJobs(error: ApiError, project: Project | undefined): ApiError {
  if (error.reason !== 'forbidden' || project?.builds_access_level !== 'disabled') return error;
  return new ApiError('ci-disabled', 'CI/CD is disabled in this project', error.status, error);
}

async function* inputsOf(options: RemoteOptions, project: Project, diagnostics: Diagnostics): AsyncGenerator<Input> {
  const { client } = options;
  const ahead: Pending[] = [];
  const open = (input: Artifact, path: string, hasRun: boolean): void => {
    const download = client.download(path).catch((error: unknown) => {
      if (error instanceof ApiError) return error;
      throw error;
    });
    // The scan may end before this download is awaited; its failure does not matter then.
    download.catch(() => {});
    ahead.push({ input, hasRun, download });
  };
  let failure: unknown;
  try {
    for await (const job of untilFailure(chosenJobs(options, project), (error) => (failure = error))) {
      const artifact = artifactOf(job, project, options);
      const path = `/projects/${project.id}/jobs/${job.id}`;
      const uris: string[] = [];
      const isOver = !isRunning(job) && !isWaiting(job);
      if (mayHaveLog(job)) {
        if (job.erased_at) diagnostics.skip('erased-log');
        else {
          uris.push(artifact.uri);
          open(artifact, `${path}/trace`, isOver && hasStarted(job));
        }
        if (options.artifacts && job.artifacts_file && !job.erased_at) {
          const uri = `job-artifacts/${artifact.job!.project}/${job.id}`; // it was made with one
          uris.push(uri);
          open({ ...artifact, kind: 'job-artifacts', uri }, `${path}/artifacts`, false);
        }
      }
      if (isRunning(job))
        diagnostics.gap({
          kind: 'truncated',
          uri: artifact.uri,
          message: 'the job is still running, and its log is not complete',
          hint: 'Scan it again when it has ended.',
        });
      options.onJob({ id: job.id, uris, isOver });
      while (ahead.length >= AHEAD) yield* toInputs(ahead.shift()!, options, diagnostics);
    }
    while (ahead.length > 0) yield* toInputs(ahead.shift()!, options, diagnostics);
    // The jobs listed so far are scanned even if listing the rest fails.
    if (failure !== undefined) throw failure;
  } finally {
    for (const { download } of ahead)
      void download.then((result) => {
        if (!(result instanceof ApiError)) void result.bytes[Symbol.asyncIterator]().return?.();
      });
  }
}

/** The items before a failure. */
async function* untilFailure<T>(items: AsyncGenerator<T>, failed: (error: unknown) => void): AsyncGenerator<T> {
  try {
    yield* items;
  } catch (error) {
    failed(error);
  }
}

async function* chosenJobs(options: RemoteOptions, project: Project): AsyncGenerator<Job> {
  const { client, pipeline, job, ref, since, failed, max, until, isKnown, onEnd } = options;
  if (job !== undefined) {
    yield await getJob(client, project.id, job);
    return;
  }
  const scope = failed ? ['failed'] : [];
  const all =
    pipeline === undefined
      ? listJobs(client, project.id, scope)
      : listPipelineJobs(client, project.id, pipeline, scope);
  let count = 0;
  for await (const one of all) {
    if (pipeline === undefined && one.id <= until) break;
    if (since !== undefined && one.created_at && new Date(one.created_at) < since) {
      // A job with a smaller id was created earlier.
      if (pipeline === undefined) return;
      continue;
    }
    if ((ref !== undefined && one.ref !== ref) || isKnown(one.id)) continue;
    if (count === max) return;
    count++;
    yield one;
  }
  onEnd();
}

async function* toInputs(
  { input, hasRun, download: pending }: Pending,
  options: RemoteOptions,
  diagnostics: Diagnostics,
): AsyncGenerator<Input> {
  const download = await pending;
  if (download instanceof ApiError) {
    if (!options.signal.aborted) diagnostics.gap(gapOf(withoutRole(download, input.kind), options, input.uri));
    return;
  }
  const { uri } = input;
  const translate = (error: Error): Error =>
    error instanceof ApiError ? new ReadError(gapOf(error, options, uri), error) : error;
  if (input.kind === 'job-log') {
    const bytes = limited(download.bytes, uri, hasRun);
    yield asJobLog({ artifact: input, archive: 'once', open: () => streamReader(bytes, translate) }, diagnostics);
    if (!options.signal.aborted) options.onScanned(uri);
    return;
  }
  try {
    const pieces: Uint8Array[] = [];
    let length = 0;
    for await (const piece of download.bytes) {
      pieces.push(piece);
      length += piece.length;
      if (length > ARCHIVE_MAX) {
        diagnostics.skip('archive-limit');
        return;
      }
    }
    yield memoryInput(Buffer.concat(pieces), input);
    if (!options.signal.aborted) options.onScanned(uri);
  } catch (error) {
    const known = translate(error as Error);
    if (!(known instanceof ReadError)) throw error;
    diagnostics.gap(known.gap);
  }
}

/** @param hasRun whether the job ran and has ended: then the log is not empty, because the runner itself writes lines into it */
async function* limited(bytes: AsyncIterable<Uint8Array>, uri: string, hasRun: boolean): AsyncGenerator<Uint8Array> {
  let length = 0;
  for await (const piece of bytes) {
    length += piece.length;
    yield piece;
    if (length > LOG_MAX)
      throw new ReadError({
        kind: 'truncated',
        uri,
        message: 'the log is larger than 1 GB, and only the first gigabyte was scanned',
        hint: 'Download it, and run glaive logs FILE.',
      });
  }
  if (length === 0 && hasRun)
    throw new ReadError({
      kind: 'unreadable',
      uri,
      message: 'GitLab returned an empty log, although the job ran: its log is gone',
      hint: 'Logs expire, or are lost with their storage. The output of this job can no longer be scanned.',
    });
}

function artifactOf({ id, name, ref, pipeline }: Job, project: Project, { client, redact }: RemoteOptions): Artifact {
  const path = redact(project.path_with_namespace);
  const job: JobReference = {
    server: client.server,
    project: path,
    ...(pipeline ? { pipeline: String(pipeline.id) } : {}),
    id: String(id),
    name: redact(name),
    ...(ref ? { ref: redact(ref) } : {}),
    url: `${client.server}/${path.split('/').map(encodeURIComponent).join('/')}/-/jobs/${id}`,
  };
  return { kind: 'job-log', uri: `job-log/${path}/${id}`, job };
}

const HINTS: Readonly<Partial<Record<ApiError['reason'], string>>> = {
  unauthorized: 'Set GLAIVE_GITLAB_TOKEN to a token of that GitLab with the scope read_api.',
  forbidden: 'The owner of the token needs at least the role Reporter in the project.',
  scope: 'Set GLAIVE_GITLAB_TOKEN to a token with the scope read_api.',
  granular:
    'A fine-grained token needs permission to read the project and its jobs, with --pipeline its pipelines, and with --artifacts its job artifacts. Create one with these permissions, or use a token with the scope read_api.',
  'debug-log': 'Use a token whose owner has at least the role Developer in the project.',
  artifacts: 'Use a token whose owner has the role that artifacts:access requires: Developer or Maintainer.',
  'ci-disabled': 'Its jobs can be read only while CI/CD is enabled: Settings > General > Visibility.',
  moved: 'Use the current path of the project, or its id.',
  'not-found':
    'The log may be erased or expired. GitLab also reports "not found" for a project that the token cannot see.',
  'rate-limited': 'Run it again later; with --state it continues where it stopped.',
  refused: 'Check that this is the address of a GitLab (--gitlab-url), and the path of the project.',
  malformed:
    'Check that this is the address of a GitLab (--gitlab-url), and that nothing in front of it asks you to sign in.',
  unreachable: 'Run it again; with --state it continues where it stopped.',
};

function gapOf(error: ApiError, { client, redact }: RemoteOptions, what: string): Gap {
  const hint = HINTS[error.reason];
  return {
    kind: 'unreadable',
    uri: redact(what),
    message: `cannot get it from ${new URL(client.server).host}: ${error.message}`,
    ...(hint === undefined ? {} : { hint }),
  };
}
