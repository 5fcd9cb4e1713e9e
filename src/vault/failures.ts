/**
 * Explains an error response of Vault in one sentence, with the way out. The recognised texts are those of OpenBao 2.6 and
 * Vault 1.x: sdk/logical, vault/request_handling.go, vault-plugin-auth-jwt, github.com/hashicorp/cap/jwt.
 */

import type { ApiError } from '../http/api-error.ts';
import type { JsonResponse } from '../http/json-client.ts';
import { dataOf, hasMessage } from './responses.ts';
import { apiPath, hintFor, type SecretReference } from './reference.ts';
import type { VaultLogin } from './login.ts';
import { VaultError } from './vault-error.ts';

/** For a request without a response. */
export function connectionFailure(error: ApiError, host: string): VaultError {
  const { message } = error;
  const hint = message.includes('not trusted')
    ? 'Set VAULT_CACERT to a file with the CA certificate of the Vault.'
    : message.includes('for another host')
      ? 'Set VAULT_SERVER_URL to the host name in its certificate.'
      : message.includes('certificate has expired')
        ? 'Its operator must renew the certificate.'
        : 'Check VAULT_SERVER_URL, and that the Vault is reachable from here.';
  return new VaultError(`${host}: ${message}`, hint, { isTemporary: true, cause: error });
}

/** Failures that every request may have. */
function commonFailure(response: JsonResponse): VaultError | undefined {
  const { status } = response;
  const temporary = { isTemporary: true };
  // From Go's HTTP server, as plain text.
  if (status === 400 && response.text.startsWith('Client sent an HTTP request to an HTTPS server'))
    return new VaultError('the Vault expects TLS on this port', 'Use https:// in VAULT_SERVER_URL.');
  if (hasMessage(response, /^(?:vault|namespace) is sealed\b/i))
    return new VaultError('the Vault is sealed', 'An operator must unseal it: vault operator unseal.', temporary);
  if (
    hasMessage(
      response,
      /^(?:vault is in standby mode|node is not active|local node not active|please forward to the active)/i,
    ) ||
    (status >= 300 && status < 400) ||
    status === 472 ||
    status === 473
  )
    return new VaultError(
      'this node of the Vault is on standby, and redirects to another one',
      'Set VAULT_SERVER_URL to the active node or the load balancer: glaive does not follow redirects with a credential.',
    );
  if (status === 501)
    return new VaultError('the Vault is not initialised', 'An operator must initialise it: vault operator init.');
  if (status === 429)
    return new VaultError('too many requests: the Vault accepts no more for now', 'Try again later.', temporary);
  if (status >= 500)
    return new VaultError(`the Vault server reports an error (${status})`, 'Check its server log.', temporary);
  return undefined;
}

interface KnownError {
  readonly text: RegExp;
  readonly why: string;
  readonly hint: string;
}

/** The JWT library's message may have prefixes of the auth method before it. */
const TOKEN = '^(?:error validating token: (?:.*: )?)?';

