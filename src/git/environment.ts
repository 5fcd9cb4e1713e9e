/**
 * The environment in which git runs: cleaned in one way for every question, whoever starts git. What the user or a hook has
 * set must not change an answer, be written elsewhere or run a program; whom the user trusts must be kept.
 */

import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, sep } from 'node:path';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Variables that bind git to one repository, whatever directory it runs in (`git rev-parse --local-env-vars`). */
const LOCAL_VARIABLES: ReadonlySet<string> = new Set([
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_OBJECT_DIRECTORY',
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_IMPLICIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_NO_REPLACE_OBJECTS',
  'GIT_REPLACE_REF_BASE',
  'GIT_PREFIX',
  'GIT_INTERNAL_SUPER_PREFIX',
  'GIT_SHALLOW_FILE',
  'GIT_COMMON_DIR',
]);

/** Variables that change what an answer looks like, or what a path or a commit means. */
const BENDING_VARIABLES: ReadonlySet<string> = new Set([
  'GIT_ATTR_SOURCE',
  'GIT_CONFIG',
  'GIT_CURL_VERBOSE',
  'GIT_DIFF_OPTS',
  'GIT_EXTERNAL_DIFF',
  'GIT_GLOB_PATHSPECS',
  'GIT_GRAFT_FILE',
  'GIT_ICASE_PATHSPECS',
  'GIT_LITERAL_PATHSPECS',
  'GIT_NOGLOB_PATHSPECS',
]);

/**
 * What git must know of in every question, whatever the user or the repository says: English, commits as they are, no talk
 * with other repositories, and none about itself. Git fetches an object that it misses from where the configuration says, by
 * the programs it says.
 */
export const FIXED_VARIABLES: Readonly<Record<string, string>> = {
  LC_ALL: 'C',
  GIT_ALLOW_PROTOCOL: 'none',
  GIT_NO_LAZY_FETCH: '1',
  // Parents that somebody has made up in .git/info/grafts. Below a device there can be no file, and git says nothing of it.
  GIT_GRAFT_FILE: '/dev/null/none',
  // The user's own configuration may ask for traces too.
  GIT_TRACE2: '0',
  GIT_TRACE2_PERF: '0',
  GIT_TRACE2_EVENT: '0',
};

/** What git may talk to a remote by, where it was asked to; programs named by a URL are none of it. */
const TRANSPORTS = 'file:git:http:https:ssh';

export interface Question {
  /** `around`: the repository around a directory, whichever one a hook is running for. Default: the one of the hook. */
  readonly about?: 'around';
  /** Whether git may talk to a remote, as the configuration says. */
  readonly fetches?: true;
  /** Whether `core.hooksPath` counts. */
  readonly hooksPath?: 'honoured' | undefined;
}

/** The environment for a question. Cleaning twice changes nothing. */
export function cleanEnvironment(
  env: Environment,
  { about, fetches, hooksPath }: Question = {},
): Record<string, string> {
  const kept: Record<string, string> = {};
  const settings: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    // Windows does not tell large letters from small ones.
    const known = sep === '\\' ? name.toUpperCase() : name;
    if (value === undefined || BENDING_VARIABLES.has(known) || known.startsWith('GIT_TRACE')) continue;
    if (about === 'around' && LOCAL_VARIABLES.has(known)) continue;
    if (/^GIT_CONFIG_(?:COUNT|PARAMETERS|(?:KEY|VALUE)_\d+)$/.test(known)) settings[known] = value;
    else kept[name] = known === 'PATH' ? absoluteEntries(value).join(delimiter) : value;
  }
  const isKept = (key: string): boolean =>
    /^safe\./i.test(key) || (hooksPath === 'honoured' && key.toLowerCase() === 'core.hookspath');
  const own = fetches === true ? settings : settingsOf(settings, isKept);
  const talk = { GIT_ALLOW_PROTOCOL: TRANSPORTS, GIT_TERMINAL_PROMPT: '0', GIT_NO_LAZY_FETCH: '0' };
  return { ...kept, ...own, ...FIXED_VARIABLES, ...(fetches === true ? talk : {}) };
}

/** The settings that came in variables (`git -c`, `GIT_CONFIG_COUNT`), less those that are not kept. */
function settingsOf(
  variables: Readonly<Record<string, string>>,
  isKept: (key: string) => boolean,
): Record<string, string> {
  const kept: Record<string, string> = {};
  let count = 0;
  // Git itself refuses more.
  const given = Math.min(Number(variables['GIT_CONFIG_COUNT'] ?? 0) || 0, 1000);
  for (let index = 0; index < given; index++) {
    const [key, value] = [variables[`GIT_CONFIG_KEY_${index}`], variables[`GIT_CONFIG_VALUE_${index}`]];
    if (key === undefined || value === undefined || !isKept(key)) continue;
    kept[`GIT_CONFIG_KEY_${count}`] = key;
    kept[`GIT_CONFIG_VALUE_${count}`] = value;
    count++;
  }
  if (count > 0) kept['GIT_CONFIG_COUNT'] = `${count}`;
  const parameters = parametersOf(variables['GIT_CONFIG_PARAMETERS'] ?? '').filter(({ key }) => isKept(key));
  if (parameters.length > 0) kept['GIT_CONFIG_PARAMETERS'] = parameters.map(({ text }) => text).join(' ');
  return kept;
}

/** A word in git's quoting for shells (quote.c). */
const QUOTED = String.raw`'[^']*'(?:\\['!]'[^']*')*`;

/** `'key'='value'`, and `'key=value'` of older ones; none of what git would not read. */
function parametersOf(text: string): { readonly key: string; readonly text: string }[] {
  const one = new RegExp(String.raw`\s*((${QUOTED})(?:=(?:${QUOTED})?)?)(?=\s|$)`, 'y');
  const found: { key: string; text: string }[] = [];
  while (one.lastIndex < text.trimEnd().length) {
    const match = one.exec(text);
    if (match === null) return [];
    const key = match[2]!.replace(/'\\(['!])'/g, '$1').slice(1, -1); // the pattern has it
    found.push({ key: key.split('=', 1)[0]!, text: match[1]! });
  }
  return found;
}

/**
 * The entries of a `PATH` that mean one place, wherever a program runs: an empty one, or `.`, is the working directory, which
 * is the repository's.
 */
function absoluteEntries(path: string): string[] {
  return path.split(delimiter).filter((entry) => isAbsolute(entry));
}

/** The file that `git` names on the `PATH`; undefined where there is none. */
export function gitProgram(env: Environment): string | undefined {
  const name = sep === '\\' ? Object.keys(env).find((key) => key.toUpperCase() === 'PATH') : 'PATH';
  const file = sep === '\\' ? 'git.exe' : 'git';
  return absoluteEntries(env[name ?? ''] ?? '')
    .map((folder) => join(folder, file))
    .find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
