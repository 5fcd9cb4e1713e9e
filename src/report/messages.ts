/**
 * Sentences that several formats share. They may contain untrusted text: formats for people pass values made safe by `shown.ts`,
 * and escape the sentence for their own language.
 */

import { formatBytes, plural } from '../lib/format-amounts.ts';
import type { ArtifactKind } from '../model/artifact-kind.ts';
import type { Facts } from '../model/candidate.ts';
import type { Confidence } from '../model/confidence.ts';
import type { Finding, FindingHistory, Introduction } from '../model/finding.ts';
import { SKIP_REASONS, type SkipReason } from '../model/gap.ts';
import { type ComparedWith, type Counts, gapCount, type Report } from '../model/report.ts';
import type { Rule } from '../model/rule.ts';
import type { Suppression } from '../model/suppression.ts';
import type { TokenStatus, UnknownReason } from '../model/token-status.ts';

const GITLAB = "prefix, format and alphabet match GitLab's";
/** By the family of the built-in rule. */
const CERTAIN: Readonly<Record<string, string>> = {
  gitlab: GITLAB,
  'gitlab-context': GITLAB,
  jwt: GITLAB,
  vault: 'prefix, format and alphabet match those of Vault or OpenBao',
};
const WHY: Readonly<Record<Exclude<Confidence, 'certain'>, string>> = {
  proven: 'checksum matches',
  likely: 'the format matches, without proof',
  unlikely: 'a placeholder, or its checksum does not match',
};

/** The reason for a confidence, as half a sentence. */
export function confidenceText(
  { confidence, facts, touched }: Pick<Finding, 'confidence' | 'facts' | 'touched'>,
  { family, isCustom }: Pick<Rule, 'family' | 'isCustom'>,
): string {
  if (confidence === 'certain')
    return (isCustom === true ? undefined : CERTAIN[family]) ?? 'prefix and format match the rule';
  if (touched === true && confidence === 'likely')
    return 'prefix and format match, but more characters follow directly: it is cut at its usual length';
  return confidence === 'proven' && facts.keyType !== undefined ? 'the key can be parsed' : WHY[confidence];
}

/** The owner according to the credential itself: `user 42, organization 1`; empty if unknown. */
export function ownerText(facts: Facts): string {
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

/** What a finding is, what to do, and why it is reported: `Leaked GitLab deploy token. Revoke it, then remove it. Certain: ...` */
export function findingText(finding: Finding, rule: Rule): string {
  const { confidence, tokenStatus, artifact } = finding;
  const owner = ownerText(finding.facts);
  const what = `${confidence === 'unlikely' ? 'Possible' : 'Leaked'} ${rule.name}${PLACES[artifact.kind] ?? ''}`;
  const status = tokenStatus.state === 'unknown' ? '' : `, ${statusText(tokenStatus)}`;
  const todo = tokenStatus.state === 'inactive' ? 'Remove it.' : 'Revoke it, then remove it.';
  const why = `${confidence[0]!.toUpperCase()}${confidence.slice(1)}: ${confidenceText(finding, rule)}.`; // not empty
  return `${what}${owner && ` of ${owner}`}${status}. ${todo} ${why}`;
}

const UNKNOWN: Partial<Readonly<Record<UnknownReason, string>>> = {
  'unclear answer': 'unknown (unexpected response)',
  unsupported: 'cannot be checked',
  'source gone': 'unknown (the file has changed since)',
};

/** `inactive (expired)`, `active`, `unknown (not checked)`. */
export function statusText(status: TokenStatus): string {
  if (status.state === 'active') return 'active';
  if (status.state === 'inactive') return `inactive (${status.reason})`;
  const [, host] = /^not known at (.*)$/.exec(status.reason) ?? [];
  if (host !== undefined) return `unknown: ${host} does not recognise it; it may belong to another server`;
  return UNKNOWN[status.reason] ?? `unknown (${status.reason})`;
}

const REACHED = { groups: 'group', projects: 'project' } as const;

/** The result of a check, line by line. Some lines hold text from the server. */
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
    `${statusText(tokenStatus)}${host === undefined || tokenStatus.state === 'unknown' ? '' : `, according to ${host}`}`,
    ...(about.length === 0 ? [] : [about.join(', ')]),
    ...(reach === undefined
      ? []
      : [`its owner maintains ${reach.isAtLeast ? 'at least ' : ''}${maintains.join(' and ')}`]),
    ...notes,
  ];
}

/** `introduced in 1a2b3c4d5e6f by A. U. Thor <a@example.com> on 2026-01-31`. */
export function introductionText({ commit, author, date, atOrBefore, introductions }: Introduction): string {
  const by = author === undefined ? '' : ` by ${author}`;
  const when = atOrBefore === true ? ' or earlier' : '';
  const others = introductions === undefined ? '' : `; ${introductions} commits introduce it`;
  return `introduced in ${commit.slice(0, 12)}${when}${by}${date ? ` on ${date.slice(0, 10)}` : ''}${others}`;
}

