/**
 * The rules of ending credentials: only what is known to work is touched, everything is planned before anything is done,
 * each step is written down before and after, and one that fails does not stop the others.
 */

import { createHash } from 'node:crypto';
import { bySecret, type Finding, factsOf } from '../model/finding.ts';
import { GlaiveError } from '../model/errors.ts';
import type { Verdict } from '../model/verification.ts';
import { ApiError } from '../http/api-error.ts';
import type { JsonClient } from '../http/json-client.ts';
import { isBlind, planFor } from './remediators.ts';
import type { Action, ExecutionResult, Plan, Target } from './remediator.ts';

export type { Action } from './remediator.ts';

export interface RemediationOptions {
  readonly action: Action;
  /** Servers by the host that verdicts name. */
  readonly clients: ReadonlyMap<string, JsonClient>;
  readonly own?: { readonly probe: JsonClient; readonly token: string };
  readonly useAdminApi: boolean;
  readonly expires: string | undefined;
}

/** A credential with what is to be done about it. */
export interface Step {
  readonly finding: Finding;
  /** Everywhere where it was found. */
  readonly uris: readonly string[];
  readonly verdict: Verdict;
  readonly plan: Plan | { readonly kind: 'over' } | { readonly kind: 'unknown' };
}

/** What became of a step. */
export interface Outcome {
  readonly kind: 'done' | 'failed' | 'unconfirmed';
  /** Why it failed, or what is left to do. */
  readonly why?: string;
  readonly expiresAt?: string;
}

export interface ExecuteOptions {
  readonly action: Action;
  /** Written down before it is done, and after. @throws when it cannot be */
  readonly note: (step: Step, event: 'begun' | Outcome['kind'], more: Readonly<Record<string, string>>) => void;
  /** Where what takes its place is kept when it comes to the worst. */
  readonly reserved?: string | undefined;
  /** Keeps the process alive until what it gives is called. */
  readonly hold: () => () => void;
  /** Keeps what takes the place of a credential, before anything else happens. What it does first, it does at once. */
  readonly keep: (successor: string) => Promise<void>;
  /** Asks again whether it works. */
  readonly check: (step: Step) => Promise<Verdict | undefined>;
}

/** One step for each secret, in the order of the findings. @throws ApiError never: what cannot be planned says why */
export async function planAll(
  findings: readonly Finding[],
  verdicts: ReadonlyMap<string, Verdict>,
  options: RemediationOptions,
): Promise<Step[]> {
  const steps: Step[] = [];
  for (const [fingerprint, group] of bySecret(findings)) {
    const [finding] = group;
    const verdict: Verdict = verdicts.get(fingerprint) ?? {
      status: finding.tokenStatus,
      verification: { checkedAt: '', notes: [] },
    };
    const uris = [...new Set(group.map(({ artifact }) => artifact.uri))];
    steps.push({ finding, uris, verdict, plan: await planOf(group, verdict, options) });
  }
  return steps;
}

async function planOf(
  group: readonly [Finding, ...Finding[]],
  verdict: Verdict,
  options: RemediationOptions,
): Promise<Step['plan']> {
  if (verdict.status.state === 'inactive') return { kind: 'over' };
  const { action, useAdminApi, expires, own } = options;
  const mayBeBlind =
    action === 'revoke' && verdict.status.state === 'unknown' && verdict.status.reason === 'unsupported';
  const isActive = verdict.status.state === 'active';
  const probe = isActive
    ? options.clients.get(verdict.verification.host ?? '')
    : mayBeBlind && (await isBlind(group[0].ruleId))
      ? own?.probe
      : undefined;
  if (probe === undefined) return { kind: 'unknown' };
  try {
    return await planFor(targetOf(group, verdict), {
      action,
      probe,
      own: own?.probe.server === probe.server ? own.token : undefined,
      asAdmin: useAdminApi && own?.probe.server === probe.server,
      expires,
    });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { kind: 'cannot', why: `It could not be planned: ${error.message}.` };
  }
}

