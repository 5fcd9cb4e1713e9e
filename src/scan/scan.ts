/**
 * THE MAIN PATH. Everything glaive does with bytes runs through here:
 *
 *     source  ->  match  ->  triage  (->  verify)  ->  report
 *
 * A source yields inputs, the matcher finds candidates in their bytes, triage makes findings of them (`look.ts` joins
 * the three for one input), and what could not be looked at is kept beside them (`ledger.ts`). Rendering is the
 * caller's (`report/`).
 */

import { createCoverage, type Coverage, secondCoverage, untilStopped } from './coverage.ts';
import { markMoved } from './moved.ts';
import { reportMerged, reportUnlisted } from './drops.ts';
import { orAborted } from '../lib/abortable.ts';
import { createInputScanner, type InputScanner } from './scan-input.ts';
import { createMatcher, type Matcher } from '../detect/matcher.ts';
import { createRedactor, type Redactor } from '../detect/redact.ts';
import type { KernelFactory } from '../detect/search/kernel.ts';
import { createThreadedMatcher, type Threads } from '../detect/threads/threaded-matcher.ts';
import { createTsKernel } from '../detect/search/ts-kernel.ts';
import { atLeast, type Confidence } from '../model/confidence.ts';
import { dropFinding, type OnDrop } from '../model/drop.ts';
import type { Finding } from '../model/finding.ts';
import type { KnownLeak } from '../model/known-leak.ts';
import type { Progress } from '../model/progress.ts';
import type { Report } from '../model/report.ts';
import type { Rule } from '../model/rule.ts';
import type { Ruleset } from '../model/ruleset.ts';
import type { Source, Diagnostics } from '../model/source.ts';
import { isAccepted } from '../model/suppression.ts';
import { type Accepted, createSuppressor, NOTHING_ACCEPTED, type Suppressor } from '../triage/suppress.ts';
import { hiddenNotes, knownNotes, movedNotes, selfSuppressionNotes, remaining } from '../triage/notes.ts';
import { secretFingerprint } from '../triage/fingerprint.ts';
import { compareFindings } from '../model/order.ts';
import { unionOf, withRules } from '../triage/union.ts';
import { applyVerificationResults } from './apply-verification.ts';
import type { VerifyStage } from '../credentials/verification-stage.ts';
import { VERSION } from '../generated/package.ts';

/** Sources, and the rules that they are scanned with. */
export interface Pass {
  readonly sources: readonly Source[];
  readonly ruleset: Ruleset;
}

export interface ScanRequest extends Pass {
  readonly command: string;
  /** The same once more with other rules, each with sources of its own: what is found in any of the passes counts. */
  readonly others?: readonly Pass[];
  readonly minConfidence: Confidence;
  /** Whether a file says so, and not the user: then what it hides is said. */
  readonly isConfigured?: true;
  /** What somebody has accepted; default nothing. */
  readonly accepted?: Accepted;
  /** Whether the sources hold all there is, so that what the baseline knows and is not found is gone. */
  readonly everything?: boolean;
  /** Leaks that earlier runs have reported, and that are still there. */
  readonly known?: readonly KnownLeak[];
  /** The commit that holds what is scanned, for the report. */
  readonly commit?: string;
  /** Threads that may share the work; absent: this one does all of it. */
  readonly threads?: Threads;
  /** Whether there is little to look at, so that what starts fast is best. */
  readonly little?: boolean;
  /** Findings beyond this number end the scan. */
  readonly maxFindings?: number;
  /** Asks the issuers whether what counts still works; absent: nobody is asked. */
  readonly verifyStage?: VerifyStage;
  /** Hears of every possible credential that a step leaves out of the report, and why. Works in one thread only. */
  readonly onDrop?: OnDrop | undefined;
  /** Hears of what is done while it is done. */
  readonly progress?: Progress | undefined;
  /** Turns skips into gaps. */
  readonly strict: boolean;
  /** Ends the scan early, with a gap; its `reason` is told. */
  readonly signal?: AbortSignal;
  readonly clock: () => Date;
}

/** What a pass works with. */
interface Tools {
  readonly createKernel: KernelFactory;
  readonly redactor: Redactor;
  readonly ledger: Coverage;
  readonly suppressor: Suppressor;
  readonly startTime: Date;
}

