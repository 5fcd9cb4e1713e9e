/** The responders by rule: how which credential is ended. */

import type { Plan, RemediationContext, Remediator, Target } from './remediator.ts';

type Load = () => Promise<Remediator>;

const accessToken: Load = async () => (await import('./revoke-access-token.ts')).accessToken;
const deployToken: Load = async () => (await import('./revoke-deploy-token.ts')).deployToken;
const runnerToken: Load = async () => (await import('./revoke-runner-token.ts')).runnerToken;
const jobToken: Load = async () => (await import('./revoke-job-token.ts')).jobToken;
const triggerToken: Load = async () => (await import('./revoke-trigger-token.ts')).triggerToken;
const registrationToken: Load = async () => (await import('./revoke-registration-token.ts')).registrationToken;
const deployKey: Load = async () => (await import('./revoke-deploy-key.ts')).deployKey;
const oauthSecret: Load = async () => (await import('./revoke-oauth-secret.ts')).oauthSecret;
const vaultToken: Load = async () => (await import('./revoke-vault-token.ts')).vaultToken;
const admin: Load = async () => (await import('./revoke-as-admin.ts')).admin;

const BY_RULE: Readonly<Record<string, Load>> = {
  gitlab_personal_access_token: accessToken,
  gitlab_personal_access_token_routable: accessToken,
  gitlab_personal_access_token_routable_versioned: accessToken,
  gitlab_access_token_in_context: accessToken,
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
  gitlab_runner_registration_token: registrationToken,
  gitlab_oauth_app_secret: oauthSecret,
  private_key: deployKey,
  vault_service_token: vaultToken,
  vault_batch_token: vaultToken,
  vault_token_in_context: vaultToken,
};

/** Whether something may be done about the credentials of a rule though nobody can be asked about them. */
export async function isBlind(ruleId: string): Promise<boolean> {
  return (await BY_RULE[ruleId]?.())?.isBlind === true;
}

/** Its own way, or where that does not go and an administrator asks, that of administrators. @throws ApiError */
export async function planFor(target: Target, context: RemediationContext): Promise<Plan> {
  const own = await (await (BY_RULE[target.ruleId] ?? admin)()).plan(target, context);
  if (own.kind === 'can' || !context.asAdmin) return own;
  const other = await (await admin()).plan(target, context);
  return other.kind === 'can' ? other : own;
}
