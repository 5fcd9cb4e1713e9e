/**
 * THE MAIN PATH. Everything glaive does with bytes runs through here:
 *
 *     source  ->  match  ->  triage  ->  report
 *
 * A source yields inputs, the matcher finds candidates in their bytes, triage makes findings of them, and what could
 * not be looked at is kept beside them. Rendering is the caller's (`report/`).
 */

import type { Artifact, Input } from './model/artifact.ts';
import { atLeast, type Confidence } from './model/confidence.ts';
import type { Finding } from './model/finding.ts';
import { Passed, Unreadable } from './model/gap.ts';
import type { Report } from './model/report.ts';
import type { Ruleset } from './model/ruleset.ts';
import type { Source } from './model/source.ts';
import { createLedger } from './ledger.ts';
import { createMatcher } from './match/matcher.ts';
import { createRedactor } from './match/redact.ts';
import { createTsKernel } from './match/ts-kernel.ts';
import { memoryInput } from './sources/memory.ts';
import { compareFindings, triage } from './triage/triage.ts';
import { VERSION } from './version.ts';

export interface ScanRequest {
  readonly command: string;
  readonly sources: readonly Source[];
  readonly ruleset: Ruleset;
  readonly minConfidence: Confidence;
  /** Turns skips into gaps. */
  readonly strict: boolean;
  /** Ends the scan early, with a gap; its `reason` is told. */
  readonly signal?: AbortSignal;
  readonly commit?: string;
  readonly clock: () => Date;
}

/** More than anybody reads, and bounded memory: beyond it the scan ends, with a gap that says so. */
const MAX_FINDINGS = 50_000;

/** Looks at everything the sources yield. Trouble never throws: it stands in the report as a gap. */
export async function scan(request: ScanRequest): Promise<Report> {
  const { ruleset, signal, clock } = request;
  const startTime = clock();
  const matcher = createMatcher(ruleset, createTsKernel);
  const redactor = createRedactor(ruleset, createTsKernel);
  const ledger = createLedger(redactor.redact);
  const context = { rules: new Map(ruleset.rules.map((rule) => [rule.id, rule])), now: startTime };
  const findings: Finding[] = [];

  const look = async (input: Input): Promise<void> => {
    const { candidates, bytes, ending } = await matcher.match(input, signal);
    findings.push(...triage(candidates, input.artifact, context));
    if (ending.kind === 'whole') ledger.looked(bytes);
    else if (ending.kind === 'too-many') ledger.overflow(input.artifact.uri);
    else if (ending.kind === 'failed') {
      const { error } = ending;
      if (error instanceof Unreadable) ledger.gap(error.gap);
      else if (error instanceof Passed) ledger.skip(error.reason);
      else throw error;
    }
  };

  everything: for (const source of request.sources) {
    for await (const input of source.inputs(ledger)) {
      if (signal?.aborted === true) break everything;
      const { named, inName } = cleanName(input, redactor);
      if (inName !== undefined)
        findings.push(...triage((await matcher.match(inName)).candidates, inName.artifact, context));
      await look(named);
      if (findings.length > MAX_FINDINGS) {
        ledger.overflow(named.artifact.uri);
        break everything;
      }
    }
  }
  if (signal?.aborted === true) ledger.stopped(signal.reason);
  if (request.strict) ledger.promoteSkips();

  const listed = findings.filter((finding) => atLeast(finding.confidence, request.minConfidence));
  return {
    tool: { name: 'glaive', version: VERSION },
    command: request.command,
    rules: ruleset.rules,
    findings: listed.toSorted(compareFindings),
    gaps: ledger.gaps(),
    counts: { ...ledger.counts(), belowConfidence: findings.length - listed.length },
    ...(request.commit === undefined ? {} : { commit: request.commit }),
    startTime,
    endTime: clock(),
  };
}

/** A secret in a file's name is a finding of its own, and stands in no output: not even as the name of the file. */
function cleanName(
  input: Input,
  { suspects, redact }: { suspects(text: string): boolean; redact(text: string): string },
): { named: Input; inName: Input | undefined } {
  const { kind, uri } = input.artifact;
  if (kind !== 'file' || !suspects(uri)) return { named: input, inName: undefined };
  const artifact: Artifact = { kind, uri: redact(uri) };
  if (artifact.uri === uri) return { named: input, inName: undefined };
  return {
    named: { artifact, open: input.open },
    inName: memoryInput(Buffer.from(uri, 'utf8'), { kind: 'file-name', uri: artifact.uri }),
  };
}
