/**
 * THE MAIN PATH. Everything glaive does with bytes runs through here:
 *
 *     source  ->  match  ->  triage  ->  report
 *
 * A source yields inputs, the matcher finds candidates in their bytes, triage makes findings of them (`look.ts` joins
 * the three for one input), and what could not be looked at is kept beside them (`ledger.ts`). Rendering is the
 * caller's (`report/`).
 */

import { createLedger, type Ledger } from './ledger.ts';
import { createLook, type Look } from './look.ts';
import { createMatcher } from './match/matcher.ts';
import { createRedactor } from './match/redact.ts';
import { createKernel } from './match/create-kernel.ts';
import { atLeast, type Confidence } from './model/confidence.ts';
import type { Finding } from './model/finding.ts';
import type { Report } from './model/report.ts';
import type { Ruleset } from './model/ruleset.ts';
import type { Source } from './model/source.ts';
import { type Accepted, createSuppressor, MOVED, NOTHING_ACCEPTED } from './triage/suppress.ts';
import { compareFindings } from './triage/order.ts';
import { VERSION } from './version.ts';

export interface ScanRequest {
  readonly command: string;
  readonly sources: readonly Source[];
  readonly ruleset: Ruleset;
  readonly minConfidence: Confidence;
  /** What somebody has accepted; default nothing. */
  readonly accepted?: Accepted;
  /** Whether the sources hold all there is, so that what the baseline knows and is not found is gone. */
  readonly everything?: boolean;
  /** The commit that holds what is scanned, for the report. */
  readonly commit?: string;
  /** Turns skips into gaps. */
  readonly strict: boolean;
  /** Ends the scan early, with a gap; its `reason` is told. */
  readonly signal?: AbortSignal;
  readonly clock: () => Date;
}

/** More than anybody reads, and bounded memory: beyond it the scan ends, with a gap that says so. */
const MAX_FINDINGS = 50_000;

/** Looks at everything the sources yield. Trouble never throws: it stands in the report as a gap. */
export async function scan(request: ScanRequest): Promise<Report> {
  const { ruleset, signal, clock } = request;
  const startTime = clock();
  const matcher = createMatcher(ruleset, createKernel);
  const redactor = createRedactor(ruleset, createKernel);
  const ledger = createLedger(redactor.redact);
  const suppressor = createSuppressor(request.accepted ?? NOTHING_ACCEPTED, startTime, redactor.redact);
  const rules = new Map(ruleset.rules.map((rule) => [rule.id, rule]));
  const context = { rules, now: startTime, suppressor };
  const look = createLook({ matcher, redactor, ledger, context, signal });

  const found: Finding[] = [];
  everything: for (const source of request.sources) {
    for await (const input of source.inputs(ledger)) {
      if (signal?.aborted === true) break everything;
      found.push(...(await look(input)));
      if (found.length > MAX_FINDINGS) {
        ledger.overflow(input.artifact.uri);
        break everything;
      }
    }
  }
  // What a change takes away is looked at on the side: it is nothing that was asked for.
  const aside = createLook({
    matcher,
    redactor,
    ledger: { ...ledger, looked() {} },
    context: { rules, now: startTime },
    signal,
  });
  const findings = await markMoved(found, request.sources, ledger, aside);
  if (signal?.aborted === true) ledger.stopped(signal.reason);
  if (request.strict) ledger.promoteSkips();

  const listed = findings.filter((finding) => atLeast(finding.confidence, request.minConfidence));
  return {
    tool: { name: 'glaive', version: VERSION },
    command: request.command,
    rules: ruleset.rules,
    findings: listed.toSorted(compareFindings),
    gaps: ledger.gaps(),
    notes: [...movedNotes(listed), ...suppressor.notes(request.everything === true && ledger.gaps().length === 0)],
    counts: {
      ...ledger.counts(),
      belowConfidence: findings.length - listed.length,
      suppressed: listed.filter((finding) => finding.suppressions.length > 0).length,
    },
    ...(request.commit === undefined ? {} : { commit: request.commit }),
    startTime,
    endTime: clock(),
  };
}

function movedNotes(findings: readonly Finding[]): string[] {
  const moved = findings.filter(({ suppressions }) => suppressions.includes(MOVED));
  if (moved.length === 0) return [];
  const places = [...new Set(moved.map(({ artifact }) => artifact.uri))].slice(0, 5).join(', ');
  return [
    `this change moves ${moved.length === 1 ? 'a secret' : `${moved.length} secrets`} that stood here before: ${places}`,
  ];
}

/** A secret that a change takes away in one place and puts in another was there before. */
async function markMoved(
  findings: readonly Finding[],
  sources: readonly Source[],
  ledger: Ledger,
  look: Look,
): Promise<readonly Finding[]> {
  if (findings.length === 0) return findings;
  const before = new Set<string>();
  for (const source of sources) {
    for await (const input of source.removed?.(ledger) ?? []) {
      for (const finding of await look(input)) before.add(finding.secretFingerprint);
    }
  }
  return findings.map((finding) =>
    before.has(finding.secretFingerprint) ? { ...finding, suppressions: [...finding.suppressions, MOVED] } : finding,
  );
}
