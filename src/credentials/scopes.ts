/** The scopes of access tokens, ordered by risk (lib/gitlab/auth.rb). */

import { compareText } from '../model/order.ts';

const BY_RISK = [
  'sudo',
  'admin_mode',
  'api',
  'create_runner',
  'manage_runner',
  'k8s_proxy',
  'write_repository',
  'write_registry',
  'write_package_registry',
  'write_virtual_registry',
  'ai_features',
  'ai_workflows',
  'mcp',
  'read_api',
  'read_repository',
  'read_registry',
  'read_package_registry',
  'read_virtual_registry',
  'read_user',
  'self_rotate',
  'read_service_ping',
  'granular',
];

/** Unknown scopes come first, since they may allow anything. */
export function rankScopes(scopes: readonly string[]): string[] {
  return scopes.toSorted((a, b) => BY_RISK.indexOf(a) - BY_RISK.indexOf(b) || compareText(a, b));
}
