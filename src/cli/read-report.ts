/** Reads reports, and the secrets of their findings again, for the commands that act on reports. */

import { resolve } from 'node:path';
import { approveServer } from '../http/server.ts';
import { fsErrorMessage } from '../lib/fs-error-message.ts';
import { toText } from '../lib/text-encoding.ts';
import { GlaiveError } from '../model/errors.ts';
import { type Finding, fingerprintsOf } from '../model/finding.ts';
import type { Gap } from '../model/gap.ts';
import type { Io } from '../model/io.ts';
import { activeFindings, type Report } from '../model/report.ts';
import { readGlaive } from '../report/readers/glaive.ts';
import { createTextRedactor } from '../scan/redact-text.ts';
import { remoteLogs } from '../job-logs/remote.ts';
import { rereadSource } from '../scan/reread.ts';
import { clientFor, serversOf } from './servers/gitlab-access.ts';
import { openNamed } from './named-input.ts';
import { type ParsedArgs, usage } from './args/parse.ts';
import { readStdin } from './read-stdin.ts';
import { runScan } from './run-scan.ts';

/** 50 000 findings take a third of it, and a text of twice this size is more than Node can hold. */
const REPORT_MAX = 256 * 1024 * 1024;

/** The text of a file, or of standard input for `-`. @throws GlaiveError */
export async function readInput(name: string, args: ParsedArgs, io: Io): Promise<string> {
  if (name !== '-') {
    let text: string | undefined;
    try {
      text = await openNamed(io)(resolve(io.cwd, name), REPORT_MAX);
    } catch (error) {
      if (error instanceof GlaiveError) throw error;
      throw new GlaiveError('usage', `cannot read ${JSON.stringify(name)}: ${fsErrorMessage(error)}`, { cause: error });
    }
    if (text === undefined)
      throw new GlaiveError('usage', `cannot read ${JSON.stringify(name)}: no such file`, {
        hint: 'Check the spelling; paths are relative to the current folder.',
      });
    return text;
  }
  if (io.stdin.isTTY)
    throw usage(args.command, 'it needs a REPORT', 'Create one: glaive scan --format json --output report.json');
  const tooLong = (): GlaiveError => usage(args.command, 'the input is larger than any report');
  return toText(await readStdin(io, { max: REPORT_MAX, tooLong }));
}

/** @throws GlaiveError */
export async function readReportAt(name: string, args: ParsedArgs, io: Io): Promise<Report> {
  const shown = name === '-' ? 'standard input' : name;
  // No variable holds the text: it is as large as the report, and can be freed before the report is made.
  return readGlaive(parsed(await readInput(name, args, io), shown), shown);
}

/** @throws GlaiveError for reports of other tools, which do not contain the place of a secret */
export function parseReport(text: string, name: string): Report {
  return readGlaive(parsed(text, name), name);
}

function parsed(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new GlaiveError('usage', `${name} is not a report of glaive: it is not JSON`, {
      hint: 'Create one: glaive scan --format json --output report.json',
    });
  }
}

export interface Reread {
  /** The active findings of the report, with their secrets. */
  readonly findings: readonly Finding[];
  /** Secret fingerprints of findings that are no longer there, or cannot be read again. */
  readonly gone: ReadonlySet<string>;
  readonly gaps: readonly Gap[];
}

/** Reads the secrets of a report again; a secret with the same fingerprint is the same. @throws GlaiveError */
export async function rereadReport(report: Report, args: ParsedArgs, io: Io): Promise<Reread> {
  const wanted = activeFindings(report);
  const [server, another] = serversOf(args, io);
  const hasJobs = wanted.some(({ artifact }) => artifact.job !== undefined);
  const clientUntil = hasJobs && server !== undefined && another === undefined ? await clientFor(args, io) : undefined;
  const { report: seen } = await runScan(args, io, {
    sources: ({ base, signal }) => [
      rereadSource({
        findings: wanted,
        base,
        cwd: base,
        env: io.env,
        signal,
        jobs: (job, kind) =>
          clientUntil === undefined || !isSame(job.server, server)
            ? undefined
            : remoteLogs({
                client: clientUntil(signal),
                project: job.project,
                job: job.id,
                pipeline: undefined,
                ref: undefined,
                since: undefined,
                failed: false,
                max: 1,
                artifacts: kind === 'job-artifacts',
                isKnown: () => false,
                until: 0,
                onJob: () => {},
                onScanned: () => {},
                onEnd: () => {},
                signal,
                redact: createTextRedactor(),
              }),
      }),
    ],
    volume: 'commit',
    isReread: true,
  });
  const bySecret = new Map(seen.findings.flatMap((finding) => fingerprintsOf(finding).map((each) => [each, finding])));
  // The reading that the report has takes precedence.
  for (const finding of seen.findings) bySecret.set(finding.secretFingerprint, finding);
  const findings = wanted.flatMap((finding) => {
    const found = bySecret.get(finding.secretFingerprint);
    if (found === undefined) return [];
    const hints = found.hints ?? finding.hints;
    return [
      { ...finding, ...secretsOf(found, finding), facts: found.facts, ...(hints === undefined ? {} : { hints }) },
    ];
  });
  const gone = new Set(wanted.map((finding) => finding.secretFingerprint).filter((key) => !bySecret.has(key)));
  return { findings, gone, gaps: seen.gaps };
}

/** The secrets of a finding, in the reading that the report has. */
function secretsOf(
  { secret, secretFingerprint, other }: Finding,
  reported: Finding,
): Pick<Finding, 'secret' | 'other'> {
  if (other === undefined) return { secret };
  if (reported.secretFingerprint === secretFingerprint) return { secret, other };
  return { secret: other.secret, other: { secret, secretFingerprint } };
}

/** Whether the server that a report names is the approved one. */
function isSame(server: string, approved: string | undefined): boolean {
  try {
    return approveServer(server, 'the report') === approved;
  } catch {
    return false;
  }
}
