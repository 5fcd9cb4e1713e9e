/**
 * What a refusal of Vault means, in one sentence, with the way out. The texts that tell one from another are those of
 * OpenBao 2.6 and Vault 1.x: sdk/logical, vault/request_handling.go, vault-plugin-auth-jwt, github.com/hashicorp/cap/jwt.
 */

import type { ApiError } from '../http/api-error.ts';
import type { JsonResponse } from '../http/json-client.ts';
import { dataOf, says } from './answers.ts';
import { apiPath, hintFor, type SecretReference } from './reference.ts';
import type { VaultLogin } from './vault.ts';
import { VaultError } from './vault-error.ts';

/** There was no answer. */
export function connectionFailure(error: ApiError, host: string): VaultError {
  const { message } = error;
  const hint = message.includes('not trusted')
    ? "VAULT_CACERT names a file with the certificate of the Vault's authority."
    : message.includes('for another host')
      ? 'Name the Vault in VAULT_SERVER_URL as its certificate does.'
      : message.includes('certificate has expired')
        ? 'Its operator must renew the certificate.'
        : 'Check VAULT_SERVER_URL, and whether the Vault can be reached from here.';
  return new VaultError(`${host}: ${message}`, hint, { isPassing: true, cause: error });
}

/** What any request may be told. */
function commonFailure(reply: JsonResponse): VaultError | undefined {
  const { status } = reply;
  const passing = { isPassing: true };
  // Written by Go's own server, as text.
  if (status === 400 && reply.text.startsWith('Client sent an HTTP request to an HTTPS server'))
    return new VaultError('the Vault speaks TLS there, and was asked without', 'Write https:// in VAULT_SERVER_URL.');
  if (says(reply, /^(?:vault|namespace) is sealed\b/i))
    return new VaultError('the Vault is sealed', 'An operator must unseal it: vault operator unseal.', passing);
  if (
    says(
      reply,
      /^(?:vault is in standby mode|node is not active|local node not active|please forward to the active)/i,
    ) ||
    (status >= 300 && status < 400) ||
    status === 472 ||
    status === 473
  )
    return new VaultError(
      'this node of the Vault is on standby, and leads to another',
      'Name the active node, or the address in front of all of them, in VAULT_SERVER_URL: a credential follows no redirect.',
    );
  if (status === 501)
    return new VaultError('the Vault is not initialised', 'An operator must do that: vault operator init.');
  if (status === 429) return new VaultError('the Vault takes no more requests for now', 'Try again later.', passing);
  if (status >= 500) return new VaultError(`the Vault has trouble (${status})`, 'Look into its log.', passing);
  return undefined;
}

interface Saying {
  readonly text: RegExp;
  readonly why: string;
  readonly hint: string;
}

/** What checks the token says it by itself; the method, and what is in between, put words before it. */
const TOKEN = '^(?:error validating token: (?:.*: )?)?';