/** Sign-in errors with a message of their own, the most specific first. */
const SIGN_IN: readonly KnownError[] = [
  {
    text: /^missing role$/,
    why: 'no role was given, and the Vault has no default role',
    hint: 'Set VAULT_AUTH_ROLE.',
  },
  {
    text: /^role with oidc role_type is not allowed$/,
    why: 'the role is for sign-ins with a browser',
    hint: 'Create one with role_type "jwt": glaive init --vault prints the command.',
  },
  {
    text: /^could not load configuration$/,
    why: 'the JWT method is not configured',
    hint: 'Configure it: glaive init --vault prints the command.',
  },
  {
    text: new RegExp(
      `${TOKEN}(?:invalid expiration time \\(exp\\) claim|validation failed, token is expired|token is expired)`,
    ),
    why: 'the job’s token has expired',
    hint: 'It is valid for the timeout of the job: fetch the secret earlier.',
  },
  {
    text: new RegExp(
      `${TOKEN}(?:invalid (?:not before|issued at) \\((?:nbf|iat)\\) claim|validation failed, token (?:not valid yet|issued in the future))`,
    ),
    why: 'the job’s token is not valid yet: the clocks of GitLab and Vault differ',
    hint: 'Synchronise both with NTP, or set clock_skew_leeway of the role.',
  },
  {
    text: new RegExp(`${TOKEN}(?:invalid issuer \\(iss\\) claim|validation failed, invalid issuer claim)`),
    why: 'the job’s token is from another GitLab than bound_issuer names',
    hint: 'bound_issuer of the JWT method must be exactly the address in CI_SERVER_URL.',
  },
  {
    text: new RegExp(`${TOKEN}(?:invalid subject \\(sub\\) claim|validation failed, invalid subject claim)`),
    why: 'the role does not admit this job: the subject of its token does not match bound_subject',
    hint: 'Restrict the role with bound_claims (project_path, ref_protected), and leave bound_subject empty.',
  },
  {
    text: new RegExp(
      `${TOKEN}(?:invalid audience \\(aud\\) claim|validation failed, invalid audience claim)|` +
        '^audience claim found in JWT but no audiences bound to the role$|' +
        '^error validating claims: aud(?:ience)? claim does not match any bound audience$',
    ),
    why: 'the audience of the job’s token does not match the role',
    hint: '`aud` under id_tokens must equal bound_audiences of the role, which Vault 1.17 and newer require.',
  },
  {
    text: /^error validating token: .*(?:fetching keys|get keys failed)|^error configuring token validator/,
    why: 'the Vault cannot fetch the keys of GitLab, which sign the tokens of jobs',
    hint: 'It must reach the address in oidc_discovery_url (or jwks_url) of its JWT method, and trust its certificate.',
  },
  {
    text: /^error validating token: error verifying token signature: (?:illegal base64|go-jose|square\/go-jose|oidc: malformed)|^error validating token: error parsing token|^missing token$/,
    why: 'VAULT_ID_TOKEN does not contain an ID token of a job',
    hint: 'Add one to the job:  id_tokens: { VAULT_ID_TOKEN: { aud: https://vault.example.com } }',
  },
  {
    text: /^error validating token: (?:error verifying token signature|invalid algorithm)/,
    why: 'the Vault does not trust the job’s token: another key signed it',
    hint: 'Its JWT method must trust this GitLab: set oidc_discovery_url (or jwks_url) and bound_issuer to its address.',
  },
  {
    text: /^error validating token: /,
    why: 'the Vault does not accept the job’s token',
    hint: 'Check its audit log, and compare the configuration of its JWT method with the output of glaive init --vault.',
  },
  {
    text: /^error validating claims: claim .* is missing$/,
    why: 'the role does not admit this job: its token lacks a bound claim',
    hint: 'Compare bound_claims of the role with the claims in GitLab’s tokens (project_path, ref, ref_protected).',
  },
  {
    text: /^error validating claims: |^claim .* does not match any associated bound claim values$/,
    why: 'the role does not admit this job: a bound claim does not match',
    hint: 'Compare bound_claims of the role (project_path, ref, ref_protected) with this job; patterns need bound_claims_type glob.',
  },
  {
    text: /^claim .* not found in token$|claim .* could not be converted to string$/,
    why: 'the job’s token lacks the claim that the role uses as the user name',
    hint: 'Set user_claim of the role to a claim in GitLab’s tokens, such as project_path.',
  },
];

