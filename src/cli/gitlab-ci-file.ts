/** The part of a `.gitlab-ci.yml` that concerns glaive: what it includes, and adding glaive's file to that. */

import { isDeepStrictEqual } from 'node:util';
import { isRecord } from '../lib/is-record.ts';
import { readYaml } from '../lib/yaml-document.ts';
import { GlaiveError } from '../model/errors.ts';

export const GITLAB_CI_FILE = '.gitlab-ci.yml';
/** The file that `glaive init` writes and renews. */
export const GITLAB_JOBS_FILE = '.gitlab/glaive.yml';

export interface GitlabCi {
  /** `own`: the file that `glaive init` writes; `other`: another copy, or the component. */
  readonly included: 'own' | 'other' | undefined;
  /** Jobs of the same names, written by hand. */
  readonly hasOwnJobs: boolean;
  /** The inputs of that entry. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Those of all entries of that kind: the file may be included again, for the history. */
  readonly allInputs: Readonly<Record<string, unknown>>;
  /** The first stage, if the stages of this pipeline lack `test`. */
  readonly stage: string | undefined;
  /** Where the pipeline says that its jobs get glaive. */
  readonly source: string | undefined;
  /** Jobs that run for branches, while there may be another pipeline for the merge request. */
  readonly doublePipelines: boolean;
}

/** @throws GlaiveError if it is not YAML */
export function readGitlabCi(text: string): GitlabCi {
  const value = valueOf(text);
  const pipeline = isRecord(value) ? value : {};
  const entries = includesOf(pipeline).map((entry) => ({ entry, kind: kindOf(entry) }));
  const chosen = entries.find(({ kind }) => kind === 'own') ?? entries.find(({ kind }) => kind === 'other');
  const given = entries
    .filter(({ kind }) => kind === chosen?.kind)
    .map(({ entry }) => (isRecord(entry) && isRecord(entry['inputs']) ? entry['inputs'] : {}));
  const [inputs = {}] = given;
  const variables = isRecord(pipeline['variables']) ? pipeline['variables'] : {};
  const stages: readonly unknown[] = Array.isArray(pipeline['stages']) ? pipeline['stages'].flat() : [];
  const [first] = stages;
  const source = inputs['source'] ?? variables['GLAIVE_SOURCE'];
  const hasOwnJobs = JOBS.some((name) => isRecord(pipeline[name]) && 'script' in pipeline[name]);
  return {
    included: chosen?.kind,
    inputs,
    allInputs: Object.assign({}, ...given) as Readonly<Record<string, unknown>>,
    hasOwnJobs,
    stage: typeof first === 'string' && !stages.includes('test') ? first : undefined,
    source: typeof source === 'string' ? source : undefined,
    doublePipelines: pipeline['workflow'] === undefined && Object.entries(pipeline).some(isBranchJob),
  };
}

const JOBS = ['glaive', 'glaive-report', 'glaive-gate'];

/** A job without rules is only in pipelines of branches and tags. */
function isBranchJob([name, job]: [string, unknown]): boolean {
  return (
    !name.startsWith('.') &&
    isRecord(job) &&
    ['script', 'trigger', 'run'].some((key) => key in job) &&
    !['rules', 'only', 'except', 'extends'].some((key) => key in job)
  );
}

function valueOf(text: string): unknown {
  const yaml = readYaml(text);
  if (yaml.ok) return yaml.value;
  const at = yaml.line === undefined ? '' : `:${yaml.line}`;
  throw new GlaiveError('usage', `${GITLAB_CI_FILE}${at}: ${yaml.message}`, {
    hint: 'It must be YAML: repair it first (the pipeline editor of GitLab checks it).',
  });
}

function includesOf(pipeline: Readonly<Record<string, unknown>>): unknown[] {
  const include = pipeline['include'] ?? [];
  return Array.isArray(include) ? include.flat() : [include];
}

