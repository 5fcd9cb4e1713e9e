/** `glaive triage REPORT`: the secrets of a report one by one, worst first, and a decision about each. */

import { endedBefore } from '../../credentials/audit-log.ts';
import { knownBaseline } from '../../config/baseline-file.ts';
import { findWorkTree } from '../../git/find-work-tree.ts';
import { palette, wantsColor } from '../../lib/color.ts';
import { plural } from '../../lib/format-amounts.ts';
import { printable } from '../../lib/printable.ts';
import { widthOf } from '../../lib/wrap.ts';
import { throwIfInterrupted } from '../../model/errors.ts';
import type { ExitCode, Io } from '../../model/io.ts';
import type { Finding } from '../../model/finding.ts';
import type { BaselineEntry } from '../../model/suppression.ts';
import { activeFindings, type Report } from '../../model/report.ts';
import { filterReport } from '../../report/filter.ts';
import { ruleLookup } from '../../report/lookups.ts';
import { remoteLinks } from '../../report/remote-links.ts';
import { groupsOf, type SecretGroup, statusOf, summaryOf } from '../../report/summary.ts';
import { countText } from '../../report/summary-text.ts';
import { type ParsedArgs, usage } from '../args/parse.ts';
import { filterOf } from '../output.ts';
import { readInput } from '../read-report.ts';
import { sayGaps } from '../run-scan.ts';
import { hasExpired } from './accept-findings.ts';
import { readOwnFindings } from './baseline-import.ts';
import { auditFileOf, rulesById } from './remediation-run.ts';
import { renderCard } from './triage/card.ts';
import { acceptSecret, recordDecision, revokeSecret, type Session } from './triage/decisions.ts';
import { openPlace } from './triage/open-place.ts';
import { type Choice, openPrompts } from './triage/prompts.ts';
import {
  back,
  decide,
  exitCodeOf,
  isOver,
  type Outcome,
  startWalk,
  tallyOf,
  tallyText,
  type Walk,
} from './triage/walk.ts';

/** The first is what Enter means: it changes nothing. */
const CHOICES = [
  { key: 's', label: 'skip (Enter)' },
  { key: 'a', label: 'accept, with a reason' },
  { key: 'r', label: 'revoke' },
  { key: 'o', label: 'open the place' },
  { key: 'b', label: 'back' },
  { key: 'q', label: 'quit' },
] as const satisfies [Choice<string>, ...Choice<string>[]];

export async function triageCommand(args: ParsedArgs, io: Io): Promise<ExitCode> {
  const [name] = args.positionals;
  if (name === undefined || name === '-')
    throw usage('triage', 'it needs the file of a REPORT', 'Create one: glaive scan --output json=report.json');
  if (!io.stdin.isTTY || !io.stdout.isTTY)
    throw usage(
      'triage',
      'it asks about each secret, and there is no terminal to ask on',
      'Without one: glaive accept FINGERPRINT REPORT --reason TEXT, and glaive revoke FINGERPRINT REPORT --yes.',
    );
  const read = await readOwnFindings(await readInput(name, args, io), name, args, io);
  if (read === undefined) throw usage('triage', 'the report contains no run');
  const report = filterReport(read.report, filterOf(args));
  const base = findWorkTree(io.cwd) ?? io.cwd;
  const baseline = args.value('baseline');
  const known = await knownBaseline(baseline, io.cwd, base);
  const audit = auditFileOf(args, io);
  const { cards, accepted, ended } = sortOut(report, known, endedBefore(audit.path), io.clock());
  await sayGaps(report, io);
  await io.stdout.write(opening(report, cards, { accepted, ended, others: read.others }));
  const isIncomplete = report.gaps.length > 0;
  if (cards.length === 0) return exitCodeOf(tallyOf(startWalk(0)), isIncomplete);

  audit.test();
  const color = wantsColor(io.env, io.stdout.isTTY, args.has('no-color'));
  const prompts = openPrompts({ input: io.stdin.stream(), output: io.stdout.stream(), signal: io.signal, color });
  const session: Session = { args, io, report, base, audit, prompts, rules: await rulesById(args, io) };
  const tally = tallyOf(await walkThrough(cards, session, color));
  return exitCodeOf(tally, isIncomplete);
}

