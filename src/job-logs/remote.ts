/** Logs and artifacts of jobs, from GitLab's API: several answers on their way at once, one after the other looked at. */

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
  /** Only jobs that were made at that time or later. */
  readonly since: Date | undefined;
  readonly failed: boolean;
  /** Jobs, at most. */
  readonly max: number;
  /** Artifact archives, too. */
  readonly artifacts: boolean;
  /** Whether a job was looked at before. */
  readonly isKnown: (id: number) => boolean;
  /** Jobs with a smaller id were all looked at before. */
  readonly until: number;
  /** Hears of each job that is listed, of each artifact that was looked at to its end, and of the end of the list. */
  readonly onJob: (job: ListedJob) => void;
  readonly onLooked: (uri: string) => void;
  readonly onEnd: () => void;
  readonly signal: AbortSignal;
  /** Masks secrets in names. */
  readonly redact: (text: string) => string;
}

export interface ListedJob {
  readonly id: number;
  /** What is to be looked at. */
  readonly uris: readonly string[];
  /** Whether nothing is added to it any more. */
  readonly isOver: boolean;
}

/** Answers that are on their way while one is looked at. */
const AHEAD = 4;
/** A larger archive of artifacts is passed over: it is held in memory. */
const ARCHIVE_MAX = 256 * 1024 * 1024;
/** GitLab ends a job whose log is larger than 100 MB. */
const LOG_MAX = 1024 * 1024 * 1024;

type Download = Awaited<ReturnType<GitLabClient['download']>>;

interface Pending {
  readonly input: Artifact;
  /** Whether it is the log of a job that ran to its end. */
  readonly hasRun: boolean;
  readonly answer: Promise<Download | ApiError>;
}

export function remoteLogs(options: RemoteOptions): Source {
  return {
    name: 'remote-logs',
    async *inputs(trouble) {
      let project: Project | undefined;
      try {
        project = await getProject(options.client, options.project);
        yield* inputsOf(options, project, trouble);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (!options.signal.aborted) trouble.gap(gapOf(withoutJobs(error, project), options, options.project));
      }
    },
  };
}

/** GitLab gives no reason with a 403. Where the jobs may be read it has one for a log, and one for artifacts (app/policies/ci/build_policy.rb). */
function withoutRole(error: ApiError, kind: Artifact['kind']): ApiError {
  if (error.reason !== 'forbidden') return error;
  return kind === 'job-log'
    ? new ApiError('debug-log', 'logs of jobs with CI_DEBUG_TRACE need the role Developer', error.status, error)
    : new ApiError('artifacts', 'the job shows its artifacts to few (artifacts:access)', error.status, error);
}

/** A 403 of a project whose CI/CD is switched off says nothing about the token. */
function withoutJobs(error: ApiError, project: Project | undefined): ApiError {
  if (error.reason !== 'forbidden' || project?.builds_access_level !== 'disabled') return error;
  return new ApiError('ci-disabled', 'CI/CD is switched off in this project', error.status, error);
}

