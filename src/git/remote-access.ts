/**
 * The environment in which git speaks to a server for glaive itself: nothing of the user's configuration, no question to anybody, one
 * protocol, no redirect, and glaive's own token for one server. It is all in variables: arguments are public, files remain.
 */

import type { Environment } from './environment.ts';
import type { RemoteAddress } from './remote-address.ts';

export interface RemoteAccess {
  readonly address: RemoteAddress;
  /** glaive's own token, for the addresses of one server. */
  readonly token?: RemoteToken | undefined;
  /** The address of a proxy, with its password; absent: none. */
  readonly proxy?: URL | undefined;
  /** A file of certificates to trust, in place of those of the system. */
  readonly certificates?: string | undefined;
  /** Seconds after which a server that sends nothing is given up. */
  readonly silence?: number | undefined;
}

export interface RemoteToken {
  /** The address of the server, without a slash at the end. */
  readonly server: string;
  readonly secret: string;
}

/** Seconds. While a server packs a large repository, git sends a sign of life every 5 seconds: a few bytes. */
const SILENCE = 120;

/** What git and ssh need of the user's environment: where programs and keys are. */
const KEPT: ReadonlySet<string> = new Set([
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'TMPDIR',
  'TEMP',
  'TMP',
  'USERPROFILE',
  'SYSTEMROOT',
  'COMSPEC',
  'PATHEXT',
  'LD_LIBRARY_PATH',
  'GIT_EXEC_PATH',
]);
/** For ssh only: the user's keys, and what connects in place of ssh. */
const KEPT_FOR_SSH: ReadonlySet<string> = new Set(['SSH_AUTH_SOCK', 'GIT_SSH', 'GIT_SSH_COMMAND', 'GIT_SSH_VARIANT']);

/**
 * Git runs it in a shell, with `get` as its argument; the token is in a variable. Git for Windows has that shell as well. Unlike an
 * askpass program, a helper is asked for its own server only.
 */
const HELPER = `!f() { test "$1" = get && printf 'username=%s\\npassword=%s\\n' "$GLAIVE_GIT_USER" "$GLAIVE_GIT_SECRET"; }; f`;

/** Whether the server of the token has this address. */
export function isOnServer({ url, protocol }: RemoteAddress, server: string): boolean {
  return (protocol === 'https' || protocol === 'http') && url.startsWith(`${server}/`);
}

/** The environment for `fetchFrom` and `listRemote`. */
export function remoteEnvironment(env: Environment, access: RemoteAccess): Record<string, string> {
  const { address, token } = access;
  const isSsh = address.protocol === 'ssh';
  const isSent = token !== undefined && isOnServer(address, token.server);
  return {
    ...ownEnvironment(env, isSsh ? KEPT_FOR_SSH : undefined),
    ...(isSent ? { GLAIVE_GIT_USER: userOf(token.secret), GLAIVE_GIT_SECRET: token.secret } : {}),
    // It is asked for no password and for no unknown key, and notices a connection that is gone.
    ...(isSsh && env['GIT_SSH_COMMAND'] === undefined && env['GIT_SSH'] === undefined
      ? { GIT_SSH_COMMAND: 'ssh -o BatchMode=yes -o ConnectTimeout=30 -o ServerAliveInterval=30' }
      : {}),
    ...inVariables([
      ...settingsOf(access),
      ...(isSent ? [[`credential.${token.server}.helper`, HELPER] as const] : []),
    ]),
  };
}

/** The environment for all calls about a repository of glaive itself: no configuration but that of the repository. */
export function ownEnvironment(env: Environment, more: ReadonlySet<string> = new Set()): Record<string, string> {
  const kept = Object.entries(env).filter((entry): entry is [string, string] => {
    const name = entry[0].toUpperCase();
    return entry[1] !== undefined && (KEPT.has(name) || more.has(name));
  });
  return {
    ...Object.fromEntries(kept),
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    // Empty: no program, whatever SSH_ASKPASS and the configuration say.
    GIT_ASKPASS: '',
    SSH_ASKPASS: '',
    SSH_ASKPASS_REQUIRE: 'never',
  };
}

/** GitLab wants the name of the kind for tokens of jobs, and takes any for the others. */
function userOf(secret: string): string {
  return secret.startsWith('glcbt-') ? 'gitlab-ci-token' : 'oauth2';
}

function settingsOf({ address, proxy, certificates, silence = SILENCE }: RemoteAccess): (readonly [string, string])[] {
  return [
    // An empty value clears the list.
    ['credential.helper', ''],
    ['http.followRedirects', 'false'],
    ['http.sslVerify', 'true'],
    ['http.proxy', proxy?.href ?? ''],
    ...(certificates === undefined ? [] : [['http.sslCAInfo', certificates] as const]),
    // Bytes in a second.
    ['http.lowSpeedLimit', '1'],
    ['http.lowSpeedTime', `${silence}`],
    ['protocol.allow', 'never'],
    [`protocol.${address.protocol}.allow`, 'always'],
    ['gc.auto', '0'],
    ['maintenance.auto', 'false'],
    // Each fetch is one pack, however few objects there are.
    ['fetch.unpackLimit', '1'],
    ['transfer.unpackLimit', '1'],
    ['fetch.writeCommitGraph', 'false'],
    ['fetch.recurseSubmodules', 'false'],
    ['submodule.recurse', 'false'],
    ['transfer.bundleURI', 'false'],
  ];
}

function inVariables(settings: readonly (readonly [string, string])[]): Record<string, string> {
  return Object.fromEntries([
    ['GIT_CONFIG_COUNT', `${settings.length}`],
    ...settings.flatMap(([key, value], index) => [
      [`GIT_CONFIG_KEY_${index}`, key],
      [`GIT_CONFIG_VALUE_${index}`, value],
    ]),
  ]);
}
