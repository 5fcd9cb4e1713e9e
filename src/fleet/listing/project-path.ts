/** The path of a project, which GitLab has long written into the configuration of its repository (`gitlab.fullpath`). */

import { join } from 'node:path';
import { encodePath } from '../../lib/path-bytes.ts';
import { readPlainFile } from '../../lib/plain-file.ts';

/** Bytes; that of a repository on Gitaly has a few hundred. */
const CONFIG_MAX = 64 * 1024;

/** Whether a text is the path of a project, or of its wiki: parts of letters, digits, `_`, `-` and `.`. */
export function isProjectPath(text: string): boolean {
  return text.length <= 1024 && /^[A-Za-z0-9_.][\w.-]*(?:\/[A-Za-z0-9_.][\w.-]*)+$/.test(text);
}

/** Undefined if the configuration does not name it, or cannot be read: the plan can do without. @param directory the git directory */
export function projectPathIn(directory: string): string | undefined {
  let text: string;
  try {
    text = readPlainFile(encodePath(join(directory, 'config')), CONFIG_MAX)?.toString('utf8') ?? '';
  } catch {
    return undefined;
  }
  const path = fullPathOf(text);
  return path !== undefined && isProjectPath(path) ? path : undefined;
}

/** The last value counts, as in git. @param text in git's syntax of configuration; no line is continued in these */
export function fullPathOf(text: string): string | undefined {
  if (!/fullpath/i.test(text)) return undefined;
  let isGitLab = false;
  let path: string | undefined;
  for (const line of text.split(/\r?\n/)) {
    const [, section, behind = ''] = /^\s*\[\s*([^\]"]*?)\s*(?:"[^\]]*")?\s*\](.*)$/.exec(line) ?? [];
    if (section !== undefined) isGitLab = section.toLowerCase() === 'gitlab' && !line.includes('"');
    const [, value] = /^\s*fullpath\s*=\s*(.*?)\s*$/i.exec(section === undefined ? line : behind) ?? [];
    if (isGitLab && value !== undefined) path = unquoted(value);
  }
  return path;
}

/** A value without its comment and its quotes. */
function unquoted(value: string): string {
  return value
    .replace(/^((?:[^"#;]|"(?:[^"\\]|\\.)*")*).*$/, '$1')
    .trim()
    .replace(/\\(.)|"/g, '$1');
}
