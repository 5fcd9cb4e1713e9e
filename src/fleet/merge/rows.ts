/**
 * The lines of the index: one for each repository, and one for each finding of a repository. Both files are sorted by key, so a merge
 * reads and writes them side by side and never holds them whole. `docs/formats.md` describes the columns.
 */

import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { crc32 } from '../../lib/crc32.ts';
import { CONFIDENCES } from '../../model/confidence.ts';
import { RISKS, SEVERITIES } from '../../model/severity.ts';
import { AttemptSchema } from '../attempt.ts';

/** What a plan says about a repository now: each one has exactly one of these. */
export const REPOSITORY_STATUSES = [
  'whole',
  /** Swept, and something in it could not be read. */
  'gaps',
  /** Tried, without a result. */
  'failed',
  /** Not tried, or its result is lost. */
  'missing',
  /** Nothing has changed since a whole sweep. */
  'unchanged',
  /** It has no repository, or nothing in it. */
  'nothing',
  /** In the index, and not in this plan. */
  'stale',
] as const;
export type RepositoryStatus = (typeof REPOSITORY_STATUSES)[number];

/** Those that make a sweep incomplete. */
export const BROKEN: ReadonlySet<RepositoryStatus> = new Set(['gaps', 'failed', 'missing']);
/** Those whose findings were not looked for again. */
export const UNREACHED: ReadonlySet<RepositoryStatus> = new Set(['failed', 'missing', 'stale']);

/** The first that applies. */
export const FINDING_STATUSES = [
  /** Its issuer says that it is revoked, expired or blocked. */
  'fixed',
  /** Its issuer says that it works. */
  'active',
  /** Its repository was not reached. */
  'stale',
  /** The object that held it is gone. */
  'no-longer-stored',
  /** First seen by this plan. */
  'new',
  /** HEAD did not hold it when it was found. That does not fix it. */
  'gone-from-head',
  'known',
] as const;
export type FindingStatus = (typeof FINDING_STATUSES)[number];

const Text = v.string();
const Whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const Hex = v.pipe(v.string(), v.regex(/^[0-9a-f]{40,64}$/));
const Key = v.pipe(v.string(), v.regex(/^[0-9a-f]{24}$/));

const ReportWord = v.pipe(v.string(), v.regex(/^\d{1,15}(?:\.\d{1,9})?$/));

export const RepositoryRowSchema = v.object({
  key: Key,
  /** Its path, else its folder or address. */
  name: Text,
  project: v.optional(Whole),
  web: v.optional(Text),
  isArchived: v.optional(v.boolean()),
  isPool: v.optional(v.boolean()),
  status: v.picklist(REPOSITORY_STATUSES),
  reason: v.optional(Text),
  /** The newest plan that has it. */
  plan: Text,
  outcome: v.optional(AttemptSchema.entries.outcome),
  tries: v.optional(Whole),
  /** When the last try ended. */
  at: v.optional(Text),
  seconds: v.optional(v.number()),
  cpu: v.optional(v.number()),
  rss: v.optional(v.number()),
  generation: v.optional(v.number()),
  coverage: v.optional(Text),
  tip: v.optional(Text),
  /** Gaps of the newest report. */
  gaps: v.optional(Whole),
  /** When the sweep of the newest report ended. */
  reportAt: v.optional(Text),
  /** When the last whole sweep ended. */
  lastWhole: v.optional(Text),
  /** Findings that are neither fixed, nor accepted, nor no longer stored; those among them that are new, and active. */
  open: Whole,
  new: Whole,
  active: Whole,
  /** The newest list of everything that it holds: what was last seen before `at` is no longer stored. */
  listing: v.optional(v.object({ generation: Whole, at: Text })),
  /** Lines of its findings, and a digest of them: if they differ, all reports are read again. */
  findings: Whole,
  digest: v.optional(Hex),
  /** The reports on disk that are folded in, as `GENERATION` or `GENERATION.COPY`. */
  folded: v.array(ReportWord),
  /** Those among them without findings. */
  empty: v.array(ReportWord),
});
export type RepositoryRow = v.InferOutput<typeof RepositoryRowSchema>;

