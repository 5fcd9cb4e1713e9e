/** SARIF 2.1.0 of any tool. For glaive's own, the properties hold more details. */

import { isRecord } from '../../lib/is-record.ts';
import { CONFIDENCES } from '../../model/confidence.ts';
import type { Finding } from '../../model/finding.ts';
import type { Gap } from '../../model/gap.ts';
import { compareText } from '../../model/order.ts';
import type { Report } from '../../model/report.ts';
import { addressOf, countOf, type ForeignFinding, foreignReport, placeOf, textOf } from './foreign.ts';

export function isSarif(value: unknown): boolean {
  return isRecord(value) && Array.isArray(value['runs']) && String(value['version']).startsWith('2.1');
}

export function readSarif(value: unknown, now: Date): Report[] {
  const runs = isRecord(value) && Array.isArray(value['runs']) ? value['runs'].filter(isRecord) : [];
  return runs.map((run) => readRun(run, now));
}

type Json = Readonly<Record<string, unknown>>;

const objectIn = (value: Json, key: string): Json => {
  const inner = value[key];
  return isRecord(inner) ? inner : {};
};
const listIn = (value: Json, key: string): Json[] => {
  const inner = value[key];
  return (Array.isArray(inner) ? inner : []).filter(isRecord);
};

function readRun(run: Json, now: Date): Report {
  const driver = objectIn(objectIn(run, 'tool'), 'driver');
  const name = (textOf(driver['name'], 40) ?? 'sarif').toLowerCase().replace(/[^a-z0-9-]+/g, '-');
  const tool = { name, home: addressOf(driver['informationUri']) ?? 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/' };
  const rules = new Map(listIn(driver, 'rules').map((rule) => [textOf(rule['id']), rule]));
  const results = listIn(run, 'results').filter((result) => !isSuppressed(result));
  const report = foreignReport(
    tool,
    results.map((result) => toForeign(result, rules)),
    now,
  );
  const gaps = listIn(run, 'invocations').flatMap(gapsOf);
  const isOwn = name === 'glaive';
  return {
    ...report,
    gaps,
    ...(isOwn ? { rules: report.rules.map((rule) => ({ ...rule, id: rule.id.replace(/^glaive\./, '') })) } : {}),
    findings: report.findings.map((finding, index) => (isOwn ? withOwnProperties(finding, results[index]!) : finding)),
  }; // one result for each finding
}

/** A failed run is not clean, even without a message. */
function gapsOf(invocation: Json): Gap[] {
  const errors = listIn(invocation, 'toolExecutionNotifications').filter(({ level }) => level === 'error');
  if (errors.length === 0 && invocation['executionSuccessful'] === false) return [toGap({})];
  return errors.map(toGap);
}

function toForeign(result: Json, rules: ReadonlyMap<string | undefined, Json>): ForeignFinding {
  const rule = textOf(result['ruleId']) ?? 'rule';
  const [location = {}] = listIn(result, 'locations');
  const physical = objectIn(location, 'physicalLocation');
  const region = objectIn(physical, 'region');
  const prints = Object.entries(objectIn(result, 'partialFingerprints')).toSorted(([a], [b]) => compareText(a, b));
  return {
    rule,
    description: textOf(objectIn(rules.get(rule) ?? {}, 'shortDescription')['text']),
    uri: decoded(placeOf(objectIn(physical, 'artifactLocation')['uri']) ?? ''),
    startLine: countOf(region['startLine']),
    endLine: countOf(region['endLine']),
    startColumn: countOf(region['startColumn']),
    endColumn: countOf(region['endColumn']),
    identity: textOf(prints[0]?.[1]),
  };
}

/** Adds the properties that glaive wrote itself. */
function withOwnProperties(finding: Finding, result: Json): Finding {
  const properties = objectIn(result, 'properties');
  const confidence = CONFIDENCES.find((one) => one === properties['confidence']);
  const secretFingerprint = textOf(properties['secretFingerprint']);
  const fingerprint = textOf(objectIn(result, 'partialFingerprints')['glaive/v1']);
  const isHash = (text: string | undefined): text is string => text !== undefined && /^[0-9a-f]{64}$/.test(text);
  return {
    ...finding,
    ruleId: finding.ruleId.replace(/^glaive\./, ''),
    ...(confidence === undefined ? {} : { confidence }),
    ...(isHash(secretFingerprint) ? { secretFingerprint } : {}),
    ...(isHash(fingerprint) ? { fingerprint } : {}),
    ...(properties['tokenStatus'] === 'active' ? { tokenStatus: { state: 'active' as const } } : {}),
  };
}

function isSuppressed(result: Json): boolean {
  const suppressions = listIn(result, 'suppressions');
  return suppressions.length > 0 && suppressions.every(({ status = 'accepted' }) => status === 'accepted');
}

function toGap(notification: Json): Gap {
  return {
    kind: 'unreadable',
    message: textOf(objectIn(notification, 'message')['text']) ?? 'something could not be scanned',
  };
}

function decoded(uri: string): string {
  try {
    return decodeURIComponent(uri.replace(/^file:\/\//, ''));
  } catch {
    return uri;
  }
}
