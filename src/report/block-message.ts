/**
 * The message of a hook that stops a commit or a push: what was found, what to do, in which order, and how to go on. It is the same
 * shape for every hook, fits the moment (a commit has leaked nothing yet), and takes at most 15 lines.
 */

import { cut, endOf } from '../lib/cut.ts';
import { plural } from '../lib/format-amounts.ts';
import { printable } from '../lib/printable.ts';
import { shellQuote } from '../lib/shell-quote.ts';
import { unbroken, wrapText } from '../lib/wrap.ts';
import type { Finding } from '../model/finding.ts';
import { isComplete, type Report } from '../model/report.ts';
import type { Rule } from '../model/rule.ts';
import { ruleLookup } from './lookups.ts';
import { incompleteText } from './messages.ts';
import { shown } from './shown.ts';
import { MASK } from '../model/secret.ts';
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
  /** The folder of the work tree in which the user runs git, as `GIT_PREFIX` has it; empty at the top. */
  readonly prefix?: string;
}

/** The form of a token says nothing to a user who wants to commit. */
const FORM = / \((?:routable|routable, versioned|old form)\)$/;
const LINES = 15;
/** Gaps that are listed, and hints for them. */
const GAPS = 3;
const MOST_GAP_LINES = 7;
/** Characters of the name of a rule, which may be a repository's own. */
const NAME = 48;
/** Lines for a secret and its place. */
const HEAD_LINES = 3;
/** Columns for a command to copy, which is not wrapped: a longer one names no files. */
const COMMAND = 76;

interface Words {
  readonly stopped: string;
  /** What is true at this moment; empty, or a sentence after a space. */
  readonly fact: string;
  readonly steps: (findings: readonly Finding[], prefix: string) => readonly string[];
  readonly more: string;
  readonly falseAlarm: (
    fingerprint: string,
    options: { readonly allowsSkip: boolean; readonly prefix: string },
  ) => string;
  readonly skip?: string;
}

const REPLACE = 'Read it from a CI/CD variable or the environment instead.';
const IF_LEAKED = 'If it was ever anywhere else, revoke or rotate it first.';
const REWRITE = `Remove it from every commit that has it: ${unbroken('git commit --amend')}, or ${unbroken('git rebase -i')}.`;

const accept = (fingerprint: string): string => unbroken(`glaive accept ${fingerprint} --reason "why"`);
const ACCEPT_AND_STAGE: Words['falseAlarm'] = (fingerprint, { prefix }) =>
  `False alarm? ${accept(fingerprint)}; ${unbroken(`git add ${pathspec('.glaive-baseline', prefix)}`)}`;

const WORDS: Readonly<Record<Moment, Words>> = {
  'pre-commit': {
    stopped: 'glaive: commit stopped',
    fact: ' It has not left this machine.',
    steps: (findings, prefix) => [REPLACE, `Stage the file again: ${unbroken(restage(findings, prefix))}`, IF_LEAKED],
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
    falseAlarm: (_, { allowsSkip }) =>
      allowsSkip
        ? `False alarm? ${unbroken('git push -o glaive.skip="reason"')} skips the check, and is recorded.`
        : 'False alarm? Ask the administrator of this server to accept it.',
  },
};

/** The lines of the message, without colours. */
export function blockMessage(report: Report, options: BlockOptions): string[] {
  const { moment, findings, width, allowsSkip = false, hints = [], prefix = '' } = options;
  const words = WORDS[moment];
  const wrap: Wrap = (text, indent = 0, hanging = indent + 2) => wrapText(text, { width, indent, hanging });
  const [first, ...others] = groupsOf(findings, 'severity');
  const skip = words.skip === undefined ? [] : wrap(`To skip this check once: ${unbroken(words.skip)}`);
  // A command to copy stays whole.
  const help = hints.map((hint) => wrap(printable(hint).replace(/(?<=: )(?:git|glaive) .*$/, unbroken)));
  if (first === undefined) {
    const title = wrap(`${words.stopped}, because glaive could not scan everything:`);
    const gaps = gapLines(report, { wrap, width, room: MOST_GAP_LINES });
    return [...title, ...gaps, ...fitting(help, LINES - title.length - gaps.length - skip.length), ...skip];
  }
  const groups = [first, ...others];
  const list = (room: number): string[] => listed(groups, report, { wrap, width, room, more: words.more });
  const title = wrap(`${words.stopped}: ${plural(groups.length, 'credential')} found.${words.fact}`);
  const isWhole = isComplete(report);
  const [partly] = wrap('Not everything was scanned, so there may be more:');
  const partial = isWhole ? [] : [partly!.endsWith(':') ? partly! : 'Not everything was scanned:'];
  const steps = words.steps(findings, prefix).flatMap((step, index) => wrap(`${index + 1}. ${step}`, 2, 5));
  // A narrow terminal has no room for all: what to do comes first, then the gaps, then how to go on, then further secrets.
  let room = LINES - [title, partial, partial, list(0), steps].flat().length - 1;
  const take = (parts: readonly (readonly string[])[]): string[] => {
    const taken = fitting(parts, room);
    room -= taken.length;
    return taken;
  };
  const helping = isWhole ? [] : take(help);
  const gaps = isWhole ? [] : gapLines(report, { wrap, width, room: Math.min(room + 1, GAPS) });
  room -= Math.max(0, gaps.length - 1);
  const ends = take([wrap(words.falseAlarm(fingerprintOf(first), { allowsSkip, prefix })), skip]);
  const head = [...title, ...partial, ...gaps, ...helping];
  const tail = ['What to do:', ...steps, ...ends];
  return [...head, ...list(LINES - head.length - tail.length), ...tail];
}

