/**
 * The message of a hook that stops a commit or a push: what was found, what to do, in which order, and how to go on. It is the same
 * shape for every hook, fits the moment (a commit has leaked nothing yet), and takes at most 15 lines.
 */

import { plural } from '../lib/format-amounts.ts';
import { printable } from '../lib/printable.ts';
import { shellQuote } from '../lib/shell-quote.ts';
import { unbroken, wrapText } from '../lib/wrap.ts';
import type { Finding } from '../model/finding.ts';
import { isComplete, type Report } from '../model/report.ts';
import type { Rule } from '../model/rule.ts';
import { ruleLookup } from './lookups.ts';
import { shown } from './shown.ts';
import { groupsOf, type SecretGroup } from './summary.ts';
import { SHORT_FINGERPRINT } from './text-secrets.ts';

export type Moment = 'pre-commit' | 'commit-msg' | 'pre-push' | 'pre-receive';

export interface BlockOptions {
  readonly moment: Moment;
  /** The findings that stop it. */
  readonly findings: readonly Finding[];
  /** Columns of a line, at least 40. */
  readonly width: number;
  /** pre-receive: whether the server lets users skip the check. */
  readonly allowsSkip?: boolean;
  /** What helps if not everything could be scanned. */
  readonly hints?: readonly string[];
}

/** The form of a token says nothing to a user who wants to commit. */
const FORM = / \((?:routable|routable, versioned|old form)\)$/;
const LINES = 15;
/** Gaps that are listed; the scan prints all of them. */
const GAPS = 3;

interface Words {
  readonly stopped: string;
  /** What is true at this moment; empty, or a sentence after a space. */
  readonly fact: string;
  readonly steps: (findings: readonly Finding[]) => readonly string[];
  readonly more: string;
  readonly falseAlarm: (fingerprint: string, allowsSkip: boolean) => string;
  readonly skip?: string;
}

const REPLACE = 'Read it from a CI/CD variable or the environment instead.';
const IF_LEAKED = 'If it was ever anywhere else, revoke or rotate it first.';
const REWRITE = `Remove it from every commit that has it, not only from the last: ${unbroken('git commit --amend')}, or ${unbroken('git rebase -i')}.`;

const accept = (fingerprint: string): string => unbroken(`glaive accept ${fingerprint} --reason "why"`);
const ACCEPT_AND_STAGE = (fingerprint: string): string =>
  `False alarm? ${accept(fingerprint)}; ${unbroken('git add .glaive-baseline')}`;

const WORDS: Readonly<Record<Moment, Words>> = {
  'pre-commit': {
    stopped: 'glaive: commit stopped',
    fact: ' It has not left this machine.',
    steps: (findings) => [REPLACE, `Stage the file again: ${unbroken(restage(findings))}`, IF_LEAKED],
    more: 'glaive staged lists all, and how to revoke them',
    falseAlarm: ACCEPT_AND_STAGE,
    skip: 'GLAIVE_SKIP="reason" git commit ...',
  },
  'commit-msg': {
    stopped: 'glaive: commit stopped',
    fact: ' The message is kept.',
    steps: () => [
      `Take it out of the message: ${unbroken('git commit --edit --file "$(git rev-parse --git-path COMMIT_EDITMSG)"')}`,
      IF_LEAKED,
    ],
    more: 'the message holds them all',
    falseAlarm: ACCEPT_AND_STAGE,
    skip: 'GLAIVE_SKIP="reason" git commit ...',
  },
  'pre-push': {
    stopped: 'glaive: push stopped',
    fact: ' It has not left this machine.',
    steps: () => [REPLACE, REWRITE, IF_LEAKED],
    more: 'glaive diff @{upstream}..HEAD lists all, and how to revoke them',
    falseAlarm: (fingerprint) => `False alarm? ${accept(fingerprint)}, and commit .glaive-baseline.`,
    skip: 'GLAIVE_SKIP="reason" git push ...',
  },
  'pre-receive': {
    stopped: 'The push was rejected',
    fact: '',
    steps: () => [
      'If it was ever anywhere but on your machine, revoke or rotate it first.',
      REWRITE,
      `Push again. ${unbroken('glaive diff')} shows the same before you push.`,
    ],
    more: 'glaive diff lists all',
    falseAlarm: (_, allowsSkip) =>
      allowsSkip
        ? `False alarm? ${unbroken('git push -o glaive.skip="reason"')} skips the check, and is recorded.`
        : 'False alarm? Ask the administrator of this server to accept it.',
  },
};

