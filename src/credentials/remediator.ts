/**
 * What a responder is: it plans how a credential is ended, or replaced, and does it when it is told to. Asking,
 * confirming and keeping the account are done for all of them. A new one is a file here, and a line in `index.ts`.
 */

import type { JsonClient, JsonResponse } from '../http/json-client.ts';
import type { Facts, Hint } from '../model/candidate.ts';
import type { Verdict } from '../model/verification.ts';
import { errorFromFields } from '../gitlab/api-errors.ts';

export type Action = 'revoke' | 'rotate';

/** A credential that is to be ended, once however often it was found. */
export interface Target {
  readonly ruleId: string;
  /** The secret itself. */
  readonly token: string;
  readonly facts: Facts;
  hint(kind: Hint['kind']): string | undefined;
  readonly verdict: Verdict;
}

export interface RemediationContext {
  readonly action: Action;
  /** The server that knows the credential. */
  readonly probe: JsonClient;
  /** glaive's own token for that server; absent when there is none. */
  readonly own: string | undefined;
  /** Whether that is an administrator's. */
  readonly asAdmin: boolean;
  /** The last day of what takes its place, where somebody has said so. */
  readonly expires: string | undefined;
}

export interface ExecutionResult {
  /** What takes its place; it must be kept at once. */
  readonly successor?: string;
  readonly expiresAt?: string;
}

export type Plan =
  | {
      readonly kind: 'can';
      /** The request, and by whose authority. */
      readonly how: string;
      /** What it does, and what breaks; sentences. */
      readonly effects: readonly string[];
      /** @throws ApiError */
      run(): Promise<ExecutionResult>;
    }
  /** It must be done by hand, and why; or in the one way that is said there. */
  | { readonly kind: 'cannot'; readonly why: string; readonly isOnlyWay?: true };

export interface Remediator {
  /** Whether it may act though nobody can be asked about the credential; it is only revoked then. */
  readonly isBlind?: boolean;
  /** Makes no request that changes something. @throws ApiError */
  plan(target: Target, context: RemediationContext): Promise<Plan>;
}

export const cannot = (why: string): Plan => ({ kind: 'cannot', why });

/** An answer that is a yes. @throws ApiError */
export function accepted(reply: JsonResponse): JsonResponse {
  if (reply.status >= 200 && reply.status < 300) return reply;
  throw errorFromFields(reply.status, reply.fields);
}