/** The secrets that need a decision, worst first, and how many do not. */
function sortOut(
  report: Report,
  known: readonly BaselineEntry[],
  endedAt: ReadonlyMap<string, Date>,
  now: Date,
): { readonly cards: readonly SecretGroup[]; readonly accepted: number; readonly ended: number } {
  const inBaseline = new Set(known.filter((entry) => !hasExpired(entry, now)).map((entry) => entry.secretFingerprint));
  const groups = groupsOf(activeFindings(report), 'severity');
  const open = groups.filter(({ findings: [{ secretFingerprint }] }) => !inBaseline.has(secretFingerprint));
  const cards = open.filter((group) => statusOf(group) !== 'inactive' && !hasEnded(group, endedAt));
  const all = groupsOf(report.findings, 'severity').length;
  return { cards, accepted: all - open.length, ended: open.length - cards.length };
}

/** Whether the audit log says that it was revoked or rotated, and no later check found it active. */
function hasEnded({ findings }: SecretGroup, endedAt: ReadonlyMap<string, Date>): boolean {
  const time = endedAt.get(findings[0].secretFingerprint);
  if (time === undefined) return false;
  return !findings.some(
    ({ tokenStatus, verification }) =>
      tokenStatus.state === 'active' && Date.parse(verification?.checkedAt ?? '') > time.getTime(),
  );
}

function opening(
  report: Report,
  cards: readonly SecretGroup[],
  { accepted, ended, others }: { readonly accepted: number; readonly ended: number; readonly others: number },
): string {
  const left = [
    ...(accepted === 0 ? [] : [`${accepted} accepted`]),
    ...(ended === 0 ? [] : [`${ended} inactive or revoked`]),
    ...(others === 0 ? [] : [`${plural(others, 'finding')} that glaive's rules do not find again`]),
  ];
  const findings = cards.flatMap((group) => group.findings);
  const what = cards.length === 0 ? 'Nothing to decide' : countText(summaryOf({ ...report, findings }));
  return `${what}.${left.length === 0 ? '' : ` Left out: ${left.join(', ')}.`}\n`;
}

/** Shows card after card until the last or `q`. @throws GlaiveError (`interrupted`), after the same summary */
async function walkThrough(cards: readonly SecretGroup[], session: Session, color: boolean): Promise<Walk> {
  const { io, report, audit, prompts } = session;
  const paint = palette(color);
  const ruleOf = ruleLookup(report);
  let walk = startWalk(cards.length);
  let shown: Walk | undefined;
  // Each press of o shows the next place of the secret.
  let opened = 0;
  try {
    while (!isOver(walk)) {
      // The step of a revocation that Ctrl-C met has been finished, and counts.
      throwIfInterrupted(io.signal);
      const group = cards[walk.at]!; // it is not over
      const number = walk.at + 1;
      if (shown !== walk) {
        const decided = [...walk.outcomes[walk.at]!]; // one for each card
        const view = { number, total: cards.length, decided, width: widthOf(io.stdout), paint };
        await io.stdout.write(`\n${renderCard(group, { rule: ruleOf(group.findings[0]), ...view })}`);
        shown = walk;
      }
      const key = await prompts.choose(`${number} of ${cards.length}: what now?`, CHOICES);
      if (key === 'q') break;
      if (key === undefined) continue;
      if (key === 'o') {
        const hasTaken = await openNext(group.findings[opened++ % group.findings.length]!, session); // one of them
        if (hasTaken) shown = undefined;
        continue;
      }
      opened = 0;
      const outcome = key === 'b' ? undefined : await act(key, group, session);
      if (key === 'b') walk = back(walk);
      if (outcome !== undefined) walk = decide(walk, outcome);
    }
  } finally {
    await io.stdout.write(`\nTriage: ${tallyText(tallyOf(walk))}. Recorded in ${printable(audit.path)}\n`);
  }
  return walk;
}

/** @returns what became of the secret; undefined if nothing did */
async function act(key: 's' | 'a' | 'r', group: SecretGroup, session: Session): Promise<Outcome | undefined> {
  if (key === 'a') return await acceptSecret(group, session);
  if (key === 'r') return await revokeSecret(group, session);
  recordDecision(session, 'skip', group);
  return 'skipped';
}

/** @returns whether an editor has taken the screen */
async function openNext(finding: Finding, { io, report, base }: Session): Promise<boolean> {
  const links = remoteLinks(report, io.env['CI_SERVER_URL']);
  const lines = await openPlace(finding, { base, links }, io);
  for (const line of lines) await io.stdout.write(`  ${line}\n`);
  return lines.length === 0;
}