function kindOf(include: unknown): GitlabCi['included'] {
  const parts = isRecord(include)
    ? ['local', 'file', 'project', 'remote', 'component'].flatMap((key) => include[key])
    : [include];
  const paths = parts.filter((part) => typeof part === 'string');
  const isLocal = !isRecord(include) || include['local'] !== undefined;
  if (isLocal && paths.some((path) => path.replace(/^\//, '') === GITLAB_JOBS_FILE)) return 'own';
  return paths.some((path) => /(?:^|\/)glaive(?:-plain)?\.ya?ml$|(?:^|\/)glaive@/.test(path)) ? 'other' : undefined;
}

/** An entry of `include:` for the jobs of glaive. */
export interface JobsEntry {
  /** The component in the catalog; else {@link GITLAB_JOBS_FILE}. */
  readonly component?: string | undefined;
  readonly inputs: Readonly<Record<string, string>>;
}

function valueOfEntry({ component, inputs }: JobsEntry): Record<string, unknown> {
  const from = component === undefined ? { local: GITLAB_JOBS_FILE } : { component };
  return Object.keys(inputs).length === 0 ? from : { ...from, inputs };
}

/** Its lines. */
export function includeLines({ component, inputs }: JobsEntry): string[] {
  const given = Object.entries(inputs).map(([name, value]) => `    ${name}: ${JSON.stringify(value)}`);
  return [
    component === undefined ? `- local: ${GITLAB_JOBS_FILE}` : `- component: ${component}`,
    ...(given.length === 0 ? [] : ['  inputs:', ...given]),
  ];
}

/**
 * The text with an entry for glaive in its `include`, whatever form that has. Every other byte stays.
 *
 * @throws GlaiveError with the lines to add by hand, if that is not certain
 */
export function withInclude(text: string, jobs: JobsEntry): string {
  const after = added(text, jobs);
  if (after !== undefined && isSameButInclude(text, after, jobs)) return after;
  throw new GlaiveError('usage', `nothing was changed: found no place in ${GITLAB_CI_FILE} for glaive's entry`, {
    hint: 'Add these lines to its "include:" yourself:',
    lines: includeLines(jobs).map((line) => `  ${line}`),
  });
}

function added(text: string, jobs: JobsEntry): string | undefined {
  const lines = includeLines(jobs);
  const yaml = readYaml(text);
  if (!yaml.ok) return undefined;
  const feed = text.includes('\r\n') ? '\r\n' : '\n';
  const block = (indent: string): string => lines.map((line) => `${indent}${line}${feed}`).join('');
  const entry = yaml.entry('include');
  if (entry === undefined) {
    const gap = text === '' || text.endsWith('\n') ? '' : feed;
    return `${text}${gap}${text === '' ? '' : feed}include:${feed}${block('  ')}`;
  }
  const { form, start, end } = entry;
  const head = text.slice(0, start);
  const value = text.slice(start, end);
  const rest = text.slice(end);
  const lineStart = head.lastIndexOf('\n') + 1;
  if (form === 'list') return `${head.slice(0, lineStart)}${block(head.slice(lineStart))}${text.slice(lineStart)}`;
  if (form === 'bracketed list') {
    const given = Object.entries(jobs.inputs).map(([name, input]) => `${name}: ${JSON.stringify(input)}`);
    const [first, inputs] = [
      lines[0]!.slice('- '.length),
      given.length === 0 ? '' : `, inputs: { ${given.join(', ')} }`,
    ];
    const isEmpty = /^\[\s*\]$/.test(value);
    return `${head}[{ ${first}${inputs} }${isEmpty ? '' : ', '}${value.slice(1)}${rest}`;
  }
  if (form === 'map') {
    // It becomes the second item: its lines move to the right.
    const indent = new RegExp(`^ {0,${start - lineStart}}`);
    const moved = `${head.slice(lineStart)}${value}`
      .split('\n')
      .map((line, at) => (line.trim() === '' ? line : line.replace(indent, at === 0 ? '  - ' : '    ')));
    return `${head.slice(0, lineStart)}${block('  ')}${moved.join('\n')}${rest}`;
  }
  if (value.trim() === '') return `${head}${feed}${block('  ').replace(/\r?\n$/, '')}${rest}`;
  return `${head.trimEnd()}${feed}${block('  ')}  - ${value}${rest}`;
}

/** Whether nothing but the new entry distinguishes the pipelines. */
function isSameButInclude(before: string, after: string, jobs: JobsEntry): boolean {
  const [old, now] = [before, after].map((text) => {
    const yaml = readYaml(text);
    return yaml.ok ? (yaml.value ?? {}) : undefined;
  });
  if (!isRecord(old) || !isRecord(now)) return false;
  const [first, ...others] = includesOf(now);
  return (
    isDeepStrictEqual(first, valueOfEntry(jobs)) &&
    isDeepStrictEqual(others, includesOf(old)) &&
    isDeepStrictEqual({ ...now, include: undefined }, { ...old, include: undefined })
  );
}
