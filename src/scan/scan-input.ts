/** One input to its findings: its name, its bytes, and what to do when only a part of it was asked for. */

import type { ArchiveKind } from '../lib/archive-kind.ts';
import type { Coverage } from './coverage.ts';
import type { Matcher, MatchResult } from '../detect/matcher.ts';
import type { Redactor } from '../detect/redact.ts';
import type { Artifact, Input } from '../model/artifact.ts';
import type { Finding } from '../model/finding.ts';
import type { Candidate } from '../model/candidate.ts';
import { SKIP_REASONS, type Unread, unreadBecause } from '../model/gap.ts';
import type { Progress } from '../model/progress.ts';
import type { Budget } from '../sources/archives/index.ts';
import { memoryInput } from '../sources/memory.ts';
import type { TriageContext } from '../triage/triage.ts';

export interface InputScannerOptions {
  readonly matcher: Matcher;
  readonly redactor: Redactor;
  readonly ledger: Coverage;
  readonly context: TriageContext;
  readonly signal: AbortSignal | undefined;
  readonly progress?: Progress | undefined;
}

/** Looks at one input; what could not be looked at goes to the ledger. */
export type InputScanner = (input: Input) => Promise<Finding[]>;

export function createInputScanner({
  matcher,
  redactor,
  ledger,
  context,
  signal,
  progress,
}: InputScannerOptions): InputScanner {
  const account = ({ bytes, outcome }: Omit<MatchResult, 'candidates'>, uri: string): void => {
    progress?.artifact();
    if (outcome.kind === 'whole') ledger.looked(bytes);
    else if (outcome.kind === 'too-many-findings') ledger.overflow(uri);
    else if (outcome.kind === 'gap') ledger.gap(outcome.gap);
    else if (outcome.kind === 'skipped') ledger.skip(outcome.reason, 1, outcome.what);
  };

  /** Everything that is packed in an archive. What cannot be unpacked goes to the ledger; its bytes were looked at. */
  const lookInside = async (input: Input, kind: ArchiveKind, known: Budget | undefined): Promise<Finding[]> => {
    const { Budget, unpack } = await import('../sources/archives/index.ts');
    const budget = known ?? new Budget();
    const findings: Finding[] = [];
    try {
      for await (const entry of unpack(input, kind, budget)) {
        if (signal?.aborted === true) break;
        for (const finding of await look(entry, budget)) findings.push(finding);
      }
    } catch (error) {
      const unread = unreadBecause(error);
      if (unread.kind === 'gap') ledger.gap(unread.gap);
      else skipped(unread, input);
    }
    return findings;
  };

  /** An input that the user named is a gap when it is skipped. */
  const skipped = ({ reason, what }: Extract<Unread, { kind: 'skipped' }>, { artifact, file }: Input): void => {
    const kind = what === undefined ? '' : ` (${what})`;
    const isNamed = file?.explicit === true || (artifact.kind === 'stdin' && artifact.entries === undefined);
    if (!isNamed) ledger.skip(reason, 1, what);
    else ledger.gap({ kind: 'skipped', uri: artifact.uri, message: `passed over: ${SKIP_REASONS[reason]}${kind}` });
  };

  /** Only what is new to everything that stood in its place. */
  const sinceBefore = async (
    candidates: readonly Candidate[],
    { before = [] }: Input,
  ): Promise<readonly Candidate[]> => {
    if (before.length === 0 || candidates.length === 0) return candidates;
    const { newPlaces } = await import('../triage/new-places.ts');
    let fresh = candidates;
    for (const input of before) {
      if (fresh.length === 0) break;
      const then = input();
      const { candidates: old, outcome } = await matcher.match(then, signal);
      // What cannot be compared counts as new, and is said.
      if (outcome.kind === 'gap' || outcome.kind === 'skipped') account({ bytes: 0, outcome }, then.artifact.uri);
      // What an early end keeps from being compared may have been there before: nobody is blamed for that.
      if (signal?.aborted === true) return [];
      fresh = newPlaces(fresh, old, context);
    }
    return fresh;
  };

  const look = async (input: Input, budget?: Budget): Promise<Finding[]> => {
    const { named, inName } = cleanName(input, redactor);
    const { part } = named;
    let result = await matcher.match(named, signal, progress);
    const isAsked = result.candidates.length > 0 || result.archives !== undefined;
    const whole = part?.whole !== undefined && isAsked ? await part.whole() : named;
    if (whole !== named) result = await matcher.match(whole, signal);
    const { archives = [] } = result;
    // Of an archive with more findings than are listed the entries are looked at one by one.
    const isEntries = archives.length > 0 && ['whole', 'too-many-findings'].includes(result.outcome.kind);
    if (named.isNameOnly !== true)
      account(isEntries ? { ...result, outcome: { kind: 'whole' } } : result, named.artifact.uri);
    const candidates = withSafeSections(
      part === undefined ? result.candidates : result.candidates.filter(({ region }) => part.admits(region)),
      redactor,
    );
    if (inName === undefined && candidates.length === 0 && archives.length === 0) return [];
    // Loaded only when there is something to judge: a clean commit hook must start fast.
    const { triage } = await import('../triage/triage.ts');
    const fresh = await sinceBefore(candidates, named);
    const nameFindings =
      inName === undefined ? [] : triage((await matcher.match(inName)).candidates, inName.artifact, context);
    const findings = triage(fresh, named.artifact, context);
    if (!isEntries) return [...nameFindings, ...findings];
    if (named.isClosed === true) {
      ledger.skip('archive-closed');
      return [...nameFindings, ...findings];
    }
    const packed: Finding[] = [];
    for (const kind of archives) for (const finding of await lookInside(whole, kind, budget)) packed.push(finding);
    const known = new Set<string>();
    for (const then of packed.length === 0 ? [] : (named.before ?? []))
      for (const kind of archives.filter((each) => typeof each === 'string'))
        for (const { secretFingerprint } of await lookInside(then(), kind, budget)) known.add(secretFingerprint);
    const inside = packed.filter(({ secretFingerprint }) => !known.has(secretFingerprint));
    // What is not compressed was found twice.
    const found = new Set(inside.map(({ secretFingerprint }) => secretFingerprint));
    return [...nameFindings, ...findings.filter(({ secretFingerprint }) => !found.has(secretFingerprint)), ...inside];
  };

  return (input) => look(input);
}

