/** `glaive init --vault`: what an operator must create so that the jobs of this project, and of no other, get the token. */

import { findWorkTree } from '../../git/find-work-tree.ts';
import { originOf } from '../../git/remote.ts';
import { EXIT, type ExitCode, type Io } from '../../model/io.ts';
import { serversOf } from '../servers/gitlab-access.ts';
import { vaultOfEnvironment } from '../servers/vault-of-environment.ts';
import { type ParsedArgs, usage } from '../args/parse.ts';
import { addressOf } from '../scanned-commit.ts';

const PATH = 'glaive/gitlab';
const MOUNT = 'kv-v2';
/** Seconds; a job reads one secret. */
const TTL = 300;

/** Prints it, and changes nothing. */
export async function initVault(args: ParsedArgs, io: Io): Promise<ExitCode> {
  const { server, project } = await findProject(args, io);
  const audience = args.value('vault-url') ?? vaultOfEnvironment(io) ?? 'https://vault.example.com';
  const role = `glaive-${project.replaceAll('/', '-').toLowerCase()}`;
  await io.stdout
    .write(`# Gives the jobs of ${project} on protected branches the token for glaive, and no other project's.
# Run this once, signed in to ${audience} as an operator (bao instead of vault for OpenBao).

# 1. The method: Vault trusts the tokens that this GitLab gives its jobs.
vault auth enable -path=jwt jwt
vault write auth/jwt/config \\
  oidc_discovery_url="${server}" \\
  bound_issuer="${server}"

# 2. The secret: a token with the scope read_api (api, to post or to revoke), of a service account.
vault secrets enable -path=${MOUNT} -version=2 kv
vault kv put -mount=${MOUNT} ${PATH} token=-    # paste it, then Ctrl-D

# 3. The policy: read that, and nothing else.
vault policy write ${role} - <<'EOF'
path "${MOUNT}/data/${PATH}" {
  capabilities = ["read"]
}
EOF

# 4. The role: this project alone, on protected branches alone, for five minutes and two uses: to read the secret, and to
#    end the session.
vault write auth/jwt/role/${role} - <<'EOF'
{
  "role_type": "jwt",
  "user_claim": "project_path",
  "bound_audiences": ["${audience}"],
  "bound_claims": { "project_path": "${project}", "ref_protected": "true" },
  "token_policies": ["${role}"],
  "token_ttl": ${TTL},
  "token_explicit_max_ttl": ${TTL},
  "token_num_uses": 2
}
EOF

# Then, in the CI/CD variables of the project:
#   VAULT_SERVER_URL=${audience}
#   VAULT_AUTH_ROLE=${role}
# and in its .gitlab-ci.yml, templates/with-token.yml of glaive with
#   GLAIVE_TOKEN_PROJECT: ${project}
#   GLAIVE_TOKEN_SECRET: ${PATH}/token@${MOUNT}
`);
  return EXIT.clean;
}

const PROJECT = /^[\w.-]+(?:\/[\w.-]+)+$/;

/** From flags and CI's variables, else from the remote. */
async function findProject(args: ParsedArgs, io: Io): Promise<{ readonly server: string; readonly project: string }> {
  const named = args.value('project') ?? (io.env['CI_PROJECT_PATH'] || undefined);
  if (named !== undefined && !PROJECT.test(named))
    throw usage('init', '--project must be a path like group/project', 'Bound claims name the path, not the id.');
  const [server] = serversOf(args, io);
  if (named !== undefined && server !== undefined) return { server, project: named };
  const origin = await projectOf(io);
  const project = named ?? origin?.project;
  const address = server ?? origin?.server;
  if (project === undefined || address === undefined)
    throw usage(
      'init',
      'it needs to know the project and its GitLab',
      'Name them: --project group/project --gitlab-url https://gitlab.example.com',
    );
  return { server: address, project };
}

async function projectOf(io: Io): Promise<{ readonly server: string; readonly project: string } | undefined> {
  const root = findWorkTree(io.cwd);
  if (root === undefined) return undefined;
  const remote = await originOf({ cwd: root, env: io.env, signal: io.signal });
  const address = remote === undefined ? undefined : addressOf(remote);
  if (address === undefined) return undefined;
  const url = new URL(address);
  const project = url.pathname.replace(/^\/|\.git$|\/$/g, '');
  return PROJECT.test(project) ? { server: `https://${url.hostname}`, project } : undefined;
}
