/**
 * The findings by secret, as the script of the page reads them. Names are short and values are left out where they follow from
 * others: a report of ten thousand findings should be opened by mail programs and proxies too.
 */

import type { Finding } from '../../model/finding.ts';
import type { Report } from '../../model/report.ts';
import type { Rule } from '../../model/rule.ts';
import { isAccepted } from '../../model/suppression.ts';
import type { Sort } from '../format.ts';
import { defined } from '../../lib/defined.ts';
import { jobOf } from '../lookups.ts';
import {
  acceptanceText,
  checkedLines,
  confidenceText,
  historyText,
  introductionText,
  ownerText,
  REMOVED_LATER,
} from '../messages.ts';
import { findingLinks, type RemoteLinks } from '../remote-links.ts';
import { shown } from '../shown.ts';
import { type SecretGroup, statusOf, type Summary } from '../summary.ts';

/** What the page shows. Texts of `report` and `rules` are safe to show, those of findings are not yet. */
export interface Content {
  /** Without findings and rules. */
  readonly report: Report;
  /** The rules that have findings. */
  readonly rules: readonly Rule[];
  /** The index of a rule by its id, as findings have it: even an id may have to be shown in another way. */
  readonly indexOf: ReadonlyMap<string, number>;
  readonly summary: Summary;
  /** The worst first. */
  readonly groups: readonly SecretGroup[];
  readonly links: RemoteLinks | undefined;
  readonly sort: Sort;
}

/** Other lines of a file that are listed. */
const LINES = 20;

export function dataOf({ rules, indexOf, groups, links, sort, summary }: Content): object {
  const authors = new Map<string, number>();
  const authorOf = (name: string): number => {
    const known = authors.get(name) ?? authors.size;
    authors.set(name, known);
    return known;
  };
  const secrets = groups.map((group) => secretOf(group, { rules, indexOf, links, authorOf }));
  return {
    sort,
    commits: links?.commit('0'.repeat(40))?.replace(/0+$/, ''),
    files: links?.file('0'.repeat(40), '-')?.replace(/0+\/-$/, ''),
    checked: showsStatus(groups),
    verified: summary.status !== undefined,
    authors: [...authors.keys()],
    rules: rules.map(({ id, name, description, impact, revoke, references }) => ({
      id,
      name,
      description,
      impact,
      revoke,
      references,
    })),
    secrets,
  };
}

/** Whether the status of credentials is worth a column: something was verified, or is known without. */
export function showsStatus(groups: readonly SecretGroup[]): boolean {
  return groups.some(({ findings }) =>
    findings.some(({ verification, tokenStatus }) => verification !== undefined || tokenStatus.state !== 'unknown'),
  );
}

/** The status of a secret in one word, safe to show: a report that was read may have any reason. */
export function statusWord(group: SecretGroup): string {
  const state = statusOf(group);
  const { tokenStatus } = group.findings.find((finding) => finding.tokenStatus.state === state)!; // one has it
  return tokenStatus.state === 'inactive' ? shown<string>(tokenStatus.reason) : tokenStatus.state;
}

interface Context extends Pick<Content, 'rules' | 'indexOf' | 'links'> {
  readonly authorOf: (name: string) => number;
}

function secretOf(group: SecretGroup, context: Context): object {
  const first = shown(group.findings[0]);
  const index = context.indexOf.get(group.findings[0].ruleId)!; // every finding comes from one of them
  const rule = context.rules[index]!;
  return defined({
    rule: index,
    severity: first.severity,
    status: statusWord(group),
    confidence: first.confidence,
    why: confidenceText(first, rule),
    owner: ownerText(first.facts) || undefined,
    checked: first.verification === undefined ? undefined : checkedLines(first),
    preview: first.preview,
    fingerprint: first.secretFingerprint,
    accepted: group.isAccepted || undefined,
    // A credential that is not active needs no revoking; other issuers are not glaive's business.
    revocable: (statusOf(group) !== 'inactive' && /^(?:gitlab|vault)/.test(rule.family)) || undefined,
    places: group.findings.map((finding) => placeOf(finding, first.severity, context)),
  });
}

function placeOf(original: Finding, severity: string, { links, authorOf }: Context): object {
  const finding = shown(original);
  const { artifact, regions, excerpt, introduction, history } = finding;
  const [{ startLine }, ...others] = regions;
  const { place } = findingLinks(links, original);
  return defined({
    uri: artifact.uri,
    line: artifact.kind === 'file-name' ? undefined : startLine,
    // The script makes the usual link from the path.
    link: place !== undefined && place === usualLink(links, finding) ? 1 : place,
    lines: others.length === 0 ? undefined : linesOf(others.map((region) => region.startLine)),
    code: excerpt && [excerpt.text, excerpt.markStart, excerpt.markEnd],
    severity: finding.severity === severity ? undefined : finding.severity,
    commit: introduction?.commit,
    author: introduction?.author === undefined ? undefined : authorOf(introduction.author),
    date: introduction?.date,
    introduced: introduction && introductionText(introduction),
    history: history && historyText(history),
    head: history === undefined ? undefined : Number(history.inHead),
    removed: history?.removed?.commit,
    later: finding.removedLater === true ? REMOVED_LATER : undefined,
    job: jobOf(finding)?.url,
    accepted: isAccepted(finding) || undefined,
    acceptances: finding.suppressions.length === 0 ? undefined : finding.suppressions.map(acceptanceOf),
  });
}

/** The link to the same path and line in the commit that introduced it. */
function usualLink(links: RemoteLinks | undefined, { artifact, regions, introduction }: Finding): string | undefined {
  return introduction && links?.file(introduction.commit, artifact.uri, regions[0].startLine);
}

function linesOf(lines: readonly number[]): string {
  const more = lines.length > LINES ? ` and ${lines.length - LINES} more` : '';
  return [...new Set(lines)].slice(0, LINES).join(', ') + more;
}

function acceptanceOf(suppression: Finding['suppressions'][number]): string {
  return suppression.status === 'rejected'
    ? `not accepted: ${acceptanceText(suppression)}`
    : acceptanceText(suppression);
}
