/** The summary of a report, and its findings by secret, in the order in which people should deal with them. */

import { CONFIDENCES } from '../model/confidence.ts';
import { bySecret, type Finding } from '../model/finding.ts';
import { compareFindings, compareText } from '../model/order.ts';
import { activeFindings, type Report } from '../model/report.ts';
import { SEVERITIES, type Severity } from '../model/severity.ts';
import { isAccepted } from '../model/suppression.ts';
import type { Sort } from './format.ts';

/** One secret with all its findings, the worst first. */
export interface SecretGroup {
  readonly findings: readonly [Finding, ...Finding[]];
  /** Whether every finding of it is accepted. */
  readonly isAccepted: boolean;
  /** Whether HEAD holds it; undefined if the scan does not know. */
  readonly inHead: boolean | undefined;
}

/** What the first lines of a report say. All numbers leave out accepted findings. */
export interface Summary {
  readonly findings: number;
  readonly secrets: number;
  /** Files, messages, names, logs. */
  readonly places: number;
  /** Findings of each severity that has some, worst first. */
  readonly severities: readonly (readonly [severity: Severity, findings: number])[];
  /** Secrets by status; undefined if nothing was verified. */
  readonly status: { readonly active: number; readonly inactive: number; readonly unknown: number } | undefined;
  /** Secrets that are still in HEAD; undefined if the scan does not know. */
  readonly inHead: number | undefined;
  /** What to do first: at most three secrets that may still be active, worst first. */
  readonly first: readonly SecretGroup[];
}

const FIRST = 3;

export function summaryOf(report: Report): Summary {
  const findings = activeFindings(report);
  const groups = groupsOf(findings, 'severity');
  const counts = new Map<Severity, number>();
  for (const { severity } of findings) counts.set(severity, (counts.get(severity) ?? 0) + 1);
  const withState = (state: string): number => groups.filter((group) => statusOf(group) === state).length;
  return {
    findings: findings.length,
    secrets: groups.length,
    places: new Set(findings.map(({ artifact }) => artifact.uri)).size,
    severities: SEVERITIES.toReversed().flatMap((severity) => {
      const count = counts.get(severity);
      return count === undefined ? [] : [[severity, count] as const];
    }),
    status: findings.some(({ verification }) => verification !== undefined)
      ? { active: withState('active'), inactive: withState('inactive'), unknown: withState('unknown') }
      : undefined,
    inHead: groups.some(({ inHead }) => inHead !== undefined)
      ? groups.filter(({ inHead }) => inHead === true).length
      : undefined,
    first: groups.filter((group) => statusOf(group) !== 'inactive').slice(0, FIRST),
  };
}

/** The findings by secret, in an order for people. */
export function groupsOf(findings: readonly Finding[], sort: Sort): SecretGroup[] {
  const compare = ORDERS[sort];
  const groups = [...bySecret(findings).values()].map((group): SecretGroup => {
    const known = group.filter(({ history }) => history !== undefined);
    return {
      findings: group.toSorted(compare) as [Finding, ...Finding[]], // as many as before
      isAccepted: group.every(isAccepted),
      inHead: known.length === 0 ? undefined : known.some(({ history }) => history?.inHead === true),
    };
  });
  return groups.toSorted((a, b) => compare(a.findings[0], b.findings[0]));
}

/** The findings in an order for people. */
export function sorted(findings: readonly Finding[], sort: Sort): Finding[] {
  return findings.toSorted(ORDERS[sort]);
}

/** The status that matters most among the findings of a secret. */
export function statusOf({ findings }: Pick<SecretGroup, 'findings'>): Finding['tokenStatus']['state'] {
  const states = new Set(findings.map(({ tokenStatus }) => tokenStatus.state));
  return states.has('active') ? 'active' : states.has('unknown') ? 'unknown' : 'inactive';
}

const URGENCY: Readonly<Record<Finding['tokenStatus']['state'], number>> = { active: 2, unknown: 1, inactive: 0 };

const ORDERS: Readonly<Record<Sort, (a: Finding, b: Finding) => number>> = {
  severity: (a, b) =>
    Number(isAccepted(a)) - Number(isAccepted(b)) ||
    URGENCY[b.tokenStatus.state] - URGENCY[a.tokenStatus.state] ||
    SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) ||
    CONFIDENCES.indexOf(b.confidence) - CONFIDENCES.indexOf(a.confidence) ||
    // Anyone who reads the current files sees it.
    Number(b.history?.inHead === true) - Number(a.history?.inHead === true) ||
    compareFindings(a, b),
  path: compareFindings,
  date: (a, b) => compareText(timeOf(b), timeOf(a)) || compareFindings(a, b),
};

/** The time of introduction in UTC; empty, so last, if it is unknown. */
function timeOf({ introduction }: Finding): string {
  const time = Date.parse(introduction?.date ?? '');
  return Number.isNaN(time) ? '' : new Date(time).toISOString();
}
