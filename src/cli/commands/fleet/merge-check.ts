/** `glaive fleet merge --verify`: reads credentials again where they were found, and asks their issuers. No credential is kept. */

import { existsSync } from 'node:fs';
import type { Checked } from '../../../fleet/merge/fold-finding.ts';
import { readIndex } from '../../../fleet/merge/fold.ts';
import { type FindingRow, identityOf } from '../../../fleet/merge/rows.ts';
import type { Plan } from '../../../fleet/plan.ts';
import { mirrorPath } from '../../../fleet/store.ts';
import { VERSION } from '../../../generated/package.ts';
import { defined } from '../../../lib/defined.ts';
import { plural } from '../../../lib/format-amounts.ts';
import { GlaiveError, throwIfInterrupted } from '../../../model/errors.ts';
import type { Finding } from '../../../model/finding.ts';
import type { Report } from '../../../model/report.ts';
import { Secret } from '../../../model/secret.ts';
import type { Verdict } from '../../../model/verification.ts';
import { rereadReport } from '../../read-report.ts';
import { openVerifyStage } from '../../servers/verification.ts';
import type { FleetCall } from './call.ts';
import { configOf, historyArgs } from './history-args.ts';

export interface CheckedFindings {
  /** By key and identity. */
  readonly responses: ReadonlyMap<string, Checked>;
  /** Sentences. */
  readonly gaps: readonly string[];
}

/** Asks about each secret once, wherever it is. @throws GlaiveError if no server is named */
export async function checkFindings({ store, args, io }: FleetCall, plan: Plan): Promise<CheckedFindings> {
  const stage = await openVerifyStage(args, io, io.signal);
  // With the rules of the plan, and nothing of the repositories' own.
  const asPlanned = historyArgs(plan.head, await configOf(store, plan.head), args);
  const folders = new Map(plan.items.map(({ key, dir }) => [key, dir ?? mirrorPath(store, key)]));
  const bySecret = new Map<string, Checked>();
  const places = new Map<string, string[]>();
  const unread = new Set<string>();
  let unanswered = 0;
  for (const { row, findings } of readIndex(store)) {
    throwIfInterrupted(io.signal);
    const wanted = findings.filter((each) => each.isAccepted !== true && each.status !== 'fixed');
    for (const each of wanted) {
      const list = places.get(each.secretFingerprint) ?? [];
      list.push(`${each.key} ${identityOf(each)}`);
      places.set(each.secretFingerprint, list);
    }
    const unasked = wanted.filter(({ secretFingerprint }) => !bySecret.has(secretFingerprint));
    const folder = folders.get(row.key);
    if (unasked.length === 0) continue;
    if (folder === undefined || !existsSync(folder)) {
      for (const { secretFingerprint } of unasked) unread.add(secretFingerprint);
      continue;
    }
    try {
      const reread = await rereadReport(reportOf(unasked, io.clock()), asPlanned, { ...io, cwd: folder });
      for (const fingerprint of reread.gone) unread.add(fingerprint);
      const { verdicts, gaps } = await stage.verify(reread.findings);
      unanswered += gaps.length;
      for (const [secret, verdict] of verdicts) {
        unread.delete(secret);
        bySecret.set(secret, checkedOf(verdict));
      }
    } catch (error) {
      // A repository that cannot be read is no reason to ask about no other.
      if (!(error instanceof GlaiveError) || error.code === 'interrupted') throw error;
      for (const { secretFingerprint } of unasked) unread.add(secretFingerprint);
    }
  }
  const responses = new Map<string, Checked>();
  for (const [secret, checked] of bySecret)
    for (const place of places.get(secret) ?? []) if (checked.tokenStatus !== 'unknown') responses.set(place, checked);
  const left = [...unread].filter((secret) => !bySecret.has(secret)).length;
  return {
    responses,
    gaps: [
      ...(left === 0 ? [] : [`${plural(left, 'secret')} could not be read again, and no issuer was asked`]),
      ...(unanswered === 0 ? [] : [`${plural(unanswered, 'check')} had no clear answer`]),
    ],
  };
}

function checkedOf({ status, verification }: Verdict): Checked {
  return {
    tokenStatus: status.state,
    ...(status.state === 'active' ? {} : { tokenStatusReason: status.reason }),
    checkedAt: verification.checkedAt,
  };
}

/** A report of what is to be read again; it has no secrets. */
function reportOf(rows: readonly FindingRow[], now: Date): Report {
  return {
    tool: { name: 'glaive', version: VERSION },
    command: 'history',
    rules: [],
    findings: rows.map(findingOf),
    gaps: [],
    notes: [],
    counts: { artifacts: 0, bytes: 0, belowConfidence: 0, suppressed: 0, skips: {} },
    startTime: now,
    endTime: now,
  };
}

function findingOf(row: FindingRow): Finding {
  const { locator, line, uri, kind } = row;
  const { byteOffset, byteLength } = locator;
  return {
    ruleId: row.ruleId,
    form: '',
    confidence: row.confidence,
    severity: row.severity,
    tokenStatus: { state: 'unknown', reason: 'not checked' },
    artifact: {
      kind,
      uri,
      ...defined({ path: locator.path, blob: locator.blob, commit: locator.commit, entries: locator.entries }),
    },
    regions: [{ startLine: line, startColumn: 1, endLine: line, endColumn: 1, byteOffset, byteLength }],
    secret: new Secret(''),
    preview: row.preview,
    secretFingerprint: row.secretFingerprint,
    fingerprint: row.fingerprint,
    facts: {},
    locator,
    suppressions: [],
  } as Finding; // kinds that a later version has added are read as objects
}
