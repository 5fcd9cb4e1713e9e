/** What `revoke` and `rotate` are told of: reports, fingerprints, or a text on standard input. */

import { type Finding, fingerprintsOf } from '../../model/finding.ts';
import type { Gap } from '../../model/gap.ts';
import type { Io } from '../../model/io.ts';
import { activeFindings, type Report } from '../../model/report.ts';
import { memoryInput } from '../../sources/memory.ts';
import type { Source } from '../../model/source.ts';
import { scanningOf } from './scan.ts';
import { type ParsedArgs, usage } from '../args/parse.ts';
import { parseReport, readInput, readReportAt, rereadReport } from '../read-report.ts';
import { runScan } from '../run-scan.ts';
import type { ScanPlan } from '../scan-plan.ts';

export interface CredentialsToCheck {
  /** With their secrets. */
  readonly findings: readonly Finding[];
  /** Secrets of reports that cannot be read again. */
  readonly gone: number;
  readonly gaps: readonly Gap[];
}

const FINGERPRINT = /^[0-9a-f]{8,64}$/;

/** @throws GlaiveError */
export async function gatherCredentials(call: ParsedArgs, io: Io): Promise<CredentialsToCheck> {
  const fingerprints = call.args.filter((arg) => FINGERPRINT.test(arg));
  const names = call.args.filter((arg) => !FINGERPRINT.test(arg));
  const all = await gatherAll(names, fingerprints.length > 0, call, io);
  if (fingerprints.length === 0) return all;
  for (const wanted of fingerprints)
    if (!all.findings.some((finding) => isOf(finding, wanted)))
      throw usage(call.command, `nothing was found with the fingerprint ${wanted}`, 'Name the report that has it too.');
  return { ...all, findings: all.findings.filter((finding) => fingerprints.some((wanted) => isOf(finding, wanted))) };
}

const isOf = (finding: Finding, wanted: string): boolean =>
  [...fingerprintsOf(finding), finding.fingerprint].some((each) => each.startsWith(wanted));

async function gatherAll(
  names: readonly string[],
  hasFingerprints: boolean,
  call: ParsedArgs,
  io: Io,
): Promise<CredentialsToCheck> {
  if (names.length === 0 && hasFingerprints) return await scanned(scanningOf({ ...call, args: ['.'] }, io), call, io);
  const parts: CredentialsToCheck[] = [];
  for (const name of names.length === 0 ? ['-'] : names) {
    const text = name === '-' ? await readInput(name, call, io) : undefined;
    if (text !== undefined && !text.trimStart().startsWith('{')) parts.push(await scanned(inText(text), call, io));
    else
      parts.push(
        await reported(
          text === undefined ? await readReportAt(name, call, io) : parseReport(text, 'standard input'),
          call,
          io,
        ),
      );
  }
  return {
    findings: parts.flatMap(({ findings }) => findings),
    gone: parts.reduce((sum, { gone }) => sum + gone, 0),
    gaps: parts.flatMap(({ gaps }) => gaps),
  };
}

async function reported(report: Report, call: ParsedArgs, io: Io): Promise<CredentialsToCheck> {
  const { findings, gone, gaps } = await rereadReport(report, call, io);
  return { findings, gone: gone.size, gaps };
}

async function scanned(scanning: Pick<ScanPlan, 'sources'>, call: ParsedArgs, io: Io): Promise<CredentialsToCheck> {
  const { report } = await runScan(call, io, {
    ...scanning,
    volume: 'commit',
    isComplete: false,
    includeHead: false,
    isReread: true,
  });
  return { findings: activeFindings(report), gone: 0, gaps: report.gaps };
}

function inText(text: string): Pick<ScanPlan, 'sources'> {
  const source: Source = {
    name: 'text',
    async *inputs() {
      yield memoryInput(Buffer.from(text, 'utf8'));
    },
  };
  return { sources: () => [source] };
}