/** More than anybody reads, and bounded memory: beyond it the scan ends, with a gap that says so. */
const MAX_FINDINGS = 50_000;

/** Looks at everything the sources yield. Trouble never throws: it stands in the report as a gap. */
export async function scan(request: ScanRequest): Promise<Report> {
  const { signal, clock, others = [] } = request;
  const startTime = clock();
  const createKernel = await kernelFor(request);
  const redactor = createRedactor(request.ruleset, createKernel);
  const ledger = createCoverage(redactor.redact);
  const suppressor = createSuppressor(request.accepted ?? NOTHING_ACCEPTED, startTime, redactor.redact);
  const shared = { createKernel, suppressor, startTime };
  let findings = await findIn(request, { ...shared, redactor, ledger });
  let rules = request.ruleset.rules;
  for (const pass of others) {
    if (signal?.aborted === true) break;
    const inPass = { redactor: createRedactor(pass.ruleset, createKernel), ledger: secondCoverage(ledger) };
    findings = unionOf(findings, await findIn({ ...request, ...pass }, { ...shared, ...inPass }));
    rules = withRules(rules, pass.ruleset.rules);
  }
  if (signal?.aborted === true) ledger.stopped(signal.reason);
  if (request.strict) ledger.promoteSkips();
  if (request.onDrop !== undefined)
    reportUnlisted(findings, { least: request.minConfidence, suppressor, onDrop: request.onDrop });
  const listed = await verified(
    findings.filter((finding) => atLeast(finding.confidence, request.minConfidence)),
    request,
    rules,
    ledger,
  );
  const known = remaining(request, listed, suppressor);
  return {
    tool: { name: 'glaive', version: VERSION },
    command: request.command,
    rules,
    findings: listed.toSorted(compareFindings),
    gaps: ledger.gaps(),
    notes: [
      ...ledger.notes(),
      ...movedNotes(listed),
      ...selfSuppressionNotes(listed, request.accepted?.selfSuppressions),
      ...(request.isConfigured === true ? hiddenNotes(findings, request.minConfidence) : []),
      ...knownNotes(known),
      ...suppressor.notes(request.everything === true && ledger.gaps().length === 0),
    ],
    counts: {
      ...ledger.counts(),
      belowConfidence: findings.length - listed.length,
      suppressed: listed.filter(isAccepted).length,
      ...(known.length === 0 ? {} : { known: known.length }),
    },
    ...(known.length === 0 ? {} : { known }),
    ...(request.commit === undefined ? {} : { commit: request.commit }),
    startTime,
    endTime: clock(),
  };
}

/** Everything that one pass finds, with what the sources know of it. */
async function findIn(
  request: ScanRequest,
  { createKernel, redactor, ledger, suppressor, startTime }: Tools,
): Promise<readonly Finding[]> {
  const { ruleset, sources, signal } = request;
  const matcher = openMatcher(request, createKernel);
  const rules = new Map(ruleset.rules.map((rule) => [rule.id, rule]));
  const context = { rules, now: startTime, suppressor };
  const { onDrop } = request;
  const quietMatcher = onDrop === undefined ? matcher : createMatcher(ruleset, createKernel);
  const heard = untilStopped(ledger, signal);
  const look = createInputScanner({
    matcher,
    quietMatcher,
    redactor,
    ledger: heard,
    context: { ...context, onDrop },
    signal,
    progress: request.progress,
  });
  let found: Finding[];
  try {
    found = await lookAtAll(request, matcher, look, heard);
  } finally {
    await matcher.close();
  }
  // What a change takes away, and what is looked at once more, is looked at on the side: it is nothing that was asked for.
  const aside = { matcher: quietMatcher, redactor, ledger: { ...heard, looked() {}, skip() {} }, signal };
  const lookBefore = createInputScanner({ ...aside, context: { rules, now: startTime } });
  let findings: readonly Finding[] = await markMoved(found, request, heard, lookBefore);
  const { redact } = redactor;
  const { gap, cut } = heard;
  const help = { redact, fingerprintOf: secretFingerprint, gap, cut, progress: request.progress };
  for (const source of sources) {
    const concluded = await source.conclude?.(findings, { ...help, look: createInputScanner({ ...aside, context }) });
    if (concluded === undefined) continue;
    if (onDrop !== undefined) reportMerged(findings, concluded, onDrop);
    findings = concluded;
  }
  return findings;
}

