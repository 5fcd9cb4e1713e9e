/** Stores of a fleet made by hand: what workers leave, without the work. */

import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Attempt } from '../../src/fleet/attempt.ts';
import { type Plan, type PlanItem, writePlan } from '../../src/fleet/plan.ts';
import { attemptPath, reportPath, statePath } from '../../src/fleet/store.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

export const keyOf = (name: string): string => sha256(name).slice(0, 24);

/** @param items paths, or whole items */
export async function makePlan(
  store: string,
  id: string,
  at: string,
  items: readonly (string | Partial<PlanItem>)[],
): Promise<Plan> {
  const plan: Plan = {
    head: {
      glaive: 'fleet-plan',
      version: 1,
      id,
      at,
      detection: '0'.repeat(64),
      options: { archives: false },
      source: { kind: 'list' },
      items: items.length,
    },
    items: items.map((item) =>
      typeof item === 'string' ? { key: keyOf(item), path: item } : { key: keyOf(item.path!), ...item },
    ),
  };
  await writePlan(store, plan);
  return plan;
}

export interface MadeFinding {
  /** The name of the secret; equal names are equal secrets. */
  readonly secret: string;
  readonly uri?: string;
  readonly inHead?: boolean;
  readonly tokenStatus?: 'active' | 'inactive';
  readonly checkedAt?: string;
  readonly accepted?: true;
  readonly rule?: string;
  readonly risk?: 'write' | 'read' | 'short-lived' | 'public';
  readonly severity?: 'info' | 'low' | 'medium' | 'high' | 'critical';
  readonly confidence?: 'likely' | 'certain' | 'proven';
  readonly blob?: string;
  readonly date?: string;
}

export interface MadeReport {
  readonly at: string;
  readonly findings?: readonly MadeFinding[];
  /** What is still there of earlier sweeps. */
  readonly known?: readonly MadeFinding[];
  readonly gaps?: readonly string[];
}

const uriOf = ({ uri, secret }: MadeFinding): string => uri ?? `config/${secret}.env`;

export function reportText({ at, findings = [], known, gaps = [] }: MadeReport): string {
  const rules = [...new Set(findings.map(({ rule = 'gitlab_personal_access_token' }) => rule))];
  return JSON.stringify({
    version: '1.9',
    tool: { name: 'glaive', version: '0.1.0' },
    scan: {
      command: 'history',
      startTime: at,
      endTime: at,
      complete: gaps.length === 0,
      project: { coverage: 'disk', tip: '1'.repeat(40) },
    },
    counts: {
      artifacts: 3,
      bytes: 100,
      findings: findings.length,
      suppressed: 0,
      belowConfidence: 0,
      gaps: gaps.length,
      skips: {},
      ...(known === undefined || known.length === 0 ? {} : { known: known.length }),
    },
    rules: rules.map((id) => ({
      id,
      family: 'gitlab',
      name: id.replaceAll('_', ' '),
      description: 'A token.',
      impact: 'All.',
      owner: 'a user',
      lifetime: 'long',
      risk: findings.find((each) => (each.rule ?? 'gitlab_personal_access_token') === id)?.risk ?? 'write',
      revoke: ['Revoke it.'],
      references: [],
    })),
    findings: findings.map((each) => {
      const secretFingerprint = sha256(each.secret);
      const uri = uriOf(each);
      return {
        ruleId: each.rule ?? 'gitlab_personal_access_token',
        form: 'classic',
        message: 'A token.',
        confidence: each.confidence ?? 'certain',
        severity: each.severity ?? 'critical',
        tokenStatus: each.tokenStatus ?? 'unknown',
        tokenStatusReason: each.tokenStatus === 'inactive' ? 'revoked' : 'not checked',
        ...(each.checkedAt === undefined ? {} : { verification: { checkedAt: each.checkedAt, notes: [] } }),
        secretFingerprint,
        fingerprint: sha256(`${secretFingerprint} ${uri}`),
        artifact: { kind: 'file', uri },
        regions: [{ startLine: 3, startColumn: 1, endLine: 3, endColumn: 9, byteOffset: 20, byteLength: 26 }],
        preview: 'glpat-[MASKED]',
        facts: {},
        locator: {
          kind: 'blob',
          path: uri,
          blob: each.blob ?? 'b'.repeat(40),
          byteOffset: 20,
          byteLength: 26,
          encodings: [],
        },
        introduction: {
          commit: 'c'.repeat(40),
          author: 'A <a@example.com>',
          date: each.date ?? '2026-01-02T03:04:05Z',
          uri,
          startLine: 3,
        },
        history: { reachable: true, refs: ['refs/heads/main'], refCount: 1, inHead: each.inHead ?? true },
        suppressions: each.accepted === true ? [{ kind: 'external', by: 'allow', justification: 'a fixture' }] : [],
      };
    }),
    ...(known === undefined
      ? {}
      : { known: known.map((each) => ({ secretFingerprint: sha256(each.secret), kind: 'file', uri: uriOf(each) })) }),
    gaps: gaps.map((message) => ({ kind: 'unreadable', message })),
    notes: [],
  });
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

export function makeReport(
  store: string,
  name: string,
  [generation, copy]: [number, number?],
  report: MadeReport,
): void {
  write(reportPath(store, keyOf(name), generation, copy), reportText(report));
}

export function makeState(store: string, name: string, generation: number): void {
  write(statePath(store, keyOf(name), generation), '');
}

export function makeAttempt(store: string, plan: string, name: string, attempt: Partial<Attempt>): void {
  const whole: Attempt = {
    try: 1,
    outcome: 'whole',
    seconds: 1,
    at: '2026-11-01T01:00:00.000Z',
    worker: 'host:1',
    ...attempt,
  };
  write(attemptPath(store, plan, keyOf(name)), JSON.stringify(whole));
}

export interface Night {
  readonly plan: string;
  readonly at: string;
}

/** One whole sweep of a repository, as a worker leaves it. */
export function sweep(
  store: string,
  { plan, at }: Night,
  name: string,
  generation: number,
  report: Omit<MadeReport, 'at'> = {},
): void {
  makeReport(store, name, [generation], { at, ...report });
  makeState(store, name, generation + 1);
  makeAttempt(store, plan, name, {
    at,
    generation: generation + 1,
    outcome: (report.gaps ?? []).length > 0 ? 'gaps' : 'whole',
  });
}
