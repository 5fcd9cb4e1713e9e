/** The credentials that `revoke` and `rotate` are given: by report, by fingerprint, or in a text on standard input. */

import { type Finding, fingerprintsOf } from '../../model/finding.ts';
import type { Gap } from '../../model/gap.ts';
import type { Io } from '../../model/io.ts';
import { activeFindings, type Report } from '../../model/report.ts';
import { memoryInput } from '../../sources/memory.ts';
import type { Source } from '../../model/source.ts';
import { scanPlan } from './scan.ts';
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
export async function gatherCredentials(args: ParsedArgs, io: Io): Promise<CredentialsToCheck> {
  const fingerprints = args.positionals.filter((arg) => FINGERPRINT.test(arg));
  const names = args.positionals.filter((arg) => !FINGERPRINT.test(arg));
  const all = await gatherAll(names, fingerprints.length > 0, args, io);
  if (fingerprints.length === 0) return all;
  for (const wanted of fingerprints)
    if (!all.findings.some((finding) => isOf(finding, wanted)))
      throw usage(args.command, `nothing was found with the fingerprint ${wanted}`, 'Name the report that has it too.');
  return { ...all, findings: all.findings.filter((finding) => fingerprints.some((wanted) => isOf(finding, wanted))) };
}

const isOf = (finding: Finding, wanted: string): boolean =>
  [...fingerprintsOf(finding), finding.fingerprint].some((each) => each.startsWith(wanted));

async function gatherAll(
  names: readonly string[],
  hasFingerprints: boolean,
  args: ParsedArgs,
  io: Io,
): Promise<CredentialsToCheck> {
  if (names.length === 0 && hasFingerprints) return await scanned(scanPlan(['.'], args, io), args, io);
  const parts: CredentialsToCheck[] = [];
  for (const name of names.length === 0 ? ['-'] : names) {
    const text = name === '-' ? await readInput(name, args, io) : undefined;
    if (text !== undefined && !text.trimStart().startsWith('{')) parts.push(await scanned(inText(text), args, io));
    else
      parts.push(
        await reported(
          text === undefined ? await readReportAt(name, args, io) : parseReport(text, 'standard input'),
          args,
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

async function reported(report: Report, args: ParsedArgs, io: Io): Promise<CredentialsToCheck> {
  const { findings, gone, gaps } = await rereadReport(report, args, io);
  return { findings, gone: gone.size, gaps };
}

async function scanned(plan: Pick<ScanPlan, 'sources'>, args: ParsedArgs, io: Io): Promise<CredentialsToCheck> {
  const { report } = await runScan(args, io, {
    ...plan,
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
