/** What `revoke`, `rotate` and `triage` share: plan, question, requests, check and audit log. */

import { join, resolve } from 'node:path';
import { type AuditFile, openAuditFile, recordStep } from '../../credentials/audit-log.ts';
import { stateFolder } from '../../credentials/state-folder.ts';
import { plural } from '../../lib/format-amounts.ts';
import { printable } from '../../lib/printable.ts';
import { widthOf } from '../../lib/wrap.ts';
import { throwIfInterrupted } from '../../model/errors.ts';
import { EXIT, type ExitCode, type Io } from '../../model/io.ts';
import type { Rule } from '../../model/rule.ts';
import { type Action, execute, type RemediationResult, planAll, type Step } from '../../credentials/remediation.ts';
import { builtinRuleset } from '../../rules/builtin.ts';
import { createVerifyStage } from '../../credentials/verification-stage.ts';
import { openTokenStore } from '../servers/new-tokens.ts';
import type { ParsedArgs } from '../args/parse.ts';
import { byHand, showPlan, wrapLine } from './remediation-plan.ts';
import type { CredentialsToCheck } from './remediation-credentials.ts';
import { sayGaps } from '../run-scan.ts';
import { loadRules } from '../scan-setup.ts';
import { verifyOptionsOf } from '../servers/verification.ts';

export interface RemediationTask {
  readonly action: Action;
  /** Reads the credentials; called after servers and audit log have proved usable. */
  readonly gather: () => Promise<CredentialsToCheck>;
  /** Asks the user. */
  readonly confirm: (question: string) => Promise<boolean>;
}

export interface RemediationEnd {
  /** 0 no credential is active, 1 some are, 2 some could not be checked or a request failed. */
  readonly code: ExitCode;
  /** Credentials that were changed, and are no longer active. */
  readonly done: number;
}

/** The audit log that `--audit-log` names, else that of the user. */
export function auditFileOf(args: ParsedArgs, io: Io): AuditFile {
  const named = args.value('audit-log');
  return openAuditFile({
    named: named === undefined ? undefined : resolve(io.cwd, named),
    folder: stateFolder(io.env) ?? join(io.cwd, '.local', 'state', 'glaive'),
    clock: io.clock,
  });
}

/** The rules by id, those of the configuration included. @throws GlaiveError */
export async function rulesById(args: ParsedArgs, io: Io): Promise<ReadonlyMap<string, Rule>> {
  const rules = [...builtinRuleset().rules, ...(await loadRules(args, io)).rules];
  return new Map(rules.map((rule) => [rule.id, rule]));
}

