/** Shows what will be done with each credential: what glaive will do first, then what only people can do, and the rest as numbers. */

import { plural } from '../../lib/format-amounts.ts';
import { printable } from '../../lib/printable.ts';
import { wrapText } from '../../lib/wrap.ts';
import type { Rule } from '../../model/rule.ts';
import { compareFindings } from '../../model/order.ts';
import { SEVERITIES } from '../../model/severity.ts';
import { checkedLines, statusText } from '../../report/messages.ts';
import type { Action, Step } from '../../credentials/remediation.ts';
import { revokePage } from '../servers/revoke-page.ts';

/** More steps that change nothing are only counted. */
const LISTED = 5;
/** Earlier kinds are shown first. */
const KINDS = ['possible', 'impossible', 'not-verified', 'already-inactive'] as const;
const DONE: Readonly<Record<Action, string>> = { revoke: 'revoked', rotate: 'rotated' };

export interface PlanView {
  readonly action: Action;
  readonly ruleOf: (step: Step) => Rule | undefined;
  /** The GitLab whose pages are named. */
  readonly server: string | undefined;
  /** Whether every step is shown in full. */
  readonly details: boolean;
  /** Columns to wrap at; absent: lines are not wrapped. */
  readonly width?: number | undefined;
}

/** The plan, piece by piece. */
export function* showPlan(steps: readonly Step[], view: PlanView): Generator<string> {
  if (steps.length === 0) return;
  const { action } = view;
  const ordered = steps.toSorted(
    (a, b) =>
      KINDS.indexOf(a.plan.kind) - KINDS.indexOf(b.plan.kind) ||
      SEVERITIES.indexOf(b.finding.severity) - SEVERITIES.indexOf(a.finding.severity) ||
      compareFindings(a.finding, b.finding),
  );
  const count = (kind: Step['plan']['kind']): number => steps.filter(({ plan }) => plan.kind === kind).length;
  const rest = [
    ...(count('impossible') === 0 ? [] : [`${count('impossible')} that glaive cannot ${action}`]),
    ...(count('not-verified') === 0 ? [] : [`${count('not-verified')} unknown`]),
    ...(count('already-inactive') === 0 ? [] : [`${count('already-inactive')} inactive`]),
  ];
  const others = steps.length - count('possible');
  yield `${plural(count('possible'), 'credential')} to be ${DONE[action]}${others === 0 ? '' : `; ${others} not touched: ${rest.join(', ')}`}\n\n`;
  const isAction = ({ plan }: Step): boolean => plan.kind === 'possible' || plan.kind === 'impossible';
  const quiet = ordered.filter((step) => !isAction(step));
  const isFolded = !view.details && quiet.length > LISTED;
  for (const step of isFolded ? ordered.filter(isAction) : ordered) yield showStep(step, view);
  if (!isFolded) return;
  const reasons = new Map<string, number>();
  for (const { verdict } of quiet) {
    const reason = statusText(verdict.status);
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  yield 'Not touched (--details lists them):\n';
  for (const [reason, times] of reasons) yield `  ${String(times).padStart(4)}  ${printable(reason)}\n`;
  yield '\n';
}

function showStep(step: Step, { ruleOf, server, width }: PlanView): string {
  const rule = ruleOf(step);
  const { finding, uris, verdict, plan } = step;
  const more = uris.length > 3 ? ` and ${uris.length - 3} more` : '';
  const lines = [
    `${rule?.name ?? finding.ruleId}  ${finding.preview}  ${finding.secretFingerprint.slice(0, 12)}`,
    `  found in: ${uris.slice(0, 3).join(', ')}${more}`,
    ...checkedLines({ tokenStatus: verdict.status, verification: verdict.verification }).map((line) => `  ${line}`),
  ];
  const hand = byHand(finding, rule, server);
  switch (plan.kind) {
    case 'already-inactive':
      lines.push('  nothing to do: it is no longer active');
      break;
    case 'not-verified':
      lines.push(`  not touched: ${statusText(verdict.status)}`, ...hand);
      break;
    case 'impossible':
      lines.push(`  glaive cannot: ${plan.why}`, ...(plan.isOnlyWay === true ? [] : hand));
      break;
    case 'possible':
      lines.push(`  will: ${plan.how}`, ...plan.effects.map((effect) => `  effect: ${effect}`));
  }
  return `${lines.map((line) => wrapLine(line, width)).join('\n')}\n\n`;
}

/** A line made safe and wrapped, the rest of it indented by two more. */
export function wrapLine(line: string, width = Number.POSITIVE_INFINITY): string {
  const indent = /^ */.exec(line)![0].length; // matches any text
  return wrapText(printable(line), { width, indent, hanging: indent + 2 }).join('\n');
}

/** How people do it, where glaive cannot. */
export function byHand(finding: Step['finding'], rule: Rule | undefined, server: string | undefined): string[] {
  const page = revokePage(rule, finding, server);
  return [...(rule?.revoke ?? []), ...(page === undefined ? [] : [page])].map((way) => `  by hand: ${way}`);
}