/** A secret in a file's name is a finding of its own, and stands in no output: not even as the name of the file. */
function cleanName(input: Input, { suspects, redact }: Redactor): { named: Input; inName: Input | undefined } {
  // Path and entries are the name too.
  const { path: _path, entries: _entries, ...rest } = input.artifact;
  const { kind, uri } = rest;
  if (!suspects(uri)) return { named: input, inName: undefined };
  const artifact: Artifact = { ...rest, uri: redact(uri) };
  if (artifact.uri === uri) return { named: input, inName: undefined };
  return {
    named: { ...input, artifact, open: () => input.open() },
    inName: !(input.nameCounts ?? kind === 'file')
      ? undefined
      : memoryInput(Buffer.from(uri, 'utf8'), { ...withoutBlob(artifact), kind: 'file-name' }),
  };
}

/** The name of a section is text of the log. */
function withSafeSections(candidates: readonly Candidate[], { redact }: Redactor): readonly Candidate[] {
  return candidates.map((candidate) => {
    const { log } = candidate.region;
    if (log?.section === undefined) return candidate;
    return { ...candidate, region: { ...candidate.region, log: { ...log, section: redact(log.section) } } };
  });
}

/** What stands in the name stands in no object. */
function withoutBlob({ blob: _blob, ...artifact }: Artifact): Artifact {
  return artifact;
}
