/**
 * The environment in which git runs, cleaned in the same way for every call. Variables of the user or a hook must not change an
 * output, redirect it or run a program; repositories that the user trusts must stay trusted.
 */

import { delimiter, sep } from 'node:path';
import { absoluteEntries, programOnPath } from '../lib/program-path.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Variables that bind git to one repository, in whatever folder it runs (`git rev-parse --local-env-vars`). */
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

/** Variables that change the form of the output, or the meaning of a path or commit. */
const INTERFERING_VARIABLES: ReadonlySet<string> = new Set([
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
 * Set for every call, whatever the user or the repository configures: English, commits without replacements, no connection to
 * other repositories, no traces. Otherwise git would fetch a missing object from where the configuration says, by programs that
 * it names.
 */
export const FIXED_VARIABLES: Readonly<Record<string, string>> = {
  LC_ALL: 'C',
  GIT_ALLOW_PROTOCOL: 'none',
  GIT_NO_LAZY_FETCH: '1',
  // Ignores fake parents in .git/info/grafts. No file can exist below a device, and git does not report it.
  GIT_GRAFT_FILE: '/dev/null/none',
  // The user's own configuration may turn on traces as well.
  GIT_TRACE2: '0',
  GIT_TRACE2_PERF: '0',
  GIT_TRACE2_EVENT: '0',
};

/** The protocols for calls that may fetch; none of them runs a program named by a URL. */
const TRANSPORTS = 'file:git:http:https:ssh';

export interface EnvironmentOptions {
  /** `around`: the repository around a folder, even if a hook runs for another one. Default: that of the hook. */
  readonly about?: 'around';
  /** Whether git may connect to a remote, as the configuration says. */
  readonly fetches?: true;
  /** The only protocol that such a call may use. Default: all that run no program which an address names. */
  readonly protocol?: string | undefined;
  /** Whether `core.hooksPath` is respected. */
  readonly hooksPath?: 'honoured' | undefined;
}

/** The environment for a call. Cleaning it twice changes nothing. */
export function cleanEnvironment(
  env: Environment,
  { about, fetches, protocol = TRANSPORTS, hooksPath }: EnvironmentOptions = {},
): Record<string, string> {
  const kept: Record<string, string> = {};
  const settings: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    // Names of variables have no case on Windows.
    const variable = sep === '\\' ? name.toUpperCase() : name;
    if (value === undefined || INTERFERING_VARIABLES.has(variable) || variable.startsWith('GIT_TRACE')) continue;
    if (about === 'around' && LOCAL_VARIABLES.has(variable)) continue;
    if (/^GIT_CONFIG_(?:COUNT|PARAMETERS|(?:KEY|VALUE)_\d+)$/.test(variable)) settings[variable] = value;
    else kept[name] = variable === 'PATH' ? absoluteEntries(value).join(delimiter) : value;
  }
  const isKept = (key: string): boolean =>
    /^safe\./i.test(key) || (hooksPath === 'honoured' && key.toLowerCase() === 'core.hookspath');
  const own = fetches === true ? settings : settingsOf(settings, isKept);
  const transport = { GIT_ALLOW_PROTOCOL: protocol, GIT_TERMINAL_PROMPT: '0', GIT_NO_LAZY_FETCH: '0' };
  return { ...kept, ...own, ...FIXED_VARIABLES, ...(fetches === true ? transport : {}) };
}

/** The settings given in variables (`git -c`, `GIT_CONFIG_COUNT`), reduced to those that are kept. */
function settingsOf(
  variables: Readonly<Record<string, string>>,
  isKept: (key: string) => boolean,
): Record<string, string> {
  const kept: Record<string, string> = {};
  let count = 0;
  // Git refuses more.
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

/** `'key'='value'`, and `'key=value'` of older versions; nothing at all if git could not parse it. */
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

/** The file that `git` names on the `PATH`; undefined without git. */
export function gitProgram(env: Environment): string | undefined {
  return programOnPath([sep === '\\' ? 'git.exe' : 'git'], env);
}
