/** What messages say. There is no secret in them, and no line of a file. */

import { plural } from '../../../lib/format-amounts.ts';
import { endOf } from '../../../lib/cut.ts';
import { printable } from '../../../lib/printable.ts';
import type { Summary } from '../summary.ts';
import { brokenCount, coverageText } from '../text.ts';
import type { News, NewsItem } from './news.ts';

/** Findings and repositories in one message. */
const LISTED = 100;
const NAME = 200;

/** For programs: the summary, and what is new for this receiver. */
export function messageBody(summary: Summary, { items, isBroken, delivery }: News): object {
  const { newFindings: _, oldest: __, sharedSecrets: ___, ...numbers } = summary;
  return {
    ...numbers,
    glaive: 'fleet-notification',
    delivery,
    isBroken,
    broken: summary.broken.slice(0, LISTED),
    new: items.filter(({ isActiveAgain }) => !isActiveAgain).length,
    activeAgain: items.filter(({ isActiveAgain }) => isActiveAgain).length,
    news: items.slice(0, LISTED).map(({ finding, repository, isActiveAgain }) => ({
      repository: finding.name,
      project: finding.project,
      web: repository.web,
      type: finding.title,
      severity: finding.severity,
      confidence: finding.confidence,
      status: finding.status,
      isActiveAgain,
      place: finding.uri,
      line: finding.line,
      commit: finding.commit,
      firstSeen: finding.firstSeen,
      fingerprint: finding.fingerprint,
      secretFingerprint: finding.secretFingerprint,
    })),
  };
}

/** `glaive: 3 new leaked credentials, 2 repositories not scanned`; numbers and own words only. */
export function subjectOf(summary: Summary, { items, isBroken }: News): string {
  const again = items.filter(({ isActiveAgain }) => isActiveAgain).length;
  const parts = [
    items.length > again ? `${items.length - again} new leaked credential${items.length - again === 1 ? '' : 's'}` : '',
    again > 0 ? `${plural(again, 'leaked credential')} active again` : '',
    isBroken ? `${plural(brokenCount(summary), 'repository', 'repositories')} not scanned whole` : '',
  ];
  return `glaive: ${parts.filter((part) => part !== '').join(', ')}`;
}

/** For people, in plain text. */
export function messageText(summary: Summary, news: News): string {
  const { items, isBroken } = news;
  const lines = [printable(coverageText(summary)), ''];
  if (isBroken) {
    lines.push('Not scanned whole:');
    for (const { name, status, reason } of summary.broken.slice(0, LISTED))
      lines.push(`  ${status}  ${shortened(name)}${reason === undefined ? '' : `: ${shortened(reason)}`}`);
    const left = brokenCount(summary) - Math.min(LISTED, summary.broken.length);
    if (left > 0) lines.push(`  and ${left} more`);
    lines.push('');
  }
  if (items.length > 0) {
    lines.push('New, or active again:');
    for (const item of items.slice(0, LISTED)) lines.push(`  ${lineOf(item)}`);
    if (items.length > LISTED) lines.push(`  and ${items.length - LISTED} more`);
    lines.push('');
  }
  lines.push('Revoke a credential first; then remove it.', '');
  return lines.join('\n');
}

function lineOf({ finding: { severity, status, title, name, uri, line } }: NewsItem): string {
  return `${severity}${status === 'active' ? ' (active)' : ''}  ${shortened(title)}  ${shortened(name)}  ${shortened(uri)}:${line}`;
}

function shortened(text: string): string {
  return printable(endOf(text, NAME));
}
