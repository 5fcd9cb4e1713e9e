/**
 * The token that glab keeps for a GitLab, in the file of settings that glab itself reads (internal/config/config_file.go of
 * gitlab-org/cli). Settings in a repository (`.git/glab-cli`) are ignored.
 */

import { delimiter, isAbsolute, join } from 'node:path';
import { fsErrorMessage } from '../../lib/fs-error-message.ts';
import { readOptionalFile } from '../../lib/optional-file.ts';
import { settingsBelow } from '../../lib/yaml-settings.ts';
import { GlaiveError } from '../../model/errors.ts';
import type { Io } from '../../model/io.ts';

/** @throws GlaiveError when there is no such file, or no token for that server in it */
export function glabToken(server: URL, { env }: Pick<Io, 'env'>): string {
  const refuse = (why: string, hint: string, cause?: unknown): GlaiveError =>
    new GlaiveError('usage', `--token-from glab: ${why}`, { hint, cause });
  const login = `Sign in with it: glab auth login --hostname ${server.host}`;
  let text: string | undefined;
  for (const path of settingsFiles(env)) {
    try {
      text = readOptionalFile(path);
    } catch (error) {
      throw refuse(`cannot read ${path}: ${fsErrorMessage(error)}`, login, error);
    }
    // Only the first file counts.
    if (text !== undefined) break;
  }
  if (text === undefined) throw refuse('glab has no settings here', login);
  const entry = settingsBelow(text, 'hosts', server.host) ?? settingsBelow(text, 'hosts', server.hostname);
  const token = entry?.get('token');
  if (token !== undefined && token !== '') return token;
  throw refuse(
    `its settings hold no token for ${server.host}`,
    entry !== undefined ? 'glab keeps it in a keyring: pass it in GLAIVE_GITLAB_TOKEN.' : login,
  );
}

/** The places where glab expects the file, in its order; the folder before the XDG ones is that of old versions. */
function settingsFiles(env: Io['env']): string[] {
  if (env['GLAB_CONFIG_DIR']) return [join(env['GLAB_CONFIG_DIR'], 'config.yml')];
  const home = env['HOME'] || env['USERPROFILE'] || '';
  const named = env['XDG_CONFIG_HOME'] ?? '';
  const folders = [
    home && join(home, '.config'),
    // XDG ignores relative paths.
    ...(isAbsolute(named) ? [named] : [env['LOCALAPPDATA'], home && join(home, 'Library', 'Application Support')]),
    ...(env['XDG_CONFIG_DIRS'] || '/etc/xdg').split(delimiter),
    env['PROGRAMDATA'],
    env['APPDATA'],
  ];
  return folders.flatMap((folder) => (folder && isAbsolute(folder) ? [join(folder, 'glab-cli', 'config.yml')] : []));
}
