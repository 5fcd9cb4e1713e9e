/** Reads a report written by `--format json`. Every value is checked. It contains no secrets. */

import * as v from 'valibot';
import { defined } from '../../lib/defined.ts';
import { isRecord } from '../../lib/is-record.ts';
import { problemText } from '../../lib/problem-text.ts';
import { HINTS } from '../../model/candidate.ts';
import { GlaiveError } from '../../model/errors.ts';
import type { Finding } from '../../model/finding.ts';
import { type Gap, SKIP_REASONS, type SkipReason } from '../../model/gap.ts';
import type { ComparedWith, Counts, Report, SweptProject } from '../../model/report.ts';
import type { Rule } from '../../model/rule.ts';
import { CONFIDENCES } from '../../model/confidence.ts';
import { Secret } from '../../model/secret.ts';
import { RISKS, SEVERITIES } from '../../model/severity.ts';
import { cut } from '../../lib/cut.ts';

/** Texts are truncated to the maximum of genuine reports: a crafted one may contain anything. */
const textOf = (max: number) =>
  v.pipe(
    v.string(),
    v.transform((text) => cut(text, max)),
  );
const words = textOf(2000);
const sentences = textOf(20_000);
/** Paths and URIs must not be truncated: longer ones are refused. */
const place = v.pipe(v.string(), v.maxLength(70_000));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const isTrue = v.literal(true);
const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const objectId = v.pipe(v.string(), v.regex(/^[0-9a-f]{40,64}$/));
const url = v.pipe(v.string(), v.maxLength(8000), v.regex(/^https?:\/\/[^\s"'<>\\]+$/));
const ruleId = v.pipe(v.string(), v.minLength(1), v.maxLength(2000));
/** Newer versions may add kinds. */
const kind = v.pipe(v.string(), v.regex(/^[a-z][a-z-]{0,40}$/));
/** A date or time in the notation of commits and servers. */
const date = textOf(60);

const region = v.object({
  startLine: count,
  startColumn: count,
  endLine: count,
  endColumn: count,
  byteOffset: count,
  byteLength: count,
  log: v.optional(v.object({ section: v.optional(words), time: v.optional(date) })),
});

const job = v.object({ server: place, project: words, id: v.pipe(v.string(), v.regex(/^\d{1,20}$/)) });

const project = { id: v.optional(count), path: v.optional(words), url: v.optional(words) };
const coverage = v.picklist(['disk', 'advertised-refs']);

const verification = v.object({
  host: v.optional(words),
  checkedAt: date,
  id: v.optional(words),
  project: v.optional(words),
  name: v.optional(words),
  scopes: v.optional(v.array(words)),
  owner: v.optional(
    v.object({ kind: words, name: v.optional(words), id: v.optional(words), isAdmin: v.optional(isTrue) }),
  ),
  createdAt: v.optional(date),
  expiresAt: v.optional(date),
  lastUsedAt: v.optional(date),
  lastUsedIps: v.optional(v.array(words)),
  reach: v.optional(v.object({ groups: count, projects: count, isAtLeast: v.boolean() })),
  notes: v.optional(v.array(sentences), []),
});

const facts = v.object({
  cell: v.optional(words),
  organization: v.optional(words),
  group: v.optional(words),
  project: v.optional(words),
  user: v.optional(words),
  job: v.optional(words),
  runnerType: v.optional(v.picklist(['instance', 'group', 'project'])),
  issuer: v.optional(words),
  expiresAt: v.optional(date),
  keyType: v.optional(words),
  keyFingerprint: v.optional(words),
  keyEncrypted: v.optional(isTrue),
});

const finding = v.object({
  ruleId,
  form: words,
  confidence: v.picklist(CONFIDENCES),
  severity: v.picklist(SEVERITIES),
  tokenStatus: v.picklist(['active', 'inactive', 'unknown']),
  tokenStatusReason: v.optional(words),
  verification: v.optional(verification),
  secretFingerprint: sha256,
  fingerprint: sha256,
  artifact: v.object({ kind, uri: place }),
  regions: v.pipe(v.array(region), v.minLength(1)),
  preview: words,
  excerpt: v.optional(v.object({ text: words, markStart: count, markEnd: count })),
  facts,
  hints: v.optional(v.array(v.object({ kind: v.picklist(HINTS), value: words, region }))),
  touched: v.optional(isTrue),
  locator: v.object({
    kind,
    path: v.optional(place),
    blob: v.optional(objectId),
    commit: v.optional(objectId),
    entries: v.optional(v.array(place)),
    job: v.optional(job),
    byteOffset: count,
    byteLength: count,
    encodings: v.array(words),
  }),
  introduction: v.optional(
    v.object({
      commit: objectId,
      author: v.optional(words),
      date: v.optional(date),
      uri: place,
      startLine: count,
      introductions: v.optional(count),
      atOrBefore: v.optional(isTrue),
    }),
  ),
  removedLater: v.optional(isTrue),
  history: v.optional(
    v.object({
      reachable: v.boolean(),
      refs: v.array(words),
      refCount: count,
      inHead: v.boolean(),
      removed: v.optional(v.object({ commit: objectId, date: v.optional(date) })),
    }),
  ),
  job: v.optional(v.object({ ...job.entries, name: v.optional(words), ref: v.optional(words), url })),
  project: v.optional(v.object(project)),
  suppressions: v.array(
    v.object({
      kind: v.picklist(['inSource', 'external']),
      // Absent in reports of version 1.0.
      by: v.optional(v.picklist(['inline', 'allow', 'baseline', 'moved']), 'allow'),
      justification: sentences,
      addedByChange: v.optional(isTrue),
      status: v.optional(v.literal('rejected')),
    }),
  ),
});

const rule = v.object({
  id: ruleId,
  family: words,
  name: words,
  description: sentences,
  impact: sentences,
  owner: words,
  lifetime: words,
  risk: v.picklist(RISKS),
  revoke: v.pipe(v.array(sentences), v.minLength(1)),
  references: v.array(url),
});

const schema = v.object({
  version: v.pipe(
    v.string(),
    v.regex(/^1\.\d{1,4}$/, ({ received }) => `must be 1.x, not ${received}`),
  ),
  tool: v.object({ name: v.literal('glaive'), version: words }),
  scan: v.object({
    command: kind,
    startTime: date,
    endTime: date,
    commit: v.optional(objectId),
    ref: v.optional(words),
    repository: v.optional(words),
    project: v.optional(v.object({ ...project, coverage, tip: v.optional(objectId) })),
    comparedWith: v.optional(
      v.object({
        range: words,
        tip: objectId,
        bases: v.array(v.object({ commit: objectId, ref: v.optional(words), chosen: words })),
      }),
    ),
  }),
  counts: v.object({
    artifacts: count,
    bytes: count,
    belowConfidence: count,
    suppressed: v.optional(count, 0),
    masked: v.optional(count),
    known: v.optional(count),
    filtered: v.optional(count),
    unopened: v.optional(v.record(v.pipe(v.string(), v.maxLength(60)), count)),
    skips: v.optional(
      v.object(v.entriesFromList(Object.keys(SKIP_REASONS) as SkipReason[], v.optional(count))), // its keys are reasons
      {},
    ),
  }),
  rules: v.array(rule),
  findings: v.array(v.unknown()),
  gaps: v.array(
    v.object({
      kind,
      message: sentences,
      uri: v.optional(place),
      hint: v.optional(sentences),
      count: v.optional(v.pipe(count, v.minValue(2))),
    }),
  ),
  notes: v.optional(v.array(sentences)),
});

/** Whether it claims to be a report of glaive, of any version. */
export function isGlaiveReport(value: unknown): boolean {
  return isRecord(value) && isRecord(value['tool']) && value['tool']['name'] === 'glaive' && 'findings' in value;
}

/**
 * @param value is consumed: findings are released once converted, because a report may be very large
 * @param name its name in messages
 * @throws GlaiveError (`usage`) with the place of the first error
 */
export function readGlaive(value: unknown, name: string): Report {
  const checked = <T extends v.GenericSchema>(schemaOf: T, part: unknown, at?: string): v.InferOutput<T> => {
    const result = v.safeParse(schemaOf, part, { abortEarly: true });
    if (result.success) return result.output;
    const path = [at, v.getDotPath(result.issues[0])].filter((each) => typeof each === 'string').join('.');
    throw refusal(name, `${path === '' ? 'it' : path} ${problemText(result.issues[0], [])}`);
  };
  const { scan, counts, rules, findings: listed, gaps, notes = [], tool } = checked(schema, value);
  if (isRecord(value)) delete value['findings'];
  const [startTime, endTime] = [new Date(scan.startTime), new Date(scan.endTime)];
  if (Number.isNaN(startTime.getTime()) || Number.isNaN(endTime.getTime()))
    throw refusal(name, 'scan.startTime or scan.endTime is not a valid time');
  const known = new Set(rules.map(({ id }) => id));
  const findings = listed as (object | undefined)[];
  const read = listed.map((plain, index) => {
    findings[index] = undefined;
    const one = checked(finding, plain, `findings.${index}`);
    if (!known.has(one.ruleId)) throw refusal(name, `findings.${index}.ruleId is not one of its rules`);
    return toFinding(one);
  });
  // The shapes were checked above; unknown kinds of newer versions are shown unchanged.
  return {
    tool: { name: 'glaive', version: tool.version },
    command: scan.command,
    rules: rules.map((one): Rule => ({ ...one, forms: [], routable: [], assigned: [] })),
    findings: read,
    gaps: gaps as Gap[],
    notes,
    counts: counts as Counts, // without undefined values
    ...defined({
      commit: scan.commit,
      ref: scan.ref,
      repository: scan.repository,
      project: scan.project as SweptProject | undefined,
      comparedWith: scan.comparedWith as ComparedWith | undefined,
    }),
    startTime,
    endTime,
  };
}

export function refusal(name: string, why: string): GlaiveError {
  return new GlaiveError('usage', `${name} is not a report of glaive: ${why}`, {
    hint: 'Create one: glaive scan --format json --output report.json',
  });
}

function toFinding(plain: v.InferOutput<typeof finding>): Finding {
  const { tokenStatus, tokenStatusReason, job: printedBy, artifact, locator, ...rest } = plain;
  return {
    ...rest,
    tokenStatus:
      tokenStatus === 'active'
        ? { state: 'active' }
        : { state: tokenStatus, reason: tokenStatusReason ?? 'not checked' },
    artifact: {
      ...artifact,
      ...defined({
        path: locator.path,
        blob: locator.blob,
        entries: locator.entries,
        commit: locator.commit,
        job: printedBy && { ...printedBy, url: printedBy.url.replace(/#L\d+$/, '') },
      }),
    },
    locator,
    secret: new Secret(''),
  } as unknown as Finding; // checked by the schema
}