/** The lines of the message, without colours. */
export function blockMessage(report: Report, options: BlockOptions): string[] {
  const { moment, findings, width, allowsSkip = false, hints = [] } = options;
  const words = WORDS[moment];
  const wrap: Wrap = (text, indent = 0, hanging = indent + 2) => wrapText(text, { width, indent, hanging });
  const [first, ...others] = groupsOf(findings, 'severity');
  const skip = words.skip === undefined ? [] : wrap(`To skip this check once: ${unbroken(words.skip)}`);
  const gaps = [...gapLines(report).flatMap((line) => wrap(line, 2, 4)), ...hints.flatMap((line) => wrap(line))];
  if (first === undefined)
    return [...wrap(`${words.stopped}, because glaive could not scan everything:`), ...gaps, ...skip];
  const head = [
    ...wrap(`${words.stopped}: ${plural(others.length + 1, 'credential')} found.${words.fact}`),
    ...(isComplete(report) ? [] : [...wrap('Not everything was scanned, so there may be more:'), ...gaps]),
  ];
  const tail = [
    'What to do:',
    ...words.steps(findings).flatMap((step, index) => wrap(`${index + 1}. ${step}`, 2, 5)),
    ...wrap(words.falseAlarm(fingerprintOf(first), allowsSkip)),
    ...skip,
  ];
  const room = LINES - head.length - tail.length;
  return [...head, ...listed([first, ...others], report, { wrap, width, room, more: words.more }), ...tail];
}

type Wrap = (text: string, indent?: number, hanging?: number) => string[];

/** As many secrets as there is room for; with their lines if there is room for all of them. */
function listed(
  groups: readonly SecretGroup[],
  report: Report,
  {
    wrap,
    width,
    room,
    more,
  }: { readonly wrap: Wrap; readonly width: number; readonly room: number; readonly more: string },
): string[] {
  const ruleOf = ruleLookup(report);
  const heads = groups.slice(0, LINES).map((group) => wrap(headOf(group, ruleOf(group.findings[0])), 2, 4));
  const lines = groups.slice(0, LINES).map((group) => excerptOf(group, width));
  if (groups.length <= heads.length && heads.flat().length + lines.flat().length <= room)
    return heads.flatMap((head, index) => [...head, ...lines[index]!]);
  const shownHeads: string[] = [];
  let count = 0;
  // The first secret is always listed, and a line remains for the number of the others.
  for (const head of heads) {
    const needed = shownHeads.length + head.length + (count + 1 < groups.length ? 1 : 0);
    if (count > 0 && needed > room) break;
    shownHeads.push(...head);
    count++;
  }
  const rest = groups.length - count;
  return rest === 0 ? shownHeads : [...shownHeads, ...wrap(`and ${rest} more: ${more}`, 2)];
}

/** `commit 1a2b3c4d5e6f  deploy.py:2  GitLab deploy token (certain, removed later)`. */
function headOf({ findings }: SecretGroup, { name }: Rule): string {
  const [finding, ...others] = shown(findings);
  const { artifact, introduction, regions, confidence, removedLater } = finding;
  const commit = introduction?.commit ?? artifact.commit;
  const uri = introduction?.uri ?? artifact.uri;
  const line = artifact.kind === 'file-name' ? '' : `:${introduction?.startLine ?? regions[0].startLine}`;
  const gone = removedLater === true ? ', removed later' : '';
  const more = others.length === 0 ? '' : ` and ${plural(others.length, 'more place')}`;
  return `${commit === undefined ? '' : `${unbroken(`commit ${commit.slice(0, 12)} `)} `}${unbroken(`${uri}${line}`)}${more}  ${shown(name).replace(FORM, '')} (${confidence}${gone})`;
}

/** The first digits are enough while the work tree holds the secret. */
function fingerprintOf({ findings: [first] }: SecretGroup): string {
  return first.removedLater === true ? first.secretFingerprint : first.secretFingerprint.slice(0, SHORT_FINGERPRINT);
}

/** The line with the secret masked, cut around it to fit. */
function excerptOf({ findings: [first] }: SecretGroup, width: number): string[] {
  const { excerpt } = shown(first);
  if (excerpt === undefined) return [];
  const room = width - 4;
  const text = excerpt.text.trim();
  if (text.length <= room) return [`    ${text}`];
  const start = Math.max(0, Math.min(excerpt.markStart - 20, excerpt.text.length - room));
  return [`    ${excerpt.text.slice(start, start + room).trim()}`];
}

function gapLines({ gaps }: Report): string[] {
  const lines = gaps
    .slice(0, GAPS)
    .map(({ uri, message }) => printable(uri === undefined ? message : `${uri}: ${message}`));
  return gaps.length > GAPS ? [...lines, `and ${gaps.length - GAPS} more`] : lines;
}

/** Every file of the secret whose name can be typed as it is shown; else all tracked files. */
function restage(findings: readonly Finding[]): string {
  const paths = [...new Set(findings.map(({ artifact: { path, uri } }) => path ?? uri))];
  if (paths.length > 2 || paths.some((path) => path !== printable(path))) return 'git add --update';
  return `git add ${paths.map((path) => (/^[\w./@+-]+$/.test(path) && !path.startsWith('-') ? path : shellQuote(`./${path}`))).join(' ')}`;
}
