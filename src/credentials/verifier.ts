/**
 * What a verifier is: it picks a request and reads the answer. Who may be asked, how often and how long, is decided
 * before it is called. A new one is a file here, and a line in `index.ts`.
 */

import { encodedProject } from '../gitlab/project-path.ts';
import type { JsonClient, JsonResponse } from '../http/json-client.ts';
import type { Facts, Hint } from '../model/candidate.ts';
import type { TokenStatus } from '../model/token-status.ts';
import type { Verification } from '../model/verification.ts';

/** A credential that is to be checked. */
export interface Credential {
  readonly ruleId: string;
  /** The secret itself. */
  readonly token: string;
  readonly facts: Facts;
  /** What stands beside it, the nearest first. */
  hint(kind: Hint['kind']): string | undefined;
}

/** What is to be said of it beside its status. */
export type Details = Partial<Omit<Verification, 'host' | 'checkedAt'>>;

export interface Checked {
  readonly status: TokenStatus;
  readonly details?: Details;
  /** There was no answer that helps: the check is not done. */
  readonly isTrouble?: boolean;
}

export interface VerifyContext {
  readonly probe: JsonClient;
  /** With glaive's own token; absent when there is none. */
  readonly own: ((path: string) => Promise<JsonResponse>) | undefined;
  /** Whether requests that change something on the server may be made. */
  readonly mayAct: boolean;
  /** A text of the server, made safe to show; undefined for what is no text. */
  readonly clean: (value: unknown) => string | undefined;
}

export interface Verifier {
  /** Default: a GitLab. */
  readonly issuer?: 'vault' | 'nobody';
  /** @throws ApiError */
  verify(suspect: Credential, context: VerifyContext): Promise<Checked>;
}

export const ACTIVE: TokenStatus = { state: 'active' };
export const EXPIRED: TokenStatus = { state: 'inactive', reason: 'expired' };
export const REVOKED: TokenStatus = { state: 'inactive', reason: 'revoked' };
export const BLOCKED: TokenStatus = { state: 'inactive', reason: 'blocked' };
export const UNCLEAR: TokenStatus = { state: 'unknown', reason: 'unclear answer' };

/** Nobody can ask, and why. */
export function unsupported(why: string): Checked {
  return { status: { state: 'unknown', reason: 'unsupported' }, details: { notes: [why] } };
}

/** 401 of a GitLab that does not know it: also what a wrong host says, so it proves nothing. */
export function unknownAt({ host }: Pick<JsonClient, 'host'>): Checked {
  return { status: { state: 'unknown', reason: `not known at ${host}` } };
}

/** lib/gitlab/auth/user_access_denied_reason.rb. A 403 without one of these may be of anything in front of a GitLab. */
const MAY_NOT_SIGN_IN =
  /\b(?:blocked|deactivated|terms of service|email address is not confirmed|password expired|internal users)\b/i;

/** What an answer that is no yes says of a token that was sent as Bearer. lib/api/api_guard.rb, lib/gitlab/auth/auth_finders.rb */
export function refusal({ status, fields }: JsonResponse, probe: Pick<JsonClient, 'host'>): Checked {
  const { error, error_description: description, message } = fields;
  const says = typeof description === 'string' ? description : '';
  if (status === 401) {
    if (error === 'invalid_token' && says.startsWith('Token is expired')) return { status: EXPIRED };
    if (error === 'invalid_token' && says.startsWith('Token was revoked')) return { status: REVOKED };
    if (error === 'invalid_token' && /impersonation/i.test(says))
      return {
        status: BLOCKED,
        details: { notes: ['Impersonation is switched off on this GitLab; the token is real.'] },
      };
    if (error === 'dpop_error' || error === 'restricted_language_server_client_error')
      return { status: ACTIVE, details: { notes: ['It is real, and of use only with a proof that its owner has.'] } };
    return unknownAt(probe);
  }
  if (status === 403) {
    if (error === 'insufficient_scope') return { status: ACTIVE };
    if (typeof message === 'string' && message.startsWith('403 Forbidden - ') && MAY_NOT_SIGN_IN.test(message))
      return { status: BLOCKED, details: { notes: ['Its owner is blocked, or may not sign in; the token is real.'] } };
  }
  return unclear(status);
}

/** An answer that tells nothing. */
export function unclear(status: number): Checked {
  const why =
    status >= 300 && status < 400
      ? 'It leads elsewhere, and a credential does not follow.'
      : `It answered with ${status}.`;
  return { status: UNCLEAR, details: { notes: [why] }, isTrouble: true };
}

/** The project that a token is of: as it tells itself, or what stands beside it; encoded for a path. */
export function projectOf({ facts, hint }: Pick<Credential, 'facts' | 'hint'>): string | undefined {
  const project = facts.project ?? hint('project');
  return project === undefined ? undefined : encodedProject(project);
}

/** An id in an answer. */
export function idOf(value: unknown): string | undefined {
  return (typeof value === 'number' && Number.isSafeInteger(value)) ||
    (typeof value === 'string' && /^\d{1,20}$/.test(value))
    ? String(value)
    : undefined;
}

/** More are of no use to anybody. */
const LIST_MAX = 50;

/** The texts of a list, made safe to show. */
export function textsOf(value: unknown, { clean }: Pick<VerifyContext, 'clean'>): string[] {
  return (Array.isArray(value) ? value : []).slice(0, LIST_MAX).flatMap((item) => clean(item) ?? []);
}

/** What was found out, without what was not. */
export function known<T extends object>(details: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(details).filter(([, value]) => value !== undefined)) as never; // the keys that are left
}