/** `push to topic, compared with origin/main at 1a2b3c4d5e6f (the default branch)`. */
export function comparedText({ range, bases }: ComparedWith): string {
  const each = bases.map(({ commit, ref, chosen }) => {
    const id = commit.slice(0, 12);
    return `${ref === undefined ? id : `${ref.replace(/^refs\/(?:remotes|heads)\//, '')} at ${id}`} (${chosen})`;
  });
  return `${range}, compared with ${each.length === 0 ? 'nothing, so all of it is new' : each.join(' and ')}`;
}

/** `gitlab.example.com/group/project, main at 1a2b3c4d5e6f`; empty if nothing is known. */
export function originText({ repository, ref, commit }: Pick<Report, 'repository' | 'ref' | 'commit'>): string {
  const tip = commit === undefined ? undefined : `${ref === undefined ? '' : `${ref} at `}${commit.slice(0, 12)}`;
  return [repository?.replace(/^\w+:\/\//, ''), tip].filter((part) => part !== undefined).join(', ');
}

/** `in refs/heads/main and 2 more refs; removed in 1a2b3c4d5e6f on 2026-01-31`. */
export function historyText({ reachable, refs, refCount, inHead, removed }: FindingHistory): string {
  const more = refCount > 1 ? ` and ${refCount - 1} more ${refCount === 2 ? 'ref' : 'refs'}` : '';
  const where = reachable ? `in ${refs[0]}${more}` : 'in no ref, but still in the repository';
  if (inHead) return `${where}; still in HEAD`;
  if (removed === undefined) return where;
  return `${where}; removed in ${removed.commit.slice(0, 12)}${removed.date === undefined ? '' : ` on ${removed.date.slice(0, 10)}`}`;
}

const ACCEPTED_BY: Readonly<Record<Suppression['by'], string>> = {
  inline: 'by a comment',
  allow: 'by the configuration',
  baseline: 'in the baseline',
  moved: 'not new',
};

/** `by a comment, which this change adds: a fixture`. */
export function acceptanceText({ by, justification, addedByChange }: Suppression): string {
  const added = addedByChange === true ? ', which this change adds' : '';
  return `${ACCEPTED_BY[by]}${added}${justification === '' ? '' : `: ${justification}`}`;
}

/** A phrase for each skip reason: `2 compressed or packed files of kinds that glaive does not open (cab, lzip)`. */
export function skippedTexts({ skips, unopened = {} }: Counts): string[] {
  const kinds = Object.keys(unopened);
  return Object.entries(skips).map(([reason, count]) => {
    const which = reason === 'archive-unsupported' && kinds.length > 0 ? ` (${kinds.join(', ')})` : '';
    return `${count} ${SKIP_REASONS[reason as SkipReason]}${which}`; // its keys are reasons
  });
}

/** All ways to revoke, the best first. */
export function revocationText(rule: Rule): string {
  return rule.revoke.join(' Or: ');
}

/** What is not listed though it may still leak: `1 left out by --min-severity or --in-head`, `2 known leaks remain`. */
export function unlistedTexts({ filtered = 0, known = 0 }: Counts): string[] {
  return [
    ...(known === 0 ? [] : [`${plural(known, 'known leak')} ${known === 1 ? 'remains' : 'remain'}`]),
    ...(filtered === 0 ? [] : [`${filtered} left out by --min-severity or --in-head`]),
  ];
}

/** `no`, before the credentials of a report that lists none; another word if some were found that it does not list. */
export function noneText({ filtered = 0, known = 0 }: Counts): 'no' | 'no new' | 'no other' {
  return filtered > 0 ? 'no other' : known > 0 ? 'no new' : 'no';
}

/** `565 files (3.0 MB)`. A history is counted in git objects. */
export function scannedText({ command, counts }: Pick<Report, 'command' | 'counts'>): string {
  return `${plural(counts.artifacts, command === 'history' ? 'object' : 'file')} (${formatBytes(counts.bytes)})`;
}

/** `2 items could not be scanned, 5 credentials could not be checked`. */
export function incompleteText({ gaps }: Pick<Report, 'gaps'>): string {
  const unchecked = gapCount({ gaps: gaps.filter(({ kind }) => kind === 'unverified') });
  const unread = gapCount({ gaps }) - unchecked;
  return [
    ...(unread === 0 ? [] : [`${plural(unread, 'item')} could not be scanned`]),
    ...(unchecked === 0 ? [] : [`${plural(unchecked, 'credential')} could not be checked`]),
  ].join(', ');
}

export const REMOVED_LATER = 'a later commit removes it, but anyone with these commits still has it';

/** Warns against fixing the leak by a commit first. */
export const REVOKE_FIRST = 'Revoke it first: a new commit does not take it from anyone who has a copy.';
