/** One input to its findings: its name, its bytes, the versions before it, and its entries if it is an archive. */

import { type ArchiveKind, archiveKindByName } from '../lib/archive-kind.ts';
import type { Coverage } from './coverage.ts';
import type { Matcher, MatchResult } from '../detect/matcher.ts';
import type { Redactor } from '../detect/redact.ts';
import type { Artifact, Input } from '../model/artifact.ts';
import type { Finding } from '../model/finding.ts';
import type { Candidate } from '../model/candidate.ts';
import { dropFinding, dropOf, type DropReason } from '../model/drop.ts';
import { type Gap, SKIP_REASONS, type Unread, unreadBecause } from '../model/gap.ts';
import type { Progress } from '../model/progress.ts';
import type { Budget } from '../sources/archives/index.ts';
import { createTurns } from '../lib/turns.ts';
import { memoryInput } from '../sources/memory.ts';
import type { TriageContext } from '../triage/triage.ts';

export interface InputScannerOptions {
  readonly matcher: Matcher;
  /** Needed with `context.onDrop`: scans text that is only compared, without reporting drops. */
  readonly quietMatcher?: Matcher | undefined;
  readonly redactor: Redactor;
  readonly coverage: Coverage;
  readonly context: TriageContext;
  readonly signal: AbortSignal | undefined;
  readonly progress?: Progress | undefined;
}

/** Scans one input; everything that could not be scanned goes to the coverage. */
export type InputScanner = (input: Input) => Promise<Finding[]>;

export function createInputScanner(options: InputScannerOptions): InputScanner {
  const { scanWhole } = createScanner(options);
  return (input) => scanWhole(input);
}

/** The outermost archive of an entry. */
interface Outermost {
  readonly budget: Budget;
  readonly isNamed: boolean;
  /** Whether a value in base64 only looks like an archive so far. Documents have many that are cut, and are text like any other. */
  readonly isGuess?: true;
  readonly onOutcome: Input['onOutcome'];
}

interface Scanner {
  /** @param outermost absent if the input is no entry */
  scanWhole(input: Input, outermost?: Outermost): Promise<Finding[]>;
  /** Everything that is packed in an archive. An entry that cannot be unpacked goes to the coverage. */
  scanEntries(archive: Input, kind: ArchiveKind, outermost: Outermost | undefined): Promise<Finding[]>;
}

