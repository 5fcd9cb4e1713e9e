/** What `glaive triage` does with a secret: accepts it as `glaive accept` does, revokes it as `glaive revoke` does. */

import { type AuditFile, LISTED } from '../../../credentials/audit-log.ts';
import { baselinePath, knownBaseline } from '../../../config/baseline-file.ts';
import { printable } from '../../../lib/printable.ts';
import { widthOf } from '../../../lib/wrap.ts';
import { GlaiveError } from '../../../model/errors.ts';
import { EXIT, type Io } from '../../../model/io.ts';
import type { Report } from '../../../model/report.ts';
import type { Rule } from '../../../model/rule.ts';
import type { SecretGroup } from '../../../report/summary.ts';
import type { ParsedArgs } from '../../args/parse.ts';
import { BadValue, day } from '../../args/values.ts';
import { rereadReport } from '../../read-report.ts';
import { serversOf } from '../../servers/gitlab-access.ts';
import { acceptance, addEntries, entriesOf, outcomeOf } from '../accept-findings.ts';
import { originOf } from '../baseline-import.ts';
import { byHand, wrapLine } from '../remediation-plan.ts';
import { runRemediation } from '../remediation-run.ts';
import type { Prompts } from './prompts.ts';
import type { Outcome } from './walk.ts';

export interface Session {
  readonly args: ParsedArgs;
  readonly io: Io;
  readonly report: Report;
  /** The root of the work tree, else the current folder. */
  readonly base: string;
  readonly audit: AuditFile;
  readonly prompts: Prompts;
  /** glaive's own rules, whose advice is no text of the report. */
  readonly rules: ReadonlyMap<string, Rule>;
}

/** A line of the audit log for a decision that changes no credential; those of revoking are written by the remediation. */
export function recordDecision(
  { audit }: Pick<Session, 'audit'>,
  action: 'accept' | 'skip',
  { findings }: SecretGroup,
  more: Readonly<Record<string, string | undefined>> = {},
): void {
  const [{ secretFingerprint, ruleId, preview }] = findings;
  const uris = [...new Set(findings.map(({ artifact }) => artifact.uri))].slice(0, LISTED);
  audit.append({ action, event: 'done', secretFingerprint, ruleId, preview, uris, ...more });
}

/** Asks for a reason and a last day, and adds a line to the baseline. @returns undefined if the user thinks better of it */
export async function acceptSecret(group: SecretGroup, session: Session): Promise<Outcome | undefined> {
  const { args, io, report, base, prompts } = session;
  const reason = await prompts.ask('Why is it no danger? It is written into the baseline.', (text) =>
    text.trim() === '' ? 'A reason is needed.' : undefined,
  );
  if (reason === undefined) return undefined;
  const last = await prompts.ask('Its last day, like 2027-01-31? Enter: it does not end.', (text) => {
    const value = text.trim() === '' ? undefined : day(text.trim());
    return value instanceof BadValue ? `It must be ${value.expected}.` : undefined;
  });
  if (last === undefined) return undefined;
  const given = acceptance(printable(reason.trim()), last.trim() || undefined);
  // The reason of a finding that only a change accepts is not that of the user.
  const findings = group.findings.map((finding) => ({ ...finding, suppressions: [] }));
  const named = args.value('baseline');
  const path = baselinePath(named, io.cwd, base);
  const known = await knownBaseline(named, io.cwd, base);
  const entries = entriesOf(findings, [], given, io.clock(), originOf(report).from);
  const { total } = await addEntries({ path, known }, entries, io.clock());
  recordDecision(session, 'accept', group, { ...given, baseline: path });
  await io.stdout.write(outcomeOf(path, 1, 0, total));
  return 'accepted';
}

/**
 * Reads the secret again, checks it, asks, and revokes it. Where glaive cannot, it says how people do it.
 *
 * @returns undefined if nothing has changed
 */
export async function revokeSecret(group: SecretGroup, session: Session): Promise<Outcome | undefined> {
  const { args, io, report, prompts, rules } = session;
  const [first] = group.findings;
  if (serversOf(args, io).length === 0 && args.values('vault-url').length === 0) {
    const ways = byHand(first, rules.get(first.ruleId), undefined);
    const hint = '  To revoke from here, start again with --gitlab-url https://gitlab.example.com.';
    for (const line of [...ways, hint]) await io.stdout.write(`${wrapLine(line, widthOf(io.stdout))}\n`);
    return undefined;
  }
  try {
    const { code, done } = await runRemediation(
      {
        action: 'revoke',
        gather: async () => {
          const { findings, gone, gaps } = await rereadReport({ ...report, findings: group.findings }, args, io);
          if (gone.size > 0)
            await io.stdout.write('It is no longer where the report found it, or cannot be read again.\n');
          return { findings, gone: gone.size, gaps };
        },
        confirm: prompts.confirm,
      },
      args,
      io,
    );
    if (code === EXIT.incomplete) return 'failed';
    if (code === EXIT.findings) return undefined;
    return done > 0 ? 'revoked' : 'inactive';
  } catch (error) {
    // A server that is missing or a token that is wrong ends the revocation, not the triage.
    if (!(error instanceof GlaiveError) || error.code === 'interrupted' || io.signal.aborted) throw error;
    await io.stdout.write(
      `${printable(error.message)}\n${error.hint === undefined ? '' : `  ${printable(error.hint)}\n`}`,
    );
    return 'failed';
  }
}