export const FindingRowSchema = v.object({
  key: Key,
  /** The name of the repository. */
  name: Text,
  project: v.optional(Whole),
  fingerprint: Hex,
  /** The same for every place of the secret, in all repositories. */
  secretFingerprint: Hex,
  ruleId: Text,
  title: Text,
  risk: v.picklist(RISKS),
  severity: v.picklist(SEVERITIES),
  confidence: v.picklist(CONFIDENCES),
  status: v.picklist(FINDING_STATUSES),
  isNew: v.optional(v.literal(true)),
  isAccepted: v.optional(v.literal(true)),
  tokenStatus: v.picklist(['active', 'inactive', 'unknown']),
  tokenStatusReason: v.optional(Text),
  /** When its issuer was last asked. */
  checkedAt: v.optional(Text),
  firstSeen: Text,
  firstPlan: Text,
  lastSeen: Text,
  lastPlan: Text,
  /** The newest generation whose report has seen it. */
  lastGeneration: Whole,
  kind: Text,
  uri: Text,
  line: Whole,
  /** The public prefix, and a mask. */
  preview: Text,
  commit: v.optional(Hex),
  author: v.optional(Text),
  date: v.optional(Text),
  inHead: v.optional(v.boolean()),
  /** The time of the report that the values are from. */
  listedAt: Text,
  /** Where it can be read again. */
  locator: v.object({
    kind: Text,
    path: v.optional(Text),
    blob: v.optional(Hex),
    commit: v.optional(Hex),
    entries: v.optional(v.array(Text)),
    byteOffset: Whole,
    byteLength: Whole,
    encodings: v.array(Text),
  }),
});
export type FindingRow = v.InferOutput<typeof FindingRowSchema>;

const REPOSITORY_COLUMNS = Object.keys(RepositoryRowSchema.entries);
const FINDING_COLUMNS = Object.keys(FindingRowSchema.entries);

/** The lines: the columns are always in the same order, so equal rows are equal bytes. */
export function repositoryLine(row: RepositoryRow): string {
  return lineOf(row, REPOSITORY_COLUMNS);
}

export function findingLine(row: FindingRow): string {
  return lineOf(row, FINDING_COLUMNS);
}

/** With its checksum at the end, so that a damaged line is recognised. */
function lineOf(row: Readonly<Record<string, unknown>>, columns: readonly string[]): string {
  const text = JSON.stringify(Object.fromEntries(columns.map((column) => [column, row[column]])));
  return `${text.slice(0, -1)},"sum":"${sumOf(text)}"}`;
}

/** Undefined for a line that is not as it was written. */
export function parseLine(line: string): unknown {
  const [, body, sum] = /^(.*),"sum":"([0-9a-f]{8})"\}$/s.exec(line) ?? [];
  if (body === undefined || sumOf(`${body}}`) !== sum) return undefined;
  try {
    return JSON.parse(`${body}}`);
  } catch {
    return undefined;
  }
}

function sumOf(text: string): string {
  return crc32(Buffer.from(text)).toString(16).padStart(8, '0');
}

/** Of the lines of a repository's findings; undefined without any. */
export function digestOfLines(lines: readonly string[]): string | undefined {
  if (lines.length === 0) return undefined;
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}

/** Identifies a finding in its repository. */
export function identityOf({ fingerprint, kind }: Pick<FindingRow, 'fingerprint' | 'kind'>): string {
  return `${fingerprint} ${kind}`;
}

/** Whether it counts: not accepted, not fixed, and still stored. */
export function isOpen({ status, isAccepted }: Pick<FindingRow, 'status' | 'isAccepted'>): boolean {
  return isAccepted !== true && status !== 'fixed' && status !== 'no-longer-stored';
}