function targetOf(group: readonly [Finding, ...Finding[]], verdict: Verdict): Target {
  const [first] = group;
  const hints = group.flatMap((finding) => finding.hints ?? []);
  return {
    ruleId: first.ruleId,
    token: Buffer.from((verdict.reading ?? first.secret).reveal(), 'latin1').toString('utf8'),
    facts: factsOf(group),
    hint: (kind) => hints.find((hint) => hint.kind === kind)?.value,
    verdict,
  };
}

/** Does one step, and asks whether it was of use. Never throws for what a server does. */
export async function execute(
  step: Step,
  { action, note, reserved, hold, keep, check }: ExecuteOptions,
): Promise<Outcome> {
  const { plan } = step;
  if (plan.kind !== 'can') return { kind: 'failed', why: 'There is no way to do it.' };
  const isLate = action === 'rotate' ? whyNotNow(await check(step)) : undefined;
  if (isLate !== undefined) {
    note(step, 'failed', { why: isLate });
    return { kind: 'failed', why: isLate };
  }
  note(step, 'begun', reserved === undefined ? {} : { reserved });
  let outcome: Outcome;
  try {
    const { expiresAt, successor, keeping } = await done(plan, { hold, keep });
    if (keeping !== undefined) await kept(keeping, step, note);
    const after = await check(step);
    outcome = {
      kind: after !== undefined && after.status.state !== 'active' && isAnswer(after) ? 'done' : 'unconfirmed',
      ...(expiresAt === undefined ? {} : { expiresAt }),
      ...(after?.status.state === 'active' ? { why: 'The server said yes, and the credential still works.' } : {}),
    };
    note(step, outcome.kind, {
      ...(expiresAt === undefined ? {} : { expiresAt }),
      ...(successor === undefined ? {} : { successorFingerprint: fingerprintOf(successor) }),
    });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    // Who does not answer may have heard.
    const why = error.reason === 'unreachable' ? `${error.message}: whether it was done is not known` : error.message;
    outcome = { kind: 'failed', why };
    note(step, 'failed', { why });
  }
  return outcome;
}

/** It worked when it was planned. Where a token that was rotated is rotated again, GitLab ends the one that came of it. */
function whyNotNow(now: Verdict | undefined): string | undefined {
  if (now?.status.state === 'active') return undefined;
  return now !== undefined && isAnswer(now)
    ? 'it does not work any more: another has ended or rotated it meanwhile'
    : 'whether it still works could not be asked again';
}

/** Does it, and begins to keep what comes of it; until that is begun, nothing ends the process. */
async function done(
  plan: Extract<Plan, { kind: 'can' }>,
  { hold, keep }: Pick<ExecuteOptions, 'hold' | 'keep'>,
): Promise<ExecutionResult & { readonly keeping: Promise<void> | undefined }> {
  const release = hold();
  try {
    const what = await plan.run();
    return { ...what, keeping: what.successor === undefined ? undefined : keep(what.successor) };
  } finally {
    release();
  }
}

/** What could not be put where it belongs: that is written down, and nothing more is done. */
async function kept(keeping: Promise<void>, step: Step, note: ExecuteOptions['note']): Promise<void> {
  try {
    await keeping;
  } catch (error) {
    const hint = error instanceof GlaiveError ? (error.hint ?? '') : '';
    try {
      note(step, 'failed', { why: `it was rotated, and the new token could not be written. ${hint}`.trim() });
    } catch {
      // Where the token is must be said, whatever cannot be written down.
    }
    throw error;
  }
}

/** It worked before, so that a server that does not know it now has ended it. */
function isAnswer({ status }: Verdict): boolean {
  return status.state === 'inactive' || (status.state === 'unknown' && status.reason.startsWith('not known at '));
}

/** As `secretFingerprint` of findings: what was made can be found again. */
function fingerprintOf(token: string): string {
  return createHash('sha256').update('glaive/1\0').update(token, 'latin1').digest('hex');
}
