/**
 * Sentences that several formats share. Names, ids and texts in them may be a stranger's: a format hands in what `shown.ts` has made
 * safe to show, and escapes the sentence as its own language asks.
 */

import type { ArtifactKind, JobReference } from '../model/artifact.ts';
import type { Facts } from '../model/candidate.ts';
import type { Confidence } from '../model/confidence.ts';
import type { Finding, FindingHistory, Introduction } from '../model/finding.ts';
import { SKIP_REASONS, type SkipReason } from '../model/gap.ts';
import { type ComparedWith, activeFindings, type Counts, type Report } from '../model/report.ts';
import type { Rule } from '../model/rule.ts';
import type { Severity } from '../model/severity.ts';
import type { Suppression } from '../model/suppression.ts';
import type { TokenStatus } from '../model/token-status.ts';

const GITLAB = "prefix, shape and alphabet are GitLab's";
/** By the family of the built-in rule. */
const CERTAIN: Readonly<Record<string, string>> = {
  gitlab: GITLAB,
  'gitlab-context': GITLAB,
  jwt: GITLAB,
  vault: 'prefix, shape and alphabet are those of Vault or OpenBao',
};
const WHY: Readonly<Record<Exclude<Confidence, 'certain'>, string>> = {
  proven: 'its checksum fits',
  likely: 'the shape fits, but it is not proven',
  unlikely: 'a placeholder, or its checksum does not fit',
};

/** Why glaive is as sure as it is, half a sentence. */
export function whyConfident(
  { confidence, facts, touched }: Pick<Finding, 'confidence' | 'facts' | 'touched'>,
  { family, isCustom }: Pick<Rule, 'family' | 'isCustom'>,
): string {
  if (confidence === 'certain')
    return (isCustom === true ? undefined : CERTAIN[family]) ?? 'prefix and shape fit the rule';
  if (touched === true && confidence === 'likely')
    return 'prefix and shape fit, and something touches its end: it is cut at its usual length';
  return confidence === 'proven' && facts.keyType !== undefined ? 'it parses' : WHY[confidence];
}

/** Whose the credential is, as far as it tells itself: `user 42, organization 1`; empty when it tells nothing. */
export function whose(facts: Facts): string {
  return [
    facts.runnerType && `${facts.runnerType} runner`,
    facts.job && `job ${facts.job}`,
    facts.user && `user ${facts.user}`,
    facts.project && `project ${facts.project}`,
    facts.group && `group ${facts.group}`,
    facts.organization && `organization ${facts.organization}`,
    facts.cell && `cell ${facts.cell}`,
    facts.issuer && `on ${facts.issuer}`,
    facts.keyType,
    facts.keyFingerprint && `public key ${facts.keyFingerprint}`,
    facts.keyEncrypted && 'with a passphrase',
  ]
    .filter(Boolean)
    .join(', ');
}

const PLACES: Partial<Readonly<Record<ArtifactKind, string>>> = {
  'file-name': " in the file's name",
  'ref-name': ' in the name of a branch or tag',
  'commit-message': ' in the commit message',
  'commit-header': " in the commit's author or committer",
  'tag-message': ' in the tag message',
};

/** One sentence that says what was found. */
export function describe(finding: Finding, rule: Rule): string {
  const owner = whose(finding.facts);
  const place = PLACES[finding.artifact.kind] ?? '';
  const status = finding.tokenStatus.state === 'unknown' ? '' : `, ${statusText(finding.tokenStatus)}`;
  return `${rule.name}${place} (${finding.confidence}: ${whyConfident(finding, rule)}${status})${owner && ` of ${owner}`}.`;
}

/** `inactive (expired)`, `active`, `unknown (not checked)`. */
export function statusText(status: TokenStatus): string {
  return status.state === 'active' ? 'active' : `${status.state} (${status.reason})`;
}

const REACHED = { groups: 'group', projects: 'project' } as const;