/** Refusals of the sign-in that have words of their own; what is said of one thing alone goes first. */
const SIGN_IN: readonly Saying[] = [
  {
    text: /^missing role$/,
    why: 'no role was named, and the Vault has no default one',
    hint: 'Name it in VAULT_AUTH_ROLE.',
  },
  {
    text: /^role with oidc role_type is not allowed$/,
    why: 'the role is for people who sign in with a browser',
    hint: 'Make one with role_type "jwt"; glaive init --vault prints how.',
  },
  {
    text: /^could not load configuration$/,
    why: 'the JWT method is not set up',
    hint: 'Set it up: vault write auth/PATH/config; glaive init --vault prints how.',
  },
  {
    text: new RegExp(
      `${TOKEN}(?:invalid expiration time \\(exp\\) claim|validation failed, token is expired|token is expired)`,
    ),
    why: 'the job’s token has expired',
    hint: 'It lives as long as the time limit of the job: fetch the secret earlier.',
  },
  {
    text: new RegExp(
      `${TOKEN}(?:invalid (?:not before|issued at) \\((?:nbf|iat)\\) claim|validation failed, token (?:not valid yet|issued in the future))`,
    ),
    why: 'the job’s token is of the future: the clocks of GitLab and Vault differ',
    hint: 'Set both by NTP, or allow for it with clock_skew_leeway of the role.',
  },
  {
    text: new RegExp(`${TOKEN}(?:invalid issuer \\(iss\\) claim|validation failed, invalid issuer claim)`),
    why: 'the job’s token is of another GitLab than bound_issuer names',
    hint: 'bound_issuer of the JWT method must be the address of this GitLab, letter by letter, as CI_SERVER_URL has it.',
  },
  {
    text: new RegExp(`${TOKEN}(?:invalid subject \\(sub\\) claim|validation failed, invalid subject claim)`),
    why: 'the role does not let this job in: the subject of its token is not bound_subject',
    hint: 'Bind the role with bound_claims (project_path, ref_protected), and leave bound_subject empty.',
  },
  {
    text: new RegExp(
      `${TOKEN}(?:invalid audience \\(aud\\) claim|validation failed, invalid audience claim)|` +
        '^audience claim found in JWT but no audiences bound to the role$|' +
        '^error validating claims: aud(?:ience)? claim does not match any bound audience$',
    ),
    why: 'the audience of the job’s token is none that the role takes',
    hint: 'Make `aud` under id_tokens the same as bound_audiences of the role. Vault 1.17 and newer insist on the latter.',
  },
  {
    text: /^error validating token: .*(?:fetching keys|get keys failed)|^error configuring token validator/,
    why: 'the Vault cannot fetch the keys of GitLab, which sign the tokens of jobs',
    hint: 'It must reach the address in oidc_discovery_url (or jwks_url) of its JWT method, and trust its certificate.',
  },
  {
    text: /^error validating token: error verifying token signature: (?:illegal base64|go-jose|square\/go-jose|oidc: malformed)|^error validating token: error parsing token|^missing token$/,
    why: 'VAULT_ID_TOKEN is no token of a job',
    hint: 'Give the job one:  id_tokens: { VAULT_ID_TOKEN: { aud: https://vault.example.com } }',
  },
  {
    text: /^error validating token: (?:error verifying token signature|invalid algorithm)/,
    why: 'the Vault does not trust the job’s token: another key has signed it',
    hint: 'Its JWT method must know this GitLab: oidc_discovery_url (or jwks_url) and bound_issuer are its address.',
  },
  {
    text: /^error validating token: /,
    why: 'the Vault does not take the job’s token',
    hint: 'Look into its audit log, and compare the settings of its JWT method with what glaive init --vault prints.',
  },
  {
    text: /^error validating claims: claim .* is missing$/,
    why: 'the role does not let this job in: its token lacks a bound claim',
    hint: 'Compare bound_claims of the role with the claims that GitLab gives (project_path, ref, ref_protected).',
  },
  {
    text: /^error validating claims: |^claim .* does not match any associated bound claim values$/,
    why: 'the job is none that the role lets in: a bound claim does not match',
    hint: 'Compare bound_claims of the role (project_path, ref, ref_protected) with this job; strings, unless bound_claims_type is glob.',
  },
  {
    text: /^claim .* not found in token$|claim .* could not be converted to string$/,
    why: 'the job’s token lacks the claim that the role takes for the name of the user',
    hint: 'Set user_claim of the role to a claim that GitLab gives, like project_path.',
  },
];

