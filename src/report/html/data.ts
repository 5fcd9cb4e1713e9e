/**
 * The findings by secret, as the script of the page reads them. Names are short and values are left out where they follow from
 * others: a report of ten thousand findings should be opened by mail programs and proxies too.
 */

import type { Finding, Introduction } from '../../model/finding.ts';
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
import { fingerprintToAccept, placeInLog } from '../text-secrets.ts';
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
/** Digits of a commit in sentences. */
const SHORT = 12;

export function dataOf({ rules, indexOf, groups, links, sort, summary }: Content): object {
  const [authors, texts] = [new Numbered(), new Numbered()];
  const secrets = groups.map((group) => secretOf(group, { rules, indexOf, links, authors, texts }));
  return {
    sort,
    commits: links?.commit('0'.repeat(40))?.replace(/0+$/, ''),
    files: links?.file('0'.repeat(40), '-')?.replace(/0+\/-$/, ''),
    checked: showsStatus(groups),
    verified: summary.status !== undefined,
    authors: authors.all(),
    texts: texts.all(),
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

/** Texts that occur often, by number. */
class Numbered {
  readonly #numbers = new Map<string, number>();

  numberOf(text: string): number {
    const number = this.#numbers.get(text) ?? this.#numbers.size;
    this.#numbers.set(text, number);
    return number;
  }

  all(): string[] {
    return [...this.#numbers.keys()];
  }
}

interface Context extends Pick<Content, 'rules' | 'indexOf' | 'links'> {
  readonly authors: Numbered;
  readonly texts: Numbered;
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
    why: context.texts.numberOf(confidenceText(first, rule)),
    owner: ownerText(first.facts) || undefined,
    near: first.hints?.map(({ kind, value }) => `${kind} ${value}`).join(', '),
    checked: first.verification === undefined ? undefined : checkedLines(first),
    fingerprint: first.secretFingerprint,
    // The first digits are enough for commands in the work tree; others need a report, or all digits.
    short: fingerprintToAccept(group.findings).length < first.secretFingerprint.length || undefined,
    accepted: group.isAccepted || undefined,
    // A credential that is not active needs no revoking; other issuers are not glaive's business.
    revocable: (statusOf(group) !== 'inactive' && /^(?:gitlab|vault)/.test(rule.family)) || undefined,
    places: group.findings.map((finding) => placeOf(finding, first.severity, context)),
  });
}

function placeOf(original: Finding, severity: string, { links, authors, texts }: Context): object {
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
    author: introduction?.author === undefined ? undefined : authors.numberOf(introduction.author),
    date: introduction?.date,
    introduced: introduction && texts.numberOf(templateOf(introductionText(introduction), introduction)),
    history: history && texts.numberOf(templateOf(historyText(history), history.removed ?? {})),
    head: history === undefined ? undefined : Number(history.inHead),
    removed: history?.removed?.commit,
    gone: history?.removed?.date?.slice(0, 10),
    form: formOf(finding) || undefined,
    later: finding.removedLater === true ? REMOVED_LATER : undefined,
    job: jobOf(finding)?.url,
    accepted: isAccepted(finding) || undefined,
    acceptances: finding.suppressions.length === 0 ? undefined : finding.suppressions.map(acceptanceOf),
  });
}

/** How it is written, and where in a log; empty for plain text. */
function formOf({ locator, regions: [{ log }] }: Finding): string {
  const encodings = locator.encodings.filter((name) => name !== 'job-log');
  return [
    encodings.length === 0 ? '' : `encoded: ${encodings.join(', inside it ')}`,
    log === undefined ? '' : placeInLog(log),
  ]
    .filter((part) => part !== '')
    .join('; ');
}

/**
 * A sentence with `\0`, `\x01` and `\x02` in place of the commit, the author and the day, so that many places share it. No text that is
 * safe to show has such a character.
 */
function templateOf(sentence: string, { commit, author, date }: Partial<Introduction>): string {
  const parts = [commit?.slice(0, SHORT), author, date?.slice(0, 10)];
  // The author first: its name may hold the id or the day.
  return [1, 0, 2].reduce(
    (text, at) => (parts[at] ? text.replace(parts[at], String.fromCharCode(at)) : text),
    sentence,
  );
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