/** What the issuer said, a line each; texts of the server among them. */
export function checkedLines({ tokenStatus, verification }: Pick<Finding, 'tokenStatus' | 'verification'>): string[] {
  if (verification === undefined) return [];
  const { host, name, scopes = [], owner, expiresAt, lastUsedAt, lastUsedIps = [], reach, notes } = verification;
  const whoseItIs =
    owner === undefined
      ? []
      : [`${owner.isAdmin === true ? 'administrator' : owner.kind} ${owner.name ?? owner.id ?? ''}`.trimEnd()];
  const uses = [
    ...(lastUsedAt === undefined ? [] : [`last used ${lastUsedAt}`]),
    ...(lastUsedIps.length === 0 ? [] : [`from ${lastUsedIps.join(', ')}`]),
  ];
  const about = [
    ...(name === undefined ? [] : [`named ${JSON.stringify(name)}`]),
    ...whoseItIs,
    ...(scopes.length === 0 ? [] : [`scopes ${scopes.join(' ')}`]),
    ...(expiresAt === undefined ? [] : [expiresAt === 'never' ? 'never expires' : `expires ${expiresAt}`]),
    ...(uses.length === 0 ? [] : [uses.join(' ')]),
  ];
  const maintains = (['groups', 'projects'] as const).map(
    (kind) => `${reach?.[kind]} ${REACHED[kind]}${reach?.[kind] === 1 ? '' : 's'}`,
  );
  return [
    `${statusText(tokenStatus)}${host === undefined ? '' : `, as ${host} says`}`,
    ...(about.length === 0 ? [] : [about.join(', ')]),
    ...(reach === undefined
      ? []
      : [`its owner maintains ${reach.isAtLeast ? 'at least ' : ''}${maintains.join(' and ')}`]),
    ...notes,
  ];
}

/** `came in with 1a2b3c4d5e6f by A. U. Thor <a@example.com> on 2026-01-31`. */
export function introducedBy({ commit, author, date, atOrBefore, introductions }: Introduction): string {
  const by = author === undefined ? '' : ` by ${author}`;
  const when = atOrBefore === true ? ', or before' : '';
  const others = introductions === undefined ? '' : `; ${introductions} commits brought it`;
  return `came in with ${commit.slice(0, 12)}${when}${by}${date ? ` on ${date.slice(0, 10)}` : ''}${others}`;
}

