/** The text that an editor shows over a finding: what it is, why, whose, and what to do now. */

import { code, nameOf, sentenceOf } from '../report/in-markdown.ts';
import { confidenceText, ownerText, statusText } from '../report/messages.ts';
import { shown } from '../report/shown.ts';
import type { Finding } from '../model/finding.ts';
import type { Rule } from '../model/rule.ts';
import { type Place, shownFinding } from './places.ts';

/** How texts that may be foreign are written. */
interface Style {
  readonly name: (text: string) => string;
  readonly sentence: (text: string) => string;
  readonly code: (text: string) => string;
  readonly strong: (text: string) => string;
}

const MARKDOWN: Style = {
  name: (text) => nameOf(text, false),
  sentence: sentenceOf,
  code: (text) => code(text, false),
  strong: (text) => `**${text}**`,
};

const same = (text: string): string => text;
const PLAIN: Style = { name: same, sentence: same, code: same, strong: same };

/** What to do with a credential that was nowhere else yet. */
const NOT_SHARED =
  'Not committed, pushed or sent to anyone yet: move it to an environment variable or a CI/CD variable.';
/** What to do with any other. */
const SHARED = 'It has been anywhere else: revoke it first, because deleting it here takes it from no one.';

/** @param isMarkdown whether the editor can show Markdown */
export function hoverText(
  { finding: found, rule: foundBy }: Pick<Place, 'finding' | 'rule'>,
  isMarkdown: boolean,
): string {
  const [finding, rule]: [Finding, Rule] = [shownFinding(found), shown(foundBy)];
  const style = isMarkdown ? MARKDOWN : PLAIN;
  const owner = ownerText(finding.facts);
  const { tokenStatus } = finding;
  const status = tokenStatus.state === 'unknown' ? '' : `, ${statusText(tokenStatus)}`;
  const about = [
    `Confidence: ${finding.confidence} (${style.sentence(confidenceText(finding, rule))})${style.name(status)}`,
    `Severity: ${finding.severity}`,
    owner === ''
      ? `Owner: ${style.sentence(rule.owner)} (the token does not say which)`
      : `Owner: ${style.name(owner)}`,
    `Impact: ${style.sentence(rule.impact)}`,
  ];
  const ways = rule.revoke.map((way, index) => `   ${index + 1}. ${style.sentence(way)}`);
  const [link] = rule.references;
  return [
    style.strong(style.name(rule.name)),
    '',
    ...about.map((line) => `- ${line}`),
    '',
    style.strong('What to do now'),
    '',
    `- ${NOT_SHARED}`,
    `- ${SHARED}`,
    ...ways,
    `- It is no danger: allow it with a reason, or run ${style.code(acceptCommand(finding))}`,
    ...(link === undefined
      ? []
      : ['', `See ${isMarkdown && /^https?:\/\/[\w./-]+(?:#[\w-]+)?$/.test(link) ? `<${link}>` : style.name(link)}`]),
  ].join('\n');
}

/** The command that accepts the secret of a finding wherever it is. */
export function acceptCommand({ secretFingerprint }: Pick<Finding, 'secretFingerprint'>): string {
  return `glaive accept ${secretFingerprint} --reason "..."`;
}
