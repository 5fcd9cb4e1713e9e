/**
 * What `/admin/token` knows: GitLab knows the kinds by their beginning (lib/authn/agnostic_token_identifier.rb). Nothing else is
 * sent to it. Of registration tokens it knows the kind and finds none, so that its answer says nothing.
 */

/** How an instance calls its session cookie, unless it is a Geo secondary or one for development (config/initializers/session_store.rb). */
const COOKIE = '_gitlab_session';

const TOLD: ReadonlySet<string> = new Set([
  'gitlab_personal_access_token',
  'gitlab_personal_access_token_routable',
  'gitlab_personal_access_token_routable_versioned',
  'gitlab_access_token_in_context',
  'gitlab_routable_token',
  'gitlab_package_token_in_context',
  'gitlab_deploy_token',
  'gitlab_deploy_token_in_context',
  'gitlab_feed_token',
  'gitlab_feed_token_v2',
  'gitlab_oauth_app_secret',
  'gitlab_kubernetes_agent_token',
  'gitlab_runner_auth_token',
  'gitlab_runner_auth_token_routable',
  'gitlab_runner_token_in_context',
  'gitlab_pipeline_trigger_token',
  'gitlab_trigger_token_in_context',
  'gitlab_ci_build_token',
  'gitlab_job_token_in_context',
  'gitlab_feature_flags_client_token',
  'gitlab_session_cookie',
  'gitlab_incoming_email_token',
]);

/** The credential as that API takes it; undefined: it cannot tell. @param cookie how the cookie is called that holds it */
export function asAdminTakesIt(ruleId: string, token: string, cookie: string | undefined): string | undefined {
  if (!TOLD.has(ruleId) || token.startsWith('GR1348941')) return undefined;
  return ruleId === 'gitlab_session_cookie' ? cookieWith(token, cookie) : token;
}

/** A session as a browser sends it. */
export function cookieWith(value: string, name: string | undefined): string {
  return `${name ?? COOKIE}=${value}`;
}