export function loginFailure(response: JsonResponse, { role, authPath, namespace }: VaultLogin): VaultError {
  const { status } = response;
  const common = commonFailure(response);
  if (common !== undefined) return common;
  if (
    hasMessage(response, /^namespace not found$|^namespaces feature not enabled$/) ||
    (namespace !== undefined && status === 404)
  )
    return new VaultError(
      `no namespace ${quoted(namespace)}, or no JWT method in it`,
      'Check VAULT_NAMESPACE and VAULT_AUTH_PATH.',
    );
  if (status === 404 || hasMessage(response, /^no handler for route /))
    return new VaultError(
      `no JWT method at auth/${authPath}`,
      'Check VAULT_AUTH_PATH, and VAULT_NAMESPACE if there are namespaces; glaive init --vault prints what must be created.',
    );
  if (hasMessage(response, /^role ".*" (?:could not be found|not found)$|^invalid role name/))
    return new VaultError(
      `no role ${quoted(role)}`,
      'Check VAULT_AUTH_ROLE; glaive init --vault prints the command that creates it.',
    );
  const known = SIGN_IN.find(({ text }) => hasMessage(response, text));
  if (known !== undefined) return new VaultError(known.why, known.hint);
  if (status === 403)
    return new VaultError(
      'the sign-in was refused: permission denied',
      'Check VAULT_AUTH_PATH (a missing method gives the same error), VAULT_NAMESPACE, and token_bound_cidrs of the role.',
    );
  return new VaultError(`the sign-in was refused (${status})`, 'Check VAULT_AUTH_ROLE and the audit log of the Vault.');
}

export type Right = 'read' | 'create' | 'update';

export function accessFailure(
  response: JsonResponse,
  reference: SecretReference,
  { namespace }: Pick<VaultLogin, 'namespace'>,
  right: Right,
): VaultError {
  const { status } = response;
  const common = commonFailure(response);
  if (common !== undefined) return common;
  const { mount, path, engine } = reference;
  const hint = hintFor(reference);
  if (hasMessage(response, /^invalid path for a versioned k\/v secrets engine/i))
    return new VaultError(`${mount} is a versioned engine, not ${engine}`, 'Use --engine kv-v2.');
  if (status === 403)
    return new VaultError(
      `the role may not ${right} ${path} in ${mount}: permission denied`,
      hint ??
        `Its policy must allow "${right}" on ${policyPath(reference)}. A missing mount or namespace gives the same error.`,
    );
  if (hasMessage(response, /^namespace not found$/))
    return new VaultError(`no namespace ${quoted(namespace)}`, 'Check VAULT_NAMESPACE.');
  if (hasMessage(response, /^no handler for route |route entry not found\.?$/))
    return new VaultError(
      `no engine is mounted at ${mount}`,
      `Check the mount (after @, or --mount)${namespace === undefined ? '' : ' and VAULT_NAMESPACE'}.`,
    );
  const gone = goneVersion(response);
  if (status === 404 && gone !== undefined)
    return gone.isDestroyed
      ? new VaultError(
          `the newest version of ${path} in ${mount} (${gone.version}) is destroyed`,
          'It cannot be restored: write the secret again, or roll back to an older version (vault kv rollback).',
        )
      : new VaultError(
          `the newest version of ${path} in ${mount} (${gone.version}) is deleted`,
          `Restore it: vault kv undelete -mount=${mount} -versions=${gone.version} ${path}`,
        );
  if (status === 404)
    return new VaultError(
      `no secret ${path} in ${mount}`,
      hint ??
        `Check the path, and the engine: if ${mount} has ${engine === 'kv-v2' ? 'no versions, use --engine kv-v1' : 'versions, use --engine kv-v2'}.`,
    );
  if (hasMessage(response, /^check-and-set parameter did not match/))
    return new VaultError(
      'the secret was changed in the meantime',
      'Check it, and write the new token there by hand.',
      {
        isTemporary: true,
      },
    );
  return new VaultError(
    `the secret cannot be ${right === 'read' ? 'read' : 'written'} (${status})`,
    'Check the audit log of the Vault.',
  );
}

/** The path in a policy. */
export const policyPath = (reference: SecretReference): string => decodeURIComponent(apiPath(reference).slice(4));

/** The newest version, if it was deleted or destroyed. */
function goneVersion(response: JsonResponse): { readonly version: number; readonly isDestroyed: boolean } | undefined {
  const metadata = dataOf(response)?.['metadata'];
  if (typeof metadata !== 'object' || metadata === null) return undefined;
  const { version, destroyed } = metadata as Record<string, unknown>;
  return typeof version === 'number' ? { version, isDestroyed: destroyed === true } : undefined;
}

const quoted = (name: string | undefined): string => (name === undefined ? 'of this name' : JSON.stringify(name));