function createScanner(options: InputScannerOptions): Scanner {
  const { matcher, quietMatcher = matcher, redactor, coverage, context, signal, progress } = options;
  const { onDrop } = context;
  const turns = createTurns();
  const quiet = (): Scanner =>
    onDrop === undefined
      ? { scanWhole, scanEntries }
      : createScanner({ ...options, matcher: quietMatcher, context: { ...context, onDrop: undefined } });

  const account = (
    { bytes, outcome }: Omit<MatchResult, 'candidates'>,
    { artifact: { uri }, onOutcome }: Input,
    outermost: Outermost | undefined,
  ): void => {
    progress?.artifact();
    const say = outermost === undefined ? onOutcome : outermost.onOutcome;
    if (outcome.kind === 'whole') coverage.scanned(bytes);
    else if (outcome.kind === 'too-many-findings') {
      coverage.overflow(uri);
      say?.('unread');
    } else if (outcome.kind === 'gap') unreadable(outcome.gap, outermost, say);
    else if (outcome.kind === 'skipped') {
      skipped(outcome, uri, outermost?.isNamed === true);
      say?.('skipped');
    }
  };

  const unreadable = (gap: Gap, outermost: Outermost | undefined, say: Input['onOutcome']): void => {
    if (outermost?.isGuess === true && gap.kind === 'unreadable') return;
    coverage.gap(gap);
    say?.('unread');
  };

  /** An archive that the user named is a gap when it, or an entry of it, is skipped. */
  const skipped = ({ reason, what }: Extract<Unread, { kind: 'skipped' }>, uri: string, isNamed: boolean): void => {
    const kind = what === undefined ? '' : ` (${what})`;
    if (!isNamed) coverage.skip(reason, 1, what);
    else coverage.gap({ kind: 'skipped', uri, message: `skipped: ${SKIP_REASONS[reason]}${kind}` });
  };

  const scanEntries: Scanner['scanEntries'] = async (archive, kind, given) => {
    const { Budget, unpack } = await import('../sources/archives/index.ts');
    const outermost: Outermost = given ?? {
      budget: new Budget(),
      isNamed: isNamedByUser(archive),
      onOutcome: archive.onOutcome,
    };
    const inEntries: Outermost = kind === 'base64' ? { ...outermost, isGuess: true } : outermost;
    // One at a time, because each may take much memory.
    const done = given === undefined ? await turns() : undefined;
    const findings: Finding[] = [];
    try {
      for await (const entry of unpack(archive, kind, outermost.budget)) {
        if (signal?.aborted === true) break;
        for (const finding of await scanWhole(entry, inEntries)) findings.push(finding);
      }
    } catch (error) {
      const unread = unreadBecause(error);
      if (unread.kind === 'gap') unreadable(unread.gap, given, outermost.onOutcome);
      else {
        skipped(unread, archive.artifact.uri, outermost.isNamed);
        outermost.onOutcome?.('skipped');
      }
    } finally {
      done?.();
    }
    return findings;
  };

  /** Candidates that no earlier version of the input has as often. */
  const newOnes = async (
    candidates: readonly Candidate[],
    before: NonNullable<Input['before']>,
    artifact: Artifact,
  ): Promise<readonly Candidate[]> => {
    if (before.length === 0 || candidates.length === 0) return candidates;
    const { newPlaces } = await import('../triage/new-places.ts');
    let fresh = candidates;
    for (const input of before) {
      if (fresh.length === 0) break;
      const then = input();
      const { candidates: old, outcome } = await quietMatcher.match(then, signal);
      // Without the earlier version everything is new, and the gap says so.
      if (outcome.kind === 'gap' || outcome.kind === 'skipped') account({ bytes: 0, outcome }, then, undefined);
      // After an early end nothing is known to be new, and nothing is reported.
      if (signal?.aborted === true) return [];
      fresh = newPlaces(fresh, old, context);
    }
    reportLeftOut(candidates, fresh, artifact, { kind: 'not-new' });
    return fresh;
  };

  const scanWhole: Scanner['scanWhole'] = async (input, outermost) => {
    const { named, inName } = cleanName(input, redactor);
    const isExcerpt = named.whole !== undefined;
    let result = await (isExcerpt ? quietMatcher : matcher).match(named, signal, progress);
    const kindByName = archiveKindByName(named.artifact.uri);
    const isArchive = result.archives !== undefined || kindByName !== undefined;
    const isWorthReading = result.candidates.length > 0 || isArchive || onDrop !== undefined;
    const whole = isExcerpt && isWorthReading ? await named.whole() : named;
    if (whole !== named) result = await matcher.match(whole, signal);
    const { before = [] } = whole;
    const archives = result.archives ?? (kindByName === undefined ? [] : [kindByName]);
    // An archive with more findings than are listed is still unpacked.
    const isToOpen = archives.length > 0 && ['whole', 'too-many-findings'].includes(result.outcome.kind);
    if (named.name !== 'only') account(isToOpen ? { ...result, outcome: { kind: 'whole' } } : result, named, outermost);
    const candidates = withSafeSections(result.candidates, redactor);
    const onOutcome = outermost === undefined ? input.onOutcome : outermost.onOutcome;
    if (inName !== undefined || candidates.length > 0) onOutcome?.('found');
    if (inName === undefined && candidates.length === 0 && archives.length === 0) return [];
    // Loaded only for candidates: the hook of a clean commit must start fast.
    const { triage } = await import('../triage/triage.ts');
    const fresh = await newOnes(candidates, before, named.artifact);
    const inNames =
      inName === undefined ? [] : triage((await matcher.match(inName)).candidates, inName.artifact, context);
    const findings = [...inNames, ...triage(fresh, named.artifact, context)];
    if (!isToOpen) return findings;
    // Compressed values in base64 are a part of the text, however it is stored.
    if (named.archive === 'count' && !archives.includes('base64')) {
      coverage.skip('archive-closed');
      onOutcome?.('skipped');
      return findings;
    }
    return await withEntries(findings, { archive: whole, archives, before, outermost });
  };

  /** The findings in an archive as a file, and those in its entries. */
  const withEntries = async (
    findings: readonly Finding[],
    { archive, archives, before, outermost }: Unpacking,
  ): Promise<Finding[]> => {
    const unpacked: Finding[] = [];
    for (const kind of archives) {
      const found = await scanEntries(archive, kind, outermost);
      let kept: readonly Finding[] = found;
      if (kind === 'git pack' || kind === 'git bundle') kept = firstOnes(found, inOneFile);
      // The document itself has the true positions of what is in one piece.
      if (kind === 'office text') kept = firstOnes(found, bySecret, findings);
      for (const finding of kept) unpacked.push(finding);
    }
    const old = new Set<string>();
    for (const then of unpacked.length === 0 ? [] : before)
      for (const kind of archives.filter((each) => typeof each === 'string'))
        for (const { secretFingerprint } of await quiet().scanEntries(then(), kind, outermost))
          old.add(secretFingerprint);
    const inside = without(unpacked, old, { kind: 'not-new' });
    // Stored (uncompressed) entries are found twice: in the archive as a file, and unpacked.
    const twice = new Set(inside.map(bySecret));
    const inNames = findings.filter(({ artifact }) => artifact.kind === 'file-name');
    const outside = findings.filter(({ artifact }) => artifact.kind !== 'file-name');
    return [...inNames, ...without(outside, twice, { kind: 'archive-entry' }), ...inside];
  };

  /** The first finding of each key, if no finding `before` has it. */
  const firstOnes = (
    findings: readonly Finding[],
    keyOf: (finding: Finding) => string,
    before: readonly Finding[] = [],
  ): readonly Finding[] => {
    const seen = new Map(before.map((finding) => [keyOf(finding), finding]));
    return findings.filter((finding) => {
      const first = seen.get(keyOf(finding));
      if (first === undefined) seen.set(keyOf(finding), finding);
      else if (onDrop !== undefined) {
        const { artifact, regions } = first;
        dropFinding(onDrop, finding, { kind: 'same-secret', uri: artifact.uri, region: regions[0] });
      }
      return first === undefined;
    });
  };

  /** Findings without certain secrets. */
  const without = (findings: readonly Finding[], secrets: ReadonlySet<string>, reason: DropReason): Finding[] => {
    const kept = findings.filter(({ secretFingerprint }) => !secrets.has(secretFingerprint));
    if (onDrop !== undefined)
      for (const finding of findings) if (!kept.includes(finding)) dropFinding(onDrop, finding, reason);
    return kept;
  };

  const reportLeftOut = (
    before: readonly Candidate[],
    after: readonly Candidate[],
    artifact: Artifact,
    reason: DropReason,
  ): void => {
    if (onDrop === undefined) return;
    for (const candidate of before) if (!after.includes(candidate)) onDrop({ ...dropOf(candidate, reason), artifact });
  };

  return { scanWhole, scanEntries };
}