/** After Ctrl-C it finishes the step in progress, and returns what was done until then. @throws GlaiveError */
export async function runRemediation(
  { action, gather, confirm }: RemediationTask,
  args: ParsedArgs,
  io: Io,
): Promise<RemediationEnd> {
  const expires = args.value('expires');
  // Before the first change Ctrl-C stops requests; later it does not, since a response may hold the only copy of a token.
  const checks = new AbortController();
  const stop = (): void => checks.abort(io.signal.reason);
  io.signal.addEventListener('abort', stop);
  const options = await verifyOptionsOf(args, io, checks.signal);
  const audit = auditFileOf(args, io);
  if (!args.has('dry-run')) audit.test();
  const { findings, gone, gaps } = await gather();
  const { verdicts, gaps: unanswered } = await createVerifyStage(options).verify(findings);
  throwIfInterrupted(io.signal);
  const clients = new Map([...options.gitlabs, ...options.vaults].map((client) => [client.host, client]));
  const steps = await planAll(findings, verdicts, {
    action,
    clients,
    useAdminApi: options.useAdminApi,
    expires,
    ...(options.own === undefined ? {} : { own: options.own }),
  });
  const names = await rulesById(args, io);
  await sayGaps({ gaps: [...gaps, ...unanswered] }, io);
  if (steps.length === 0 && gone === 0) await io.stdout.write(`There is no credential to ${action}.\n`);
  const view = {
    action,
    ruleOf: ({ finding }: Step) => names.get(finding.ruleId),
    server: options.gitlabs[0]?.server,
    details: args.has('details'),
    width: io.stdout.isTTY ? widthOf(io.stdout) : undefined,
  };
  for (const piece of showPlan(steps, view)) await io.stdout.write(piece);
  const feasible = steps.filter(({ plan }) => plan.kind === 'possible');
  const isIncomplete = gone > 0 || gaps.length > 0 || unanswered.length > 0;
  const outcomes = new Map<Step, RemediationResult>();
  const end = (): RemediationEnd => ({
    code: codeOf(steps, outcomes, isIncomplete),
    done: [...outcomes.values()].filter(({ kind }) => kind === 'done').length,
  });
  if (feasible.length === 0 || args.has('dry-run')) return end();
  const successors = action === 'rotate' ? await openTokenStore(feasible.length, args, io) : undefined;
  const what = `${action === 'revoke' ? 'Revoke' : 'Rotate'} ${plural(feasible.length, 'credential')}?`;
  if (!(await confirm(what))) return end();

  io.signal.removeEventListener('abort', stop);
  try {
    for (const step of feasible) {
      // After Ctrl-C the step in progress is finished; the next run does the others.
      if (io.signal.aborted) break;
      const place = await successors?.open(step);
      try {
        const outcome = await execute(step, {
          action,
          audit: (recorded, event, more) => recordStep(audit, action, recorded, { ...more, event }),
          reserved: place?.reserved,
          hold: io.hold,
          store: async (successor) => await place?.keep(successor),
          verifyAgain: async ({ finding }) =>
            (await createVerifyStage(options).verify([finding])).verdicts.get(finding.secretFingerprint),
        });
        outcomes.set(step, outcome);
        const rule = names.get(step.finding.ruleId);
        const hand = outcome.kind === 'failed' ? byHand(step.finding, rule, options.gitlabs[0]?.server) : [];
        for (const line of [`${step.finding.preview}: ${outcomeText(action, outcome)}`, ...hand])
          await io.stdout.write(`${wrapLine(line, view.width)}\n`);
      } finally {
        await place?.close();
      }
    }
  } finally {
    await io.stdout.write(`${summary(steps, outcomes)}; recorded in ${printable(audit.path)}\n`);
  }
  return end();
}

/** 0 no credential is active, 1 some are, 2 some could not be checked or a request failed. */
function codeOf(
  steps: readonly Step[],
  outcomes: ReadonlyMap<Step, RemediationResult>,
  isIncomplete: boolean,
): ExitCode {
  const isOver = (step: Step): boolean => step.plan.kind === 'already-inactive' || outcomes.get(step)?.kind === 'done';
  const isUnsure = (step: Step): boolean =>
    step.plan.kind === 'not-verified' || ['failed', 'unconfirmed'].includes(outcomes.get(step)?.kind ?? '');
  if (isIncomplete || steps.some(isUnsure)) return EXIT.incomplete;
  return steps.every(isOver) ? EXIT.clean : EXIT.findings;
}

function outcomeText(action: Action, { kind, why, expiresAt }: RemediationResult): string {
  const done = action === 'revoke' ? 'revoked' : 'rotated';
  const until = expiresAt === undefined ? '' : `; the new one expires on ${expiresAt.slice(0, 10)}`;
  if (kind === 'done') return `${done}, and no longer active${until}`;
  if (kind === 'unconfirmed')
    return `${done}, according to the server${until}. ${why ?? 'Whether it is still active could not be checked.'}`;
  return `NOT ${done}: ${why}`;
}

function summary(steps: readonly Step[], outcomes: ReadonlyMap<Step, RemediationResult>): string {
  const kinds = [...outcomes.values()].map(({ kind }) => kind);
  const count = (kind: RemediationResult['kind']): number => kinds.filter((one) => one === kind).length;
  const notDone = steps.filter((step) => step.plan.kind !== 'already-inactive' && !outcomes.has(step)).length;
  return [
    `${count('done')} done`,
    ...(count('unconfirmed') > 0 ? [`${count('unconfirmed')} not confirmed`] : []),
    ...(count('failed') > 0 ? [`${count('failed')} failed`] : []),
    ...(notDone > 0 ? [`${notDone} not touched`] : []),
  ].join(', ');
}
