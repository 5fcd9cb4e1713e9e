/**
 * The rules of revoking and rotating. Only credentials that a server has confirmed as active are changed; everything is planned
 * before the first change; each step is recorded before and after; a failed step does not stop the others.
 */

import { bySecret, type Finding, factsOf } from '../model/finding.ts';
import { GlaiveError } from '../model/errors.ts';
import { Secret } from '../model/secret.ts';
import type { Verdict } from '../model/verification.ts';
import { secretFingerprint } from '../triage/fingerprint.ts';
import { ApiError } from '../http/api-error.ts';
import type { JsonClient } from '../http/json-client.ts';
import { planByAdminApi } from './admin-api.ts';
import type { Action, ExecutionResult, Plan, RemediationContext, VerifiedCredential } from './credential-type.ts';
import { credentialTypeOf } from './index.ts';

export type { Action } from './credential-type.ts';

export interface RemediationOptions {
  readonly action: Action;
  /** By the host that verdicts name. */
  readonly clients: ReadonlyMap<string, JsonClient>;
  readonly own?: { readonly client: JsonClient; readonly token: string };
  readonly useAdminApi: boolean;
  readonly expires: string | undefined;
}

/** A credential with its plan. */
export interface Step {
  readonly finding: Finding;
  /** All files that contain it. */
  readonly uris: readonly string[];
  readonly verdict: Verdict;
  readonly plan: Plan | { readonly kind: 'already-inactive' } | { readonly kind: 'not-verified' };
}

/** The result of a step. */
export interface RemediationResult {
  readonly kind: 'done' | 'failed' | 'unconfirmed';
  /** The reason of a failure, or a warning. */
  readonly why?: string;
  readonly expiresAt?: string;
}

export interface ExecuteOptions {
  readonly action: Action;
  /** Records the step in the audit log, before and after. @throws if it cannot, and then the step is not executed */
  readonly audit: (
    step: Step,
    event: 'begun' | RemediationResult['kind'],
    more: Readonly<Record<string, string>>,
  ) => void;
  /** The file that receives the new secret if storing it elsewhere fails. */
  readonly reserved?: string | undefined;
  /** Keeps the process alive until the returned function is called. */
  readonly hold: () => () => void;
  /** Stores the new secret. Its first write happens synchronously. */
  readonly store: (successor: string) => Promise<void>;
  /** Verifies the credential again. */
  readonly verifyAgain: (step: Step) => Promise<Verdict | undefined>;
}

/** One step for each distinct secret, in the order of the findings. A failed request makes its plan impossible. */
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
  if (verdict.status.state === 'inactive') return { kind: 'already-inactive' };
  const { action, useAdminApi, expires, own } = options;
  const credential = credentialOf(group, verdict);
  const client = await clientFor(credential, options);
  if (client === undefined) return { kind: 'not-verified' };
  const isOwnServer = own?.client.server === client.server;
  try {
    return await planFor(action, credential, {
      client,
      ownToken: isOwnServer ? own.token : undefined,
      useAdminApi: useAdminApi && isOwnServer,
      expires,
    });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { kind: 'impossible', why: `It could not be planned: ${error.message}.` };
  }
}

/** The server that confirmed the credential, or glaive's own GitLab for types that may be revoked without a check. */
async function clientFor(
  { ruleId, verdict: { status, verification } }: VerifiedCredential,
  { action, clients, own }: RemediationOptions,
): Promise<JsonClient | undefined> {
  if (status.state === 'active') return clients.get(verification.host ?? '');
  const isUnsupported = status.state === 'unknown' && status.reason === 'unsupported';
  if (action !== 'revoke' || !isUnsupported) return undefined;
  const { revocableWithoutCheck } = await credentialTypeOf(ruleId);
  return revocableWithoutCheck === true ? own?.client : undefined;
}

/** The type's own way; if it has none, or that is impossible, the way of administrators. @throws ApiError */
async function planFor(action: Action, credential: VerifiedCredential, context: RemediationContext): Promise<Plan> {
  const type = await credentialTypeOf(credential.ruleId);
  const adminPlan = planByAdminApi(type, credential, { ...context, action });
  const plan = (await type[action]?.(credential, context)) ?? adminPlan;
  return plan.kind === 'impossible' && adminPlan.kind === 'possible' ? adminPlan : plan;
}

function credentialOf(group: readonly [Finding, ...Finding[]], verdict: Verdict): VerifiedCredential {
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

/** Executes one step, and verifies the result. Never throws because of a server. */
export async function execute(step: Step, options: ExecuteOptions): Promise<RemediationResult> {
  const { action, audit, reserved, verifyAgain } = options;
  const { plan } = step;
  if (plan.kind !== 'possible') return { kind: 'failed', why: 'glaive cannot do this.' };
  const isLate = action === 'rotate' ? whyTooLate(await verifyAgain(step)) : undefined;
  if (isLate !== undefined) {
    audit(step, 'failed', { why: isLate });
    return { kind: 'failed', why: isLate };
  }
  audit(step, 'begun', reserved === undefined ? {} : { reserved });
  try {
    const { expiresAt, successor, stored } = await runAndStore(plan, options);
    if (stored !== undefined) await assertStored(stored, step, audit);
    const expiry = expiresAt === undefined ? {} : { expiresAt };
    const after = await verifyAgain(step);
    const outcome: RemediationResult = {
      kind: after !== undefined && hasEnded(after) ? 'done' : 'unconfirmed',
      ...expiry,
      ...(after?.status.state === 'active' ? { why: 'The server agreed, but the credential still works.' } : {}),
    };
    const successorFingerprint =
      successor === undefined ? {} : { successorFingerprint: secretFingerprint(new Secret(successor)) };
    audit(step, outcome.kind, { ...expiry, ...successorFingerprint });
    return outcome;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    // A server may have acted on a request although its response is missing.
    const why =
      error.reason === 'unreachable' ? `${error.message}; it is not known whether it was done` : error.message;
    audit(step, 'failed', { why });
    return { kind: 'failed', why };
  }
}

/** GitLab revokes the descendants of a token that is rotated a second time, so a rotation needs a fresh check. */
function whyTooLate(verdict: Verdict | undefined): string | undefined {
  if (verdict?.status.state === 'active') return undefined;
  return verdict !== undefined && hasEnded(verdict)
    ? 'it is no longer active: it was revoked or rotated elsewhere in the meantime'
    : 'it could not be verified again';
}

/** No signal may end the process between the response and the first write of the new secret. */
async function runAndStore(
  plan: Extract<Plan, { kind: 'possible' }>,
  { hold, store }: Pick<ExecuteOptions, 'hold' | 'store'>,
): Promise<ExecutionResult & { readonly stored: Promise<void> | undefined }> {
  const release = hold();
  try {
    const result = await plan.run();
    return { ...result, stored: result.successor === undefined ? undefined : store(result.successor) };
  } finally {
    release();
  }
}

/** @throws GlaiveError if the new secret could not be stored, which ends the run */
async function assertStored(stored: Promise<void>, step: Step, audit: ExecuteOptions['audit']): Promise<void> {
  try {
    await stored;
  } catch (error) {
    const hint = error instanceof GlaiveError ? (error.hint ?? '') : '';
    try {
      audit(step, 'failed', { why: `it was rotated, and the new token could not be written. ${hint}`.trim() });
    } catch {
      // The user must see where the new token is, even if the audit log fails.
    }
    throw error;
  }
}

/** The credential worked before, so a server that no longer knows it has ended it. */
function hasEnded({ status }: Verdict): boolean {
  return status.state === 'inactive' || (status.state === 'unknown' && status.reason.startsWith('not known at '));
}
