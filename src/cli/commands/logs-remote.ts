/** `glaive logs --project PATH|ID`: logs of jobs, from GitLab. */

import { resolve } from 'node:path';
import type { GitLabClient } from '../../gitlab/client.ts';
import { getJob, getProject } from '../../gitlab/jobs.ts';
import { ApiError } from '../../http/api-error.ts';
import { plural } from '../../lib/format-amounts.ts';
import { printable } from '../../lib/printable.ts';
import { EXIT, type ExitCode, type Io } from '../../model/io.ts';
import { keyOfLeak, knownLeak, type KnownLeak } from '../../model/known-leak.ts';
import { activeFindings, type Report } from '../../model/report.ts';
import { createTextRedactor } from '../../scan/redact-text.ts';
import { type LogState, readLogState, stateKey, writeLogState } from '../../job-logs/log-state.ts';
import { type ListedJob, remoteLogs } from '../../job-logs/remote.ts';
import { rulesDigest } from '../../rules/rules-digest.ts';
import { isConfirmed } from '../confirm.ts';
import { clientFor, serverOf } from '../servers/gitlab-access.ts';
import type { ParsedArgs } from '../args/parse.ts';
import { scanAndReport } from '../run-scan.ts';
import { loadRules } from '../scan-setup.ts';

export async function remoteLogsCommand(args: ParsedArgs, io: Io, project: string): Promise<ExitCode> {
  const choice = readChoice(args);
  const path = args.value('state');
  const ruleset = await loadRules(args, io);
  const key = path === undefined ? '' : stateKey(rulesDigest(ruleset, limitsOf(args)), serverOf(args, io), project);
  const stored: LogState | undefined = path === undefined ? undefined : readLogState(resolve(io.cwd, path), key);
  const listed: ListedJob[] = [];
  const scanned = new Set<string>();
  const clientUntil = await clientFor(args, io);
  const before =
    stored === undefined
      ? undefined
      : { ...stored, leaks: await remainingIn(project, stored.leaks, clientUntil(io.signal)) };
  let hasEnded = false;
  let report: Report | undefined;
  const code = await scanAndReport(args, io, {
    sources: ({ signal }) => [
      remoteLogs({
        ...choice,
        client: clientUntil(signal),
        project,
        artifacts: args.has('artifacts'),
        isKnown: (id) => before?.done.has(id) === true,
        until: before?.until ?? 0,
        onJob: (job) => listed.push(job),
        onScanned: (uri) => scanned.add(uri),
        onEnd: () => (hasEnded = true),
        signal,
        redact: createTextRedactor(ruleset),
      }),
    ],
    volume: 'stream',
    ...(before === undefined ? {} : { known: before.leaks }),
    onReport: (made) => (report = made),
  });
  // Reported leaks are known from now on; logs that could not be scanned are not.
  if (path !== undefined && report !== undefined && before !== undefined)
    await writeLogState(
      resolve(io.cwd, path),
      key,
      stateAfter(before, listed, scanned, report, hasEnded && choice.isAll),
    );
  if (!args.has('erase') || report === undefined) return code;
  if (io.signal.aborted) return EXIT.interrupted;
  return (await erase(report, clientUntil(io.signal), args, io)) ? code : EXIT.incomplete;
}

/** Which jobs are scanned. @throws GlaiveError */
function readChoice(args: ParsedArgs) {
  const [pipeline, job, ref] = [args.value('pipeline'), args.value('job'), args.value('ref')];
  const since = args.value('since');
  const failed = args.has('failed');
  return {
    pipeline,
    job,
    ref,
    since: since?.date,
    failed,
    max: args.value('max') ?? Number.POSITIVE_INFINITY,
    /** Whether every job of the project is asked for. */
    isAll: !failed && [pipeline, job, ref, since].every((value) => value === undefined),
  };
}

/** The flags that leave out jobs or findings: with other flags, the state would call jobs known whose findings were never shown. */
function limitsOf(args: ParsedArgs): string {
  return JSON.stringify([args.value('min-confidence') ?? '', args.has('show-unlikely'), args.has('artifacts')]);
}

/** @param isWhole whether the list of all jobs was read up to the first known job */
function stateAfter(
  before: LogState,
  listed: readonly ListedJob[],
  scanned: ReadonlySet<string>,
  report: Report,
  isWhole: boolean,
): LogState {
  const missed = new Set(report.gaps.map(({ uri }) => uri));
  const isDone = ({ uris, isOver }: ListedJob): boolean =>
    isOver && uris.every((uri) => scanned.has(uri) && !missed.has(uri));
  const done = new Set([...before.done, ...listed.filter(isDone).map(({ id }) => id)]);
  const isStopped = report.gaps.some(({ kind }) => ['time-limit', 'interrupted', 'too-many-findings'].includes(kind));
  const leaks = new Map(before.leaks.map((leak) => [keyOfLeak(leak), leak]));
  for (const finding of report.findings) {
    const leak = knownLeak(finding, finding.artifact.job?.id);
    leaks.set(keyOfLeak(leak), leak);
  }
  const known = [...leaks.values()];
  if (!isWhole || isStopped) return { until: before.until, done, leaks: known };
  const open = listed.filter((job) => !isDone(job)).map(({ id }) => id);
  const newest = highestOf([before.until, ...done]);
  return { until: open.reduce((until, id) => Math.min(until, id - 1), newest), done, leaks: known };
}

/** At most so many jobs are checked before each run, with one request each. */
const ASKED_JOBS = 500;

/** The known leaks whose logs are still there; those that the server does not answer for remain. */
async function remainingIn(
  project: string,
  leaks: readonly KnownLeak[],
  client: GitLabClient,
): Promise<readonly KnownLeak[]> {
  if (leaks.length === 0) return leaks;
  const gone = new Set<string>();
  const jobs = new Set(leaks.flatMap(({ holder }) => (holder === undefined ? [] : [holder])));
  let number: number | undefined;
  for (const id of [...jobs].slice(-ASKED_JOBS)) {
    try {
      number ??= (await getProject(client, project)).id;
      if ((await getJob(client, number, id)).erased_at) gone.add(id);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.reason !== 'not-found' || number === undefined) break;
      gone.add(id);
    }
  }
  return leaks.filter(({ holder }) => holder === undefined || !gone.has(holder));
}

const highestOf = (ids: readonly number[]): number => ids.reduce((highest, id) => Math.max(highest, id), 0);

/** Asks, then erases the logs that hold credentials. @returns false if one could not be erased */
async function erase(report: Report, client: GitLabClient, args: ParsedArgs, io: Io): Promise<boolean> {
  const jobs = new Map(
    activeFindings(report).flatMap(({ artifact: { job } }) => (job === undefined ? [] : [[job.id, job]])),
  );
  if (jobs.size === 0) return true;
  const say = async (text: string): Promise<void> => await io.stderr.write(`${printable(text)}\n`);
  await say(`glaive: ${plural(jobs.size, 'job')} printed credentials:`);
  for (const { url } of jobs.values()) await say(`  ${url}`);
  await say('  Revoke them first: anyone who has read a log still has the secrets.');
  await say('  Erasing deletes the log and the artifacts of each job for good.');
  if (!(await isConfirmed('Erase them?', args, io))) return true;
  let isAll = true;
  for (const { project, id, url } of jobs.values()) {
    try {
      await client.write('POST', `/projects/${encodeURIComponent(project)}/jobs/${id}/erase`);
      await say(`glaive: erased: ${url}`);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      isAll = false;
      await say(`glaive: not erased: ${url}: ${error.message}`);
    }
  }
  return isAll;
}
