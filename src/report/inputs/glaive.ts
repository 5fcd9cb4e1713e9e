/** Reads a report that `--format json` has written. What it says is checked; a secret is not in it. */

import * as v from 'valibot';
import { isObject } from '../../lib/is-object.ts';
import { GlaiveError } from '../../model/errors.ts';
import type { Finding } from '../../model/finding.ts';
import type { Gap } from '../../model/gap.ts';
import type { Report } from '../../model/report.ts';
import type { Rule } from '../../model/rule.ts';
import { CONFIDENCES } from '../../model/confidence.ts';
import { Secret } from '../../model/secret.ts';
import { RISKS, SEVERITIES } from '../../model/severity.ts';

const text = v.string();
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const sha256 = v.pipe(text, v.regex(/^[0-9a-f]{64}$/));

const region = v.looseObject({
  startLine: count,
  startColumn: count,
  endLine: count,
  endColumn: count,
  byteOffset: count,
  byteLength: count,
});

const job = v.looseObject({ server: text, project: text, id: v.pipe(text, v.regex(/^\d{1,20}$/)) });

const finding = v.looseObject({
  ruleId: text,
  form: text,
  confidence: v.picklist(CONFIDENCES),
  severity: v.picklist(SEVERITIES),
  tokenStatus: v.picklist(['active', 'inactive', 'unknown']),
  tokenStatusReason: v.optional(text),
  secretFingerprint: sha256,
  fingerprint: sha256,
  artifact: v.looseObject({ kind: text, uri: text }),
  regions: v.pipe(v.array(region), v.minLength(1)),
  preview: text,
  excerpt: v.optional(v.looseObject({ text, markStart: count, markEnd: count })),
  facts: v.record(v.string(), v.union([text, v.boolean()])),
  hints: v.optional(
    v.array(v.looseObject({ kind: v.picklist(['host', 'project', 'user', 'application']), value: text, region })),
  ),
  touched: v.optional(v.literal(true)),
  locator: v.looseObject({
    kind: text,
    path: v.optional(text),
    blob: v.optional(v.pipe(text, v.regex(/^[0-9a-f]{40,64}$/))),
    commit: v.optional(v.pipe(text, v.regex(/^[0-9a-f]{40,64}$/))),
    entries: v.optional(v.array(text)),
    job: v.optional(job),
    byteOffset: count,
    byteLength: count,
    encodings: v.array(text),
  }),
  introduction: v.optional(v.looseObject({ commit: text, uri: text, startLine: count })),
  history: v.optional(
    v.looseObject({ reachable: v.boolean(), refs: v.array(text), refCount: count, inHead: v.boolean() }),
  ),
  job: v.optional(v.looseObject({ ...job.entries, url: text })),
  suppressions: v.array(v.looseObject({ kind: text, justification: text })),
});

const rule = v.looseObject({
  id: text,
  family: text,
  name: text,
  description: text,
  impact: text,
  owner: text,
  lifetime: text,
  risk: v.picklist(RISKS),
  revoke: v.array(text),
  references: v.array(text),
});

const schema = v.looseObject({
  version: v.pipe(text, v.regex(/^1\.\d{1,4}$/)),
  tool: v.looseObject({ name: v.literal('glaive'), version: text }),
  scan: v.looseObject({ command: text, startTime: text, endTime: text, commit: v.optional(text) }),
  counts: v.looseObject({ artifacts: count, bytes: count, belowConfidence: count }),
  rules: v.array(rule),
  findings: v.array(finding),
  gaps: v.array(
    v.looseObject({
      kind: text,
      message: text,
      uri: v.optional(text),
      hint: v.optional(text),
      count: v.optional(v.pipe(count, v.minValue(2))),
    }),
  ),
  notes: v.optional(v.array(text)),
});

/** Whether it says that it is one, of whatever version. */
export function isGlaiveReport(value: unknown): boolean {
  return isObject(value) && isObject(value['tool']) && value['tool']['name'] === 'glaive' && 'findings' in value;
}