/** What counts, with what its issuers say of it. What somebody has accepted is nobody else's business. */
async function verified(
  findings: readonly Finding[],
  { verifyStage }: ScanRequest,
  rules: readonly Rule[],
  ledger: Coverage,
): Promise<readonly Finding[]> {
  if (verifyStage === undefined) return findings;
  const { verdicts, gaps } = await verifyStage.verify(findings.filter((finding) => !isAccepted(finding)));
  for (const gap of gaps) ledger.gap(gap);
  return applyVerificationResults(findings, verdicts, rules);
}

/** For little to look at the plain kernel is done before the fast one has started. */
async function kernelFor({ little }: ScanRequest): Promise<KernelFactory> {
  return little === true ? createTsKernel : (await import('../detect/search/create-kernel.ts')).createKernel;
}

/** One thread, or several when they are to be had and the work is worth it. */
function openMatcher({ ruleset, threads, onDrop }: ScanRequest, createKernel: KernelFactory): Matcher {
  const local = createMatcher(ruleset, createKernel, onDrop);
  return threads === undefined || threads.count < 2 || onDrop !== undefined
    ? local
    : createThreadedMatcher({ local, rules: ruleset.rules, threads });
}

/** The findings of every input, in the order of the inputs, however many of them are looked at side by side. */
async function lookAtAll(
  { sources, signal, progress, onDrop, maxFindings = MAX_FINDINGS }: ScanRequest,
  matcher: Matcher,
  look: InputScanner,
  ledger: Coverage,
): Promise<Finding[]> {
  const found: Finding[] = [];
  /** A name is in every version of a tree; the first is listed. */
  const inTrees = new Map<string, Finding>();
  const put = (more: readonly Finding[]): void => {
    for (const finding of more) {
      const first = finding.artifact.kind === 'tree' ? inTrees.get(finding.secretFingerprint) : undefined;
      if (first === undefined) {
        if (finding.artifact.kind === 'tree') inTrees.set(finding.secretFingerprint, finding);
        found.push(finding);
      } else if (onDrop !== undefined)
        dropFinding(onDrop, finding, { kind: 'same-secret', uri: first.artifact.uri, region: first.regions[0] });
    }
  };
  const ahead: { readonly uri: string; readonly findings: Promise<readonly Finding[]> }[] = [];
  const isEnough = (uri: string): boolean => {
    if (found.length <= maxFindings) return false;
    ledger.overflow(uri);
    return true;
  };
  /** Takes what the oldest input gave. False: enough is enough. */
  const takeOne = async (): Promise<boolean> => {
    const { uri, findings } = ahead.shift()!; // called only when there is one
    // Other threads do not hear of an interruption; they are ended.
    put((await orAborted(findings, signal)) ?? []);
    return !isEnough(uri);
  };
  const trouble: Diagnostics = {
    ...ledger,
    looked(bytes, texts = 1) {
      ledger.looked(bytes, texts);
      progress?.bytes(bytes);
      for (let text = 0; text < texts; text++) progress?.artifact();
    },
  };
  for (const source of sources) {
    for await (const input of source.inputs(trouble)) {
      if (signal?.aborted === true) return found;
      if (matcher.depth === 1 && ahead.length === 0) {
        put(await look(input));
        if (isEnough(input.artifact.uri)) return found;
        continue;
      }
      const findings = look(input);
      // When one fails the others must not: their turn never comes.
      findings.catch(() => {});
      ahead.push({ uri: input.artifact.uri, findings });
      // What is no file may stream by: it is there until the next one is asked for.
      if (input.file === undefined) {
        matcher.flush();
        while (ahead.length > 0) if (!(await takeOne())) return found;
      }
      if (ahead.length >= matcher.depth && !(await takeOne())) return found;
    }
  }
  matcher.flush();
  while (ahead.length > 0) {
    if (signal?.aborted === true || !(await takeOne())) return found;
  }
  return found;
}