async function* inputsOf(options: RemoteOptions, project: Project, trouble: Diagnostics): AsyncGenerator<Input> {
  const { client } = options;
  const ahead: Pending[] = [];
  const open = (input: Artifact, path: string, hasRun: boolean): void => {
    const answer = client.download(path).catch((error: unknown) => {
      if (error instanceof ApiError) return error;
      throw error;
    });
    // When nobody asks for it any more, nobody hears of its failure.
    answer.catch(() => {});
    ahead.push({ input, hasRun, answer });
  };
  let failure: unknown;
  try {
    for await (const job of untilFailure(chosenJobs(options, project), (error) => (failure = error))) {
      const artifact = artifactOf(job, project, options);
      const path = `/projects/${project.id}/jobs/${job.id}`;
      const uris: string[] = [];
      const isOver = !isRunning(job) && !isWaiting(job);
      if (mayHaveLog(job)) {
        if (job.erased_at) trouble.skip('erased-log');
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
        trouble.gap({
          kind: 'truncated',
          uri: artifact.uri,
          message: 'the job is still running, and its log is not complete',
          hint: 'Look again when it has ended.',
        });
      options.onJob({ id: job.id, uris, isOver });
      while (ahead.length >= AHEAD) yield* toInputs(ahead.shift()!, options, trouble);
    }
    while (ahead.length > 0) yield* toInputs(ahead.shift()!, options, trouble);
    // What was listed is looked at, also when the rest of the list cannot be had.
    if (failure !== undefined) throw failure;
  } finally {
    for (const { answer } of ahead)
      void answer.then((download) => {
        if (!(download instanceof ApiError)) void download.bytes[Symbol.asyncIterator]().return?.();
      });
  }
}

/** What comes before a failure. */
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
      // Ids ascend with the time at which jobs are made.
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
  { input, hasRun, answer }: Pending,
  options: RemoteOptions,
  trouble: Diagnostics,
): AsyncGenerator<Input> {
  const download = await answer;
  if (download instanceof ApiError) {
    if (!options.signal.aborted) trouble.gap(gapOf(withoutRole(download, input.kind), options, input.uri));
    return;
  }
  const { uri } = input;
  const translate = (error: Error): Error =>
    error instanceof ApiError ? new ReadError(gapOf(error, options, uri), error) : error;
  if (input.kind === 'job-log') {
    const bytes = limited(download.bytes, uri, hasRun);
    yield asJobLog({ artifact: input, archive: 'once', open: () => streamReader(bytes, translate) }, trouble);
    if (!options.signal.aborted) options.onLooked(uri);
    return;
  }
  try {
    const pieces: Uint8Array[] = [];
    let length = 0;
    for await (const piece of download.bytes) {
      pieces.push(piece);
      length += piece.length;
      if (length > ARCHIVE_MAX) {
        trouble.skip('archive-limit');
        return;
      }
    }
    yield memoryInput(Buffer.concat(pieces), input);
    if (!options.signal.aborted) options.onLooked(uri);
  } catch (error) {
    const known = translate(error as Error);
    if (!(known instanceof ReadError)) throw error;
    trouble.gap(known.gap);
  }
}

/** @param hasRun whether a job has printed it that ran to its end: the runner itself writes lines into each log, so none is empty */
async function* limited(bytes: AsyncIterable<Uint8Array>, uri: string, hasRun: boolean): AsyncGenerator<Uint8Array> {
  let length = 0;
  for await (const piece of bytes) {
    length += piece.length;
    yield piece;
    if (length > LOG_MAX)
      throw new ReadError({
        kind: 'truncated',
        uri,
        message: 'the log is larger than 1 GB, and was not looked at further',
        hint: 'Save it, and give the file to glaive logs.',
      });
  }
  if (length === 0 && hasRun)
    throw new ReadError({
      kind: 'unreadable',
      uri,
      message: 'GitLab answered with an empty log, although the job ran: its log is gone',
      hint: 'Logs expire, or are lost with the storage they were in. What the job printed cannot be scanned any more.',
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
  unauthorized: 'Give a token of that GitLab in GLAIVE_GITLAB_TOKEN, with the scope read_api.',
  forbidden: 'The owner of the token needs at least the role Reporter in the project.',
  scope: 'Give a token with the scope read_api in GLAIVE_GITLAB_TOKEN.',
  granular:
    'For logs a fine-grained token needs the permissions to read the project and its jobs; for --pipeline its pipelines, for --artifacts its job artifacts. Make one that has them, or give a token with the scope read_api.',
  'debug-log': 'Give a token whose owner has at least the role Developer in the project.',
  artifacts: 'Give a token whose owner has the role that artifacts:access asks for: Developer, or Maintainer.',
  'ci-disabled': 'Its jobs can be asked for while CI/CD is switched on: Settings, General, Visibility.',
  moved: 'Name the path that the project has now, or its id.',
  'not-found': 'Logs are erased, or expire; a project that a token may not see is "not found", too.',
  'rate-limited': 'Run it again later, with --state: it goes on where it was.',
  refused: 'Look whether that is the address of a GitLab (--gitlab-url), and whether the project has that path.',
  malformed:
    'Look whether that is the address of a GitLab (--gitlab-url), and whether something in front of it asks you to sign in.',
  unreachable: 'Run it again; with --state it goes on where it was.',
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
