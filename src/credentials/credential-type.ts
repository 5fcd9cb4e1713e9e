/** What glaive can do about one type of credential. `types/` has one file for each; the rules name it by the key `credential`. */

import type { JsonClient, JsonResponse } from '../http/json-client.ts';
import type { Facts, Hint } from '../model/candidate.ts';
import type { TokenStatus } from '../model/token-status.ts';
import type { Verdict, Verification } from '../model/verification.ts';

export type CredentialType = CheckedType | UncheckedType;

/** A type whose issuer has a request that checks it. */
export interface CheckedType extends Remediation {
  readonly issuer: 'gitlab' | 'vault';
  /** Sends the least intrusive request and reads the response. @throws ApiError */
  verify(credential: Credential, context: VerifyContext): Promise<CheckResult>;
}

/** A type that no request can check without changing something. */
export interface UncheckedType extends Remediation {
  readonly issuer: 'none';
  /** A sentence. */
  readonly reason: string;
}

interface Remediation {
  /** Absent: only administrators can revoke it, see `admin-api.ts`. */
  readonly revoke?: Planner;
  readonly rotate?: Planner;
  /** Whether it may be revoked although no server has confirmed that it works. */
  readonly revocableWithoutCheck?: true;
  /** The form in which `POST /admin/token` takes it; absent: that API does not know the type. */
  readonly adminForm?: (credential: Credential) => string;
}

export interface Credential {
  readonly ruleId: string;
  /** The secret itself. */
  readonly token: string;
  readonly facts: Facts;
  /** The nearest context hint of a kind. */
  hint(kind: Hint['kind']): string | undefined;
}

export interface VerifyContext {
  /** For the server that may know the credential. */
  readonly client: JsonClient;
  /** A GET request with glaive's own token; absent if it has none for this server. */
  readonly getWithOwnToken: ((path: string) => Promise<JsonResponse>) | undefined;
  /** Whether requests may change something on the server. */
  readonly allowSideEffects: boolean;
  /** Makes a text of the server safe to show; undefined if the value is not a text. */
  readonly clean: (value: unknown) => string | undefined;
}

export interface CheckResult {
  readonly status: TokenStatus;
  readonly details?: Partial<Omit<Verification, 'host' | 'checkedAt'>>;
  /** The check has failed and becomes a gap. */
  readonly isInconclusive?: boolean;
}

export type Action = 'revoke' | 'rotate';

/** Plans a remediation without changing anything. @throws ApiError */
export type Planner = (credential: VerifiedCredential, context: RemediationContext) => Promise<Plan>;

export interface VerifiedCredential extends Credential {
  readonly verdict: Verdict;
}

export interface RemediationContext {
  /** For the server that knows the credential. */
  readonly client: JsonClient;
  /** glaive's own token for that server. */
  readonly ownToken: string | undefined;
  /** Whether that is an administrator's, to be used as such. */
  readonly useAdminApi: boolean;
  /** Expiry date of the new token, if the user chose one. */
  readonly expires: string | undefined;
}

export type Plan =
  | {
      readonly kind: 'possible';
      /** The request, and the token that authorises it. */
      readonly how: string;
      /** Sentences: what changes, and what stops working. */
      readonly effects: readonly string[];
      /** @throws ApiError */
      run(): Promise<ExecutionResult>;
    }
  /** `isOnlyWay`: `why` already names everything that a person can do. */
  | { readonly kind: 'impossible'; readonly why: string; readonly isOnlyWay?: true };

export interface ExecutionResult {
  /** The new secret. It exists nowhere else, so it must be stored at once. */
  readonly successor?: string;
  readonly expiresAt?: string;
}

/** Marks types that the admin API takes as they are. */
export const asIs = ({ token }: Credential): string => token;