export function loginFailure(reply: JsonResponse, { role, authPath, namespace }: VaultLogin): VaultError {
  const { status } = reply;
  const common = commonFailure(reply);
  if (common !== undefined) return common;
  if (
    says(reply, /^namespace not found$|^namespaces feature not enabled$/) ||
    (namespace !== undefined && status === 404)
  )
    return new VaultError(
      `there is no namespace ${quoted(namespace)}, or no JWT method in it`,
      'Check VAULT_NAMESPACE and VAULT_AUTH_PATH.',
    );
  if (status === 404 || says(reply, /^no handler for route /))
    return new VaultError(
      `there is no JWT method at auth/${authPath}`,
      'Check VAULT_AUTH_PATH, and VAULT_NAMESPACE if there are namespaces; glaive init --vault prints what must be created.',
    );
  if (says(reply, /^role ".*" (?:could not be found|not found)$|^invalid role name/))
    return new VaultError(
      `there is no role ${quoted(role)}`,
      'Check VAULT_AUTH_ROLE; glaive init --vault prints how it is created.',
    );
  const known = SIGN_IN.find(({ text }) => says(reply, text));
  if (known !== undefined) return new VaultError(known.why, known.hint);
  if (status === 403)
    return new VaultError(
      'the sign-in is refused: permission denied',
      'Check VAULT_AUTH_PATH (a method that is not there is answered so), VAULT_NAMESPACE, and token_bound_cidrs of the role.',
    );
  return new VaultError(
    `the sign-in is refused (${status})`,
    'Check VAULT_AUTH_ROLE, and look into the audit log of the Vault.',
  );
}

export type Right = 'read' | 'create' | 'update';

export function accessFailure(
  reply: JsonResponse,
  reference: SecretReference,
  { namespace }: Pick<VaultLogin, 'namespace'>,
  right: Right,
): VaultError {
  const { status } = reply;
  const common = commonFailure(reply);
  if (common !== undefined) return common;
  const { mount, path, engine } = reference;
  const hint = hintFor(reference);
  if (says(reply, /^invalid path for a versioned k\/v secrets engine/i))
    return new VaultError(
      `${mount} holds versions of secrets, and was asked as ${engine}`,
      'Ask it with --engine kv-v2.',
    );
  if (status === 403)
    return new VaultError(
      `the role may not ${right} ${path} in ${mount}: permission denied`,
      hint ??
        `Its policy must allow "${right}" on ${policyPath(reference)}. A mount or namespace that is not there is answered alike.`,
    );
  if (says(reply, /^namespace not found$/))
    return new VaultError(`there is no namespace ${quoted(namespace)}`, 'Check VAULT_NAMESPACE.');
  if (says(reply, /^no handler for route |route entry not found\.?$/))
    return new VaultError(
      `there is no engine mounted at ${mount}`,
      `Check the mount (after @, or --mount)${namespace === undefined ? '' : ' and VAULT_NAMESPACE'}.`,
    );
  const gone = goneVersion(reply);
  if (status === 404 && gone !== undefined)
    return gone.isDestroyed
      ? new VaultError(
          `the newest version of ${path} in ${mount} (${gone.version}) is destroyed`,
          'It does not come back: write the secret anew, or roll back to an older version (vault kv rollback).',
        )
      : new VaultError(
          `the newest version of ${path} in ${mount} (${gone.version}) is deleted`,
          `Bring it back: vault kv undelete -mount=${mount} -versions=${gone.version} ${path}`,
        );
  if (status === 404)
    return new VaultError(
      `there is no secret ${path} in ${mount}`,
      hint ??
        `Check the path${engine === 'kv-v2' ? '; of an engine without versions it is read with --engine kv-v1' : '; with versions it is --engine kv-v2'}.`,
    );
  if (says(reply, /^check-and-set parameter did not match/))
    return new VaultError('the secret was changed meanwhile', 'Look at it, and write the new token there by hand.', {
      isPassing: true,
    });
  return new VaultError(
    `the secret cannot be ${right === 'read' ? 'read' : 'written'} (${status})`,
    'Look into the audit log of the Vault.',
  );
}

/** A path as policies write it. */
export const policyPath = (reference: SecretReference): string => decodeURIComponent(apiPath(reference).slice(4));

/** Of a secret with versions the newest one, where it has no data any more. */
function goneVersion(reply: JsonResponse): { readonly version: number; readonly isDestroyed: boolean } | undefined {
  const metadata = dataOf(reply)?.['metadata'];
  if (typeof metadata !== 'object' || metadata === null) return undefined;
  const { version, destroyed } = metadata as Record<string, unknown>;
  return typeof version === 'number' ? { version, isDestroyed: destroyed === true } : undefined;
}

const quoted = (name: string | undefined): string => (name === undefined ? 'of that name' : JSON.stringify(name));