const bySecret = ({ secretFingerprint }: Finding): string => secretFingerprint;

/** Of a packed object, in the name of its entry. */
const OBJECT_ID = /(?<=!\/[a-z]+\/)[0-9a-f]+/;
/** The objects of a pack are versions of files: what stays in a file is listed once. */
const inOneFile = ({ secretFingerprint, artifact }: Finding): string =>
  `${secretFingerprint} ${artifact.uri.replace(OBJECT_ID, '')}`;

function isNamedByUser({ artifact, file }: Input): boolean {
  return file?.explicit === true || (artifact.kind === 'stdin' && artifact.entries === undefined);
}

interface Unpacking {
  readonly archive: Input;
  readonly archives: readonly ArchiveKind[];
  readonly before: NonNullable<Input['before']>;
  readonly outermost: Outermost | undefined;
}

/** A secret in a file's name is a finding of its own, and appears in no output, not even as the name of the file. */
function cleanName(input: Input, { mayContainSecret, redact }: Redactor): { named: Input; inName: Input | undefined } {
  // Path and entries are the name too.
  const { path: _path, entries: _entries, ...rest } = input.artifact;
  const { kind, uri } = rest;
  if (!mayContainSecret(uri)) return { named: input, inName: undefined };
  const artifact: Artifact = { ...rest, uri: redact(uri) };
  if (artifact.uri === uri) return { named: input, inName: undefined };
  return {
    named: { ...input, artifact, open: () => input.open() },
    inName:
      (input.name ?? (kind === 'file' ? 'scan' : 'ignore')) === 'ignore'
        ? undefined
        : memoryInput(Buffer.from(uri, 'utf8'), { ...withoutBlob(artifact), kind: 'file-name' }),
  };
}

/** The name of a section is text of the log, and may contain a secret. */
function withSafeSections(candidates: readonly Candidate[], { redact }: Redactor): readonly Candidate[] {
  return candidates.map((candidate) => {
    const { log } = candidate.region;
    if (log?.section === undefined) return candidate;
    return { ...candidate, region: { ...candidate.region, log: { ...log, section: redact(log.section) } } };
  });
}

/** The name of a file is not in its git object. */
function withoutBlob({ blob: _blob, ...artifact }: Artifact): Artifact {
  return artifact;
}