/** The first of some parts that fit into so many lines. */
function fitting(parts: readonly (readonly string[])[], room: number): string[] {
  const lines: string[] = [];
  for (const part of parts) {
    if (lines.length + part.length > room) break;
    lines.push(...part);
  }
  return lines;
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
  const listable = groups.slice(0, LINES);
  const heads = listable.map((group) =>
    wrap(headOf(group, ruleOf(group.findings[0]), width), 2, 4).slice(0, room < HEAD_LINES + 1 ? 2 : HEAD_LINES),
  );
  const lines = listable.map((group) => excerptOf(group, width));
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
  if (rest === 0) return shownHeads;
  const others = wrap(`and ${rest} more: ${more}`, 2);
  return [...shownHeads, ...(others.length === 1 ? others : [`  and ${rest} more`])];
}

/** `commit 1a2b3c4d5e6f  deploy.py:2  GitLab deploy token (certain, removed later)`. */
function headOf({ findings }: SecretGroup, { name }: Rule, width: number): string {
  const [finding, ...others] = shown(findings);
  const { artifact, introduction, regions, confidence, removedLater } = finding;
  const commit = introduction?.commit ?? artifact.commit;
  const uri = introduction?.uri ?? artifact.uri;
  const line = artifact.kind === 'file-name' ? '' : `:${introduction?.startLine ?? regions[0].startLine}`;
  const gone = removedLater === true ? ', removed later' : '';
  const more = others.length === 0 ? '' : ` and ${plural(others.length, 'more place')}`;
  const before = commit === undefined ? '' : `${unbroken(`commit ${commit.slice(0, 12)} `)} `;
  const where = unbroken(endOf(`${uri}${line}`, width - 4));
  return `${before}${where}${more}  ${startOf(shown(name).replace(FORM, ''), NAME)} (${confidence}${gone})`;
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
  return [`    ${printable(cut(excerpt.text.slice(start), room)).trim()}`];
}

/** As many of the gaps as there is room for, or their number. */
function gapLines(
  report: Report,
  { wrap, width, room }: { readonly wrap: Wrap; readonly width: number; readonly room: number },
): readonly string[] {
  const parts = report.gaps.slice(0, GAPS).map(({ uri, message }) => {
    const where = uri === undefined ? '' : `${endOf(printable(uri), width - 8)}: `;
    const text = `${unbroken(where.trimEnd())} ${printable(message)}`.trim();
    return wrap(startOf(text, 2 * (width - 8)), 2, 4).slice(0, 2);
  });
  for (let count = parts.length; count > 0; count--) {
    const rest = report.gaps.length - count;
    const lines = [...parts.slice(0, count).flat(), ...(rest === 0 ? [] : [`  and ${rest} more`])];
    if (lines.length <= room) return lines;
  }
  return [`  ${startOf(incompleteText(report), width - 2)}`];
}

/** The start of a printable text that is too long. */
function startOf(text: string, length: number): string {
  return text.length <= length ? text : `${cut(text, length - 1)}…`;
}

/** Every file of the secret whose name can be typed as it is shown; else all tracked files. */
function restage(findings: readonly Finding[], prefix: string): string {
  const all = 'git add --update';
  const paths = new Set<string>();
  for (const { artifact } of findings) {
    const path = artifact.path ?? artifact.uri;
    // It is not shown as it is: it holds a secret, or characters that cannot be typed.
    if (path !== printable(path) || path.includes(MASK)) return all;
    paths.add(path);
  }
  if (paths.size > 2) return all;
  const command = `git add ${[...paths].map((path) => pathspec(path, prefix)).join(' ')}`;
  return command.length > COMMAND ? all : command;
}

/** The word for git that means this file of the work tree alone, in the folder in which the user is. */
function pathspec(path: string, prefix: string): string {
  const isPlain = /^[\w./@+-]+$/.test(path);
  if (isPlain && prefix === '') return path.startsWith('-') ? `./${path}` : path;
  if (isPlain) return `:/${path}`;
  // Git would take some characters for wildcards, or for the start of such words.
  const magic = [...(prefix === '' ? [] : ['top']), ...(/[*?[\\]/.test(path) ? ['literal'] : [])];
  return shellQuote(magic.length > 0 ? `:(${magic.join(',')})${path}` : `./${path}`);
}
