/** The token that glab keeps for a GitLab, in its own file of settings. */

import { isObject } from '../lib/is-object.ts';
import { join } from 'node:path';
import { reasonOf } from '../lib/errno.ts';
import { readIfThere } from '../lib/read-if-there.ts';
import { parseYaml } from '../lib/yaml.ts';
import { GlaiveError } from '../model/errors.ts';
import type { Io } from '../model/io.ts';

/** @throws GlaiveError when there is no such file, or no token for that server in it */
export function glabToken(server: URL, { env }: Pick<Io, 'env'>): string {
  const path = settingsFile(env);
  const refuse = (why: string, hint: string, cause?: unknown): GlaiveError =>
    new GlaiveError('usage', `--token-from glab: ${why}`, { hint, cause });
  const login = `Sign in with it: glab auth login --hostname ${server.host}`;
  let text: string | undefined;
  try {
    text = path === undefined ? undefined : readIfThere(path);
  } catch (error) {
    throw refuse(`cannot read ${path}: ${reasonOf(error)}`, login, error);
  }
  if (text === undefined) throw refuse('glab has no settings here', login);
  const settings = parseYaml(text);
  const hosts = isObject(settings) ? settings['hosts'] : undefined;
  const entry = isObject(hosts) ? (hosts[server.host] ?? hosts[server.hostname]) : undefined;
  const token = isObject(entry) ? entry['token'] : undefined;
  if (typeof token === 'string' && token !== '') return token;
  throw refuse(
    `its settings hold no token for ${server.host}`,
    isObject(entry) ? 'It keeps it in a keyring: give it in GLAIVE_GITLAB_TOKEN.' : login,
  );
}

function settingsFile(env: Io['env']): string | undefined {
  const home = env['XDG_CONFIG_HOME'] || env['APPDATA'] || (env['HOME'] && join(env['HOME'], '.config'));
  const folder = env['GLAB_CONFIG_DIR'] || (home && join(home, 'glab-cli'));
  return folder ? join(folder, 'config.yml') : undefined;
}
