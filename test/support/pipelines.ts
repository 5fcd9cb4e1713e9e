/** Runs pipelines for real: gitlab-ci-local with the shell executor, in a repository that includes the component. */

import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { expect } from 'vitest';
import { stringify } from 'yaml';
import { COMPONENT, PLAIN_INCLUDE } from '../../scripts/plain-include.ts';
import { CLI, type Ran } from './run-cli.ts';
import { runProgram } from './run-program.ts';
import { git, tempFolder, tempRepository } from './temp-folder.ts';

/** gitlab-ci-local copies the repository with it. */
export const hasRsync = spawnSync('rsync', ['--version']).status === 0;
const LOCAL = join(dirname(createRequire(import.meta.url).resolve('gitlab-ci-local/package.json')), 'dist', 'index.js');

export interface Project {
  readonly cwd: string;
  /** Runs a pipeline; gives what it printed, and the exit code. */
  readonly pipeline: (variables: Variables, env?: Readonly<Record<string, string>>) => Promise<Ran>;
  readonly artifact: (job: string, file: string) => string | undefined;
}

const ROOT = join(import.meta.dirname, '..', '..');

type Inputs = Readonly<Record<string, string | number | boolean>>;

/** The pipeline of a project: the component with inputs, or the plain file with variables. */
export const PIPELINES = {
  component: (inputs: Inputs) => ({ include: [{ local: 'templates/glaive.yml', inputs }] }),
  'plain include': (inputs: Inputs) => ({
    include: [{ local: PLAIN_INCLUDE }],
    variables: Object.fromEntries(
      Object.entries(inputs).map(([name, value]) => [`GLAIVE_${name.toUpperCase().replaceAll('-', '_')}`, value]),
    ),
  }),
} as const;

export function project(
  files: Readonly<Record<string, string>>,
  inputs: Inputs = {},
  kind: keyof typeof PIPELINES = 'component',
): Project {
  const cwd = tempRepository({
    '.gitignore': '.gitlab-ci-local/\nglaive-part-*\ngl-glaive-report\nglaive.html\nglaive-change.*\n.glaive-state/\n',
    '.gitlab-ci.yml': stringify(PIPELINES[kind]({ source: CLI, ...inputs })),
    ...files,
  });
  mkdirSync(join(cwd, dirname(PLAIN_INCLUDE)), { recursive: true });
  for (const name of [COMPONENT, PLAIN_INCLUDE]) copyFileSync(join(ROOT, name), join(cwd, name));
  git(cwd, 'add', '.');
  git(cwd, 'commit', '-qm', 'pipeline');
  git(cwd, 'remote', 'add', 'origin', 'git@gitlab.example.com:group/project.git');
  return runnable(cwd);
}

/** The pipelines of a repository. */
export function runnable(cwd: string): Project {
  return {
    cwd,
    pipeline: async (variables, env) => {
      for (const file of ['gl-glaive-report', 'glaive.html', '.gitlab-ci-local/artifacts'])
        rmSync(join(cwd, file), { recursive: true, force: true });
      const all = { CI_COMMIT_SHA: git(cwd, 'rev-parse', 'HEAD').trim(), ...variables };
      return await gitlabCiLocal(cwd, ['--force-shell-executor'], all, env);
    },
    artifact: (job, file) => {
      const path = join(cwd, '.gitlab-ci-local', 'artifacts', job, file);
      return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
    },
  };
}

export type Variables = Readonly<Record<string, string>>;

export async function gitlabCiLocal(
  cwd: string,
  flags: readonly string[],
  variables: Variables = {},
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  const given = Object.entries(variables).flatMap(([name, value]) => ['--variable', `${name}=${value}`]);
  return await runProgram(process.execPath, [LOCAL, ...flags, '--json-schema-validation=false', ...given], {
    cwd,
    env: { HOME: tempFolder(), ...env },
  });
}

/** The jobs that a pipeline ran, with their states. */
export function jobsOf({ stdout, stderr }: Ran): string[] {
  const text = stripVTControlCharacters(`${stdout}${stderr}`);
  const jobs = [...text.matchAll(/^ *(PASS|FAIL) +(\S+?(?:: \[\d+\/\d+\])?) *$/gm)];
  expect(jobs, text).not.toEqual([]);
  return jobs.map(([, state, name = '']) => `${state} ${name.replace(': [1/1]', '')}`).toSorted();
}