/** `push to topic, compared with origin/main at 1a2b3c4d5e6f (the default branch)`. */
export function comparedText({ range, bases }: ComparedWith): string {
  const each = bases.map(({ commit, ref, chosen }) => {
    const id = commit.slice(0, 12);
    return `${ref === undefined ? id : `${ref.replace(/^refs\/(?:remotes|heads)\//, '')} at ${id}`} (${chosen})`;
  });
  return `${range}, compared with ${each.length === 0 ? 'nothing: all of it is new' : each.join(' and ')}`;
}

/** `in the history of refs/heads/main and 2 more refs; taken out of HEAD by 1a2b3c4d5e6f on 2026-01-31`. */
export function whatBecame({ reachable, refs, refCount, inHead, removed }: FindingHistory): string {
  const more = refCount > 1 ? ` and ${refCount - 1} more ${refCount === 2 ? 'ref' : 'refs'}` : '';
  const where = reachable
    ? `in the history of ${refs[0]}${more}`
    : 'no ref leads to it, and it is still in the repository';
  if (inHead) return `${where}; HEAD has it`;
  if (removed === undefined) return where;
  return `${where}; taken away by ${removed.commit.slice(0, 12)}${removed.date === undefined ? '' : ` on ${removed.date.slice(0, 10)}`}`;
}

const ACCEPTED_BY: Readonly<Record<Suppression['by'], string>> = {
  inline: 'by a comment',
  allow: 'by the configuration',
  baseline: 'in the baseline',
  moved: 'not new',
};

/** `by a comment, which this change adds: a fixture`. */
export function acceptedBy({ by, justification, addedByChange }: Suppression): string {
  const added = addedByChange === true ? ', which this change adds' : '';
  return `${ACCEPTED_BY[by]}${added}${justification === '' ? '' : `: ${justification}`}`;
}

/** What was passed over, a phrase for each reason: `2 compressed or packed files of other kinds than zip, tar, gzip and zlib (7z, xz)`. */
export function skipped({ skips, unopened = {} }: Counts): string[] {
  const kinds = Object.keys(unopened);
  return Object.entries(skips).map(([reason, count]) => {
    const which = reason === 'archive-unsupported' && kinds.length > 0 ? ` (${kinds.join(', ')})` : '';
    return `${count} ${SKIP_REASONS[reason as SkipReason]}${which}`; // its keys are reasons
  });
}

/** What to do, best way first, as one text. */
export function advice(rule: Rule): string {
  return rule.revoke.join(' Or: ');
}

/** The rules that have findings, in the order of the report's rules. */
export function usedRules(report: Report): Rule[] {
  const ids = new Set(report.findings.map((finding) => finding.ruleId));
  return report.rules.filter((rule) => ids.has(rule.id));
}

/** The rule of a finding. */
export function ruleLookup(report: Report): (finding: Finding) => Rule {
  const rules = new Map(report.rules.map((rule) => [rule.id, rule]));
  return (finding) => rules.get(finding.ruleId)!; // every finding comes from one of the report's rules
}

/**
 * The findings that count, one for each fingerprint. Two can share one: names that read the same once redacted, and a token that
 * stands in a file and in its name. GitLab takes them for one, and wants ids and fingerprints that are unique.
 */
export function distinctFindings(report: Report): Finding[] {
  const first = new Map<string, Finding>();
  for (const finding of activeFindings(report))
    if (!first.has(finding.fingerprint)) first.set(finding.fingerprint, finding);
  return [...first.values()];
}

/**
 * The lines to point at, for formats that know places in files only: what stands in a file's name has none there, and
 * is shown at the first.
 */
export function linesOf({ artifact, regions: [first] }: Finding): { startLine: number; endLine: number } {
  if (artifact.kind === 'file-name') return { startLine: 1, endLine: 1 };
  return { startLine: first.startLine, endLine: first.endLine };
}

/** The first `max` UTF-16 units of a text, and never half a character: readers refuse a lone surrogate. */
export function cut(text: string, max: number): string {
  return text.slice(0, max).replace(/[\ud800-\udbff]$/, '');
}

/** Severity in the words and numbers of each format. `rank` and `score` fall into GitLab's and GitHub's bands. */
export const SEVERITY_WORDS: Readonly<
  Record<
    Severity,
    {
      readonly gitlab: 'Critical' | 'High' | 'Medium' | 'Low' | 'Info';
      readonly codequality: 'blocker' | 'critical' | 'major' | 'minor' | 'info';
      readonly level: 'error' | 'warning' | 'note';
      readonly rank: number;
      readonly score: string;
    }
  >
> = {
  critical: { gitlab: 'Critical', codequality: 'blocker', level: 'error', rank: 95, score: '9.5' },
  high: { gitlab: 'High', codequality: 'critical', level: 'error', rank: 80, score: '8.0' },
  medium: { gitlab: 'Medium', codequality: 'major', level: 'warning', rank: 55, score: '5.5' },
  low: { gitlab: 'Low', codequality: 'minor', level: 'note', rank: 25, score: '2.5' },
  info: { gitlab: 'Info', codequality: 'info', level: 'note', rank: 5, score: '0.5' },
};

/** The job that has printed a finding, with the address of the line. */
export function jobOf({ artifact, regions }: Finding): JobReference | undefined {
  const { job } = artifact;
  return job === undefined ? undefined : { ...job, url: `${job.url}#L${regions[0].startLine}` };
}