/**
 * @param name how messages call it
 * @throws GlaiveError (`usage`) that says where it is no report
 */
export function readGlaive(value: unknown, name: string): Report {
  const result = v.safeParse(schema, value);
  if (!result.success) throw refusal(name, `${v.getDotPath(result.issues[0]) ?? 'it'} is not what it should be`);
  const { scan, counts, rules, findings, gaps, notes = [], tool } = result.output;
  const [startTime, endTime] = [new Date(scan.startTime), new Date(scan.endTime)];
  if (Number.isNaN(startTime.getTime()) || Number.isNaN(endTime.getTime())) throw refusal(name, 'its times are none');
  // The shapes were checked above; kinds that this version does not know are shown as they are.
  return {
    tool: { name: 'glaive', version: tool.version },
    command: scan.command,
    rules: rules.map((one): Rule => ({ ...one, forms: [], routable: [] })),
    findings: findings.map(toFinding),
    gaps: gaps as Gap[],
    notes,
    counts: {
      skips: {},
      suppressed: 0,
      ...(counts as object),
      artifacts: counts.artifacts,
      bytes: counts.bytes,
      belowConfidence: counts.belowConfidence,
    },
    ...(scan.commit === undefined ? {} : { commit: scan.commit }),
    startTime,
    endTime,
  };
}

function refusal(name: string, why: string): GlaiveError {
  return new GlaiveError('usage', `${name} is no report of glaive: ${why}`, {
    hint: 'Make one: glaive scan --format json --output report.json',
  });
}

/** Whether it is the first line of a report in lines. */
export function isGlaiveLine(value: unknown): boolean {
  return isObject(value) && value['type'] === 'report';
}

/**
 * Reports as `jsonl` writes them, one after the other.
 *
 * @throws GlaiveError (`usage`) for one that ends early, or is none
 */
export function readGlaiveLines(lines: readonly unknown[], name: string): Report[] {
  const wholes: Record<string, unknown>[] = [];
  for (const [index, line] of lines.entries()) {
    const { type, ...value } = isObject(line) ? line : {};
    const whole = wholes.at(-1);
    const list = whole?.[LISTS[String(type)] ?? ''];
    if (type === 'report') wholes.push({ ...value, rules: [], findings: [], gaps: [], notes: [] });
    else if (Array.isArray(list)) list.push(type === 'note' ? value['message'] : value);
    else throw refusal(name, `its line ${index + 1} is none of a report`);
  }
  return wholes.map((whole) => {
    const report = readGlaive(whole, name);
    const { findings = 0, suppressed = 0, gaps = 0 } = whole['counts'] as Readonly<Record<string, number>>; // readGlaive has checked it
    if (report.findings.length !== findings + suppressed || report.gaps.length !== gaps)
      throw refusal(name, 'it ends before all of it is told');
    return report;
  });
}

/** Where a line of a type belongs. */
const LISTS: Readonly<Record<string, string>> = { rule: 'rules', finding: 'findings', gap: 'gaps', note: 'notes' };

function toFinding(plain: v.InferOutput<typeof finding>): Finding {
  const { tokenStatus, tokenStatusReason, message: _message, job: printedBy, artifact, locator, ...rest } = plain;
  return {
    ...rest,
    tokenStatus:
      tokenStatus === 'active'
        ? { state: 'active' }
        : { state: tokenStatus, reason: tokenStatusReason ?? 'not checked' },
    artifact: {
      ...artifact,
      ...(locator.path === undefined ? {} : { path: locator.path }),
      ...(locator.blob === undefined ? {} : { blob: locator.blob }),
      ...(locator.entries === undefined ? {} : { entries: locator.entries }),
      ...(locator.commit === undefined ? {} : { commit: locator.commit }),
      ...(printedBy === undefined ? {} : { job: { ...printedBy, url: printedBy.url.replace(/#L\d+$/, '') } }),
    },
    locator,
    secret: new Secret(''),
  } as unknown as Finding; // checked by the schema
}
