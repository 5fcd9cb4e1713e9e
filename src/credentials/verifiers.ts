/** The verifiers by rule: who can be asked about which credential, and how. */

import type { Verifier } from './verifier.ts';

type Load = () => Promise<Verifier>;

const accessToken: Load = async () => (await import('./access-token.ts')).accessToken;
const deployToken: Load = async () => (await import('./deploy-token.ts')).deployToken;
const runnerToken: Load = async () => (await import('./runner-token.ts')).runnerToken;
const jobToken: Load = async () => (await import('./job-token.ts')).jobToken;
const triggerToken: Load = async () => (await import('./trigger-token.ts')).triggerToken;
const feedToken: Load = async () => (await import('./feed-token.ts')).feedToken;
const featureFlagsToken: Load = async () => (await import('./feature-flags-token.ts')).featureFlagsToken;
const scimToken: Load = async () => (await import('./scim-token.ts')).scimToken;
const oauthSecret: Load = async () => (await import('./oauth-secret.ts')).oauthSecret;
const sshKey: Load = async () => (await import('./ssh-key.ts')).sshKey;
const sessionCookie: Load = async () => (await import('./session-cookie.ts')).sessionCookie;
const vaultToken: Load = async () => (await import('./vault-token.ts')).vaultToken;
const jwt: Load = async () => (await import('./offline.ts')).jwt;
const noRequest: Load = async () => (await import('./offline.ts')).noRequest;

const BY_RULE: Readonly<Record<string, Load>> = {
  gitlab_personal_access_token: accessToken,
  gitlab_personal_access_token_routable: accessToken,
  gitlab_personal_access_token_routable_versioned: accessToken,
  gitlab_access_token_in_context: accessToken,
  gitlab_routable_token: accessToken,
  gitlab_deploy_token: deployToken,
  gitlab_deploy_token_in_context: deployToken,
  gitlab_runner_auth_token: runnerToken,
  gitlab_runner_auth_token_routable: runnerToken,
  gitlab_runner_token_in_context: runnerToken,
  gitlab_ci_build_token: jobToken,
  gitlab_job_token_in_context: jobToken,
  gitlab_job_jwt: jobToken,
  gitlab_pipeline_trigger_token: triggerToken,
  gitlab_trigger_token_in_context: triggerToken,
  gitlab_feed_token_v2: feedToken,
  gitlab_feed_token: feedToken,
  gitlab_feature_flags_client_token: featureFlagsToken,
  gitlab_scim_oauth_token: scimToken,
  gitlab_oauth_app_secret: oauthSecret,
  // It may be either kind, and one request tells which.
  gitlab_oauth_access_token: accessToken,
  gitlab_session_cookie: sessionCookie,
  gitlab_id_token: jwt,
  gitlab_registry_jwt: jwt,
  gitlab_dependency_proxy_jwt: jwt,
  gitlab_conan_jwt: jwt,
  gitlab_iam_oauth_token: jwt,
  gitlab_stateless_access_token: jwt,
  private_key: sshKey,
  vault_service_token: vaultToken,
  vault_batch_token: vaultToken,
  vault_token_in_context: vaultToken,
};

/** The verifier of a rule's credentials; that of what nobody can be asked about for all others. */
export async function verifierOf(ruleId: string): Promise<Verifier> {
  return await (BY_RULE[ruleId] ?? noRequest)();
}

/** Whether somebody can be asked about the credentials of a rule. */
export function isVerifiable(ruleId: string): boolean {
  const load = BY_RULE[ruleId];
  return load !== undefined && load !== jwt;
}
