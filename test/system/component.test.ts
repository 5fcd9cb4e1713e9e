/**
 * `templates/glaive.yml` and its plain form, run for real by gitlab-ci-local with the shell executor: merge request, push,
 * schedule, shards. And the files that `glaive init` writes, which include it.
 */

import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  gitlabCiLocal,
  hasRsync,
  jobsOf,
  PIPELINES,
  type Project,
  project,
  runnable,
  type Variables,
} from '../support/pipelines.ts';
import { CLI, glaive } from '../support/run-cli.ts';
import { blocksIn } from '../support/documented.ts';
import { listen } from '../support/listen.ts';
import { fakeMergeRequest } from '../support/fake-merge-request.ts';
import { some } from '../support/runs.ts';
import { historyJson, tokenMint } from '../support/scan-report.ts';
import { COMPONENT, PLAIN_INCLUDE, plainInclude } from '../../scripts/plain-include.ts';
import { git, tempFolder, tempRepository, writeFiles } from '../support/temp-folder.ts';

const newToken = tokenMint(8080);
const ROOT = join(import.meta.dirname, '..', '..');

/** The jobs that a pipeline would have, sorted. */
async function listedJobs(cwd: string, variables: Variables): Promise<string[]> {
  const { stdout } = await gitlabCiLocal(cwd, ['--list-csv'], { CI_DEFAULT_BRANCH: 'main', ...variables });
  const [, table] = /^name;.*\n([^]*)/m.exec(stdout) ?? [];
  // Without jobs there is only the head, or nothing at all.
  return (table ?? '')
    .split('\n')
    .flatMap((line) => /^([^;]+);/.exec(line)?.[1]?.replace(/: \[.*/, '') ?? [])
    .toSorted();
}

/** The report that GitLab reads; gitlab-ci-local keeps none of that kind, and jobs run in the folder itself. */
const reportOf = (cwd: string): string => readFileSync(join(cwd, 'gl-glaive-report'), 'utf8');

/** Sorted. */
const JOBS = ['glaive', 'glaive-gate', 'glaive-report'];
const MERGE_REQUEST = { CI_PIPELINE_SOURCE: 'merge_request_event', CI_MERGE_REQUEST_IID: '1' };

describe.skipIf(!hasRsync).each(some(Object.keys(PIPELINES) as (keyof typeof PIPELINES)[], 1))(
  'the %s',
  { timeout: 120_000 },
  (kind) => {
    it('merge request: the report is kept, with old findings and new; the gate fails for what is new', async () => {
      const old = newToken();
      const { cwd, pipeline, artifact } = project({ 'old.env': `A=${old}\n` }, {}, kind);
      const base = git(cwd, 'rev-parse', 'HEAD').trim();
      const clean = { ...MERGE_REQUEST, CI_MERGE_REQUEST_DIFF_BASE_SHA: base };
      git(cwd, 'commit', '-qm', 'nothing', '--allow-empty');
      const ran = await pipeline(clean);
      expect(jobsOf(ran)).toEqual(['PASS glaive', 'PASS glaive-gate', 'PASS glaive-report']);
      expect(JSON.parse(reportOf(cwd))).toMatchObject([{ location: { path: 'old.env' } }]);
      expect(artifact('glaive-report', 'glaive.html')).toContain('<!doctype html>');

      writeFiles(cwd, { 'new.env': `B=${newToken()}\n` });
      git(cwd, 'add', '.');
      git(cwd, 'commit', '-qm', 'leak');
      const leaking = await pipeline({ ...clean, CI_PIPELINE_SOURCE: 'parent_pipeline' });
      expect(jobsOf(leaking)).toEqual(['FAIL glaive-gate', 'PASS glaive', 'PASS glaive-report']);
      const entries = JSON.parse(reportOf(cwd)) as { location: { path: string } }[];
      expect(entries.map(({ location }) => location.path)).toEqual(['new.env', 'old.env']);
      expect(leaking.stdout + leaking.stderr).not.toContain(old.slice(6));
    });
  },
);

describe.skipIf(!hasRsync)('the component', { timeout: 120_000 }, () => {
  it('push: the gate runs on every branch, the scan on the default one', async () => {
    const { pipeline, cwd } = project({}, { mode: 'push' });
    const before = git(cwd, 'rev-parse', 'HEAD').trim();
    writeFiles(cwd, { 'new.env': `B=${newToken()}\n` });
    git(cwd, 'add', '.');
    git(cwd, 'commit', '-qm', 'leak');
    const push = { CI_PIPELINE_SOURCE: 'push', CI_COMMIT_BEFORE_SHA: before, CI_DEFAULT_BRANCH: 'main' };
    expect(jobsOf(await pipeline(push))).toEqual(['FAIL glaive-gate', 'PASS glaive', 'PASS glaive-report']);
    git(cwd, 'checkout', '-qb', 'topic');
    expect(jobsOf(await pipeline(push))).toEqual(['FAIL glaive-gate']);
  });

  it('what a change accepts itself is listed, or fails, as it is asked for', async () => {
    const { pipeline, cwd } = project({}, { 'new-suppressions': 'fail' });
    const base = git(cwd, 'rev-parse', 'HEAD').trim();
    writeFiles(cwd, { 'new.env': `B=${newToken()} # glaive:allow a fixture\n` });
    git(cwd, 'add', '.');
    git(cwd, 'commit', '-qm', 'accepted');
    const clean = { ...MERGE_REQUEST, CI_MERGE_REQUEST_DIFF_BASE_SHA: base };
    expect(jobsOf(await pipeline(clean))).toContain('FAIL glaive-gate');
    const list = await pipeline({ ...clean, GLAIVE_NEW_SUPPRESSIONS: 'list' });
    expect(jobsOf(list)).toContain('PASS glaive-gate');
    expect(list.stdout + list.stderr).toContain('this change itself accepts 1 finding: new.env:1');
  });

  it('the merge request gets threads if that is requested, also for accepted findings', async () => {
    const own = newToken();
    const { url, threads } = await fakeMergeRequest({ 'new.env': [1] }, own);
    const { pipeline, cwd } = project({}, { note: true });
    const base = git(cwd, 'rev-parse', 'HEAD').trim();
    writeFiles(cwd, { 'new.env': `B=${newToken()}\nC=${newToken()} # glaive:allow a fixture\n` });
    git(cwd, 'add', '.');
    git(cwd, 'commit', '-qm', 'leak');
    const ran = await pipeline({
      ...MERGE_REQUEST,
      CI_MERGE_REQUEST_IID: '5',
      CI_MERGE_REQUEST_DIFF_BASE_SHA: base,
      CI_MERGE_REQUEST_PROJECT_ID: 'group/project',
      GLAIVE_GITLAB_URL: url,
      GLAIVE_GITLAB_TOKEN: own,
    });
    expect(jobsOf(ran)).toContain('FAIL glaive-gate');
    expect(threads.map(({ position }) => position?.['new_line'])).toEqual([1, undefined]);
    expect(threads[1]!.note.body).toContain('this change itself accepts 1 finding: new.env:2');
    expect(ran.stdout + ran.stderr).not.toContain(own.slice(6));
  });

  it('schedule: the history once whole, then what is new; a leak that remains fails it until it is accepted', async () => {
    const { pipeline, cwd, artifact } = project({ 'a.env': `A=${newToken()}\n` }, { mode: 'history' });
    git(cwd, 'rm', '-q', 'a.env');
    git(cwd, 'commit', '-qm', 'gone');
    const schedule = { CI_PIPELINE_SOURCE: 'schedule' };
    expect(jobsOf(await pipeline(schedule))).toEqual(['FAIL glaive-history']);
    expect(artifact('glaive-history', 'glaive.html')).toContain('1 leaked credential');
    const again = await pipeline(schedule);
    expect(jobsOf(again)).toEqual(['FAIL glaive-history']);
    expect(again.stdout + again.stderr).toContain('1 leak that earlier runs reported remains');
    const { report } = await historyJson(cwd);
    await glaive(['accept', report.findings[0]!.secretFingerprint, '--reason', 'revoked'], { cwd });
    git(cwd, 'add', '.glaive-baseline');
    git(cwd, 'commit', '-qm', 'accepted');
    expect(jobsOf(await pipeline(schedule))).toEqual(['PASS glaive-history']);
  });

  it('shards share the scan, and one report is made of all', async () => {
    const files = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`${index}.env`, `A=${newToken()}\n`]));
    const { pipeline, cwd } = project(files, { shards: 3, report: 'junit', fail: 'never' });
    const base = git(cwd, 'rev-parse', 'HEAD').trim();
    const ran = await pipeline({ ...MERGE_REQUEST, CI_MERGE_REQUEST_DIFF_BASE_SHA: base });
    expect(jobsOf(ran)).toEqual([
      'PASS glaive-gate',
      'PASS glaive-report',
      'PASS glaive: [1/3]',
      'PASS glaive: [2/3]',
      'PASS glaive: [3/3]',
    ]);
    expect(reportOf(cwd).match(/<failure/g)!.length).toBe(12);
  });

  it('a shard that is missing is not taken for clean: there is no report then', async () => {
    const { pipeline, cwd } = project(
      {
        'lose.sh': `#!/bin/sh\nfor last; do :; done\nnode '${CLI}' "$@"\ncase "$last" in glaive-part-2.json) rm "$last" ;; esac\n`,
      },
      { shards: 2, source: './lose.sh' },
    );
    chmodSync(join(cwd, 'lose.sh'), 0o755);
    git(cwd, 'commit', '-qam', 'loses a part');
    const base = git(cwd, 'rev-parse', 'HEAD').trim();
    const ran = await pipeline({ ...MERGE_REQUEST, CI_MERGE_REQUEST_DIFF_BASE_SHA: base });
    expect(jobsOf(ran)).toContain('FAIL glaive-report');
    expect(existsSync(join(cwd, 'gl-glaive-report'))).toBe(false);
  });

  it('a gap fails the scan, and is in the report', async () => {
    const { pipeline, cwd, artifact } = project({});
    writeFiles(cwd, { '.glaive.toml': '[scan]\nstrict = true\n', 'x.txt': 'x\n' });
    git(cwd, 'add', '.');
    git(cwd, 'commit', '-qm', 'strict');
    const base = git(cwd, 'rev-parse', 'HEAD').trim();
    const ran = await pipeline({ ...MERGE_REQUEST, CI_MERGE_REQUEST_DIFF_BASE_SHA: base });
    expect(jobsOf(ran)).toContain('FAIL glaive');
    expect(artifact('glaive-report', 'glaive.html') ?? readFileSync(join(cwd, 'glaive-part-1.json'), 'utf8')).toMatch(
      /Incomplete: |"complete": false/,
    );
  });

  it.each(['secret_detection', 'sarif'])('names the report to GitLab: %s', async (kind) => {
    const { cwd } = project({}, { report: kind, name: 'leaks' });
    const ran = await gitlabCiLocal(cwd, ['--preview']);
    const jobs = parse(ran.stdout) as Record<string, { artifacts: { reports: object; when: string } }>;
    expect(jobs['leaks-report']!.artifacts).toMatchObject({ reports: { [kind]: 'gl-glaive-report' }, when: 'always' });
    expect(Object.keys(jobs).filter((name) => /glaive/.test(name))).toEqual([]);
  });
});

it('the plain include is what the component makes it', () => {
  const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
  expect(read(PLAIN_INCLUDE), 'run: npm run docs').toBe(plainInclude(read(COMPONENT)));
  expect(read(PLAIN_INCLUDE)).not.toContain('$[[');
});

it.skipIf(!hasRsync)("this project's own pipeline uses the component", async () => {
  const cwd = tempRepository({ '.gitlab-ci.yml': readFileSync(join(ROOT, '.gitlab-ci.yml'), 'utf8') });
  for (const file of ['templates/glaive.yml', '.gitlab/release.yml']) {
    mkdirSync(dirname(join(cwd, file)));
    copyFileSync(join(ROOT, file), join(cwd, file));
  }
  git(cwd, 'add', '.');
  git(cwd, 'commit', '-qm', 'pipeline');
  git(cwd, 'remote', 'add', 'origin', 'git@gitlab.example.com:group/project.git');
  expect(await listedJobs(cwd, MERGE_REQUEST)).toEqual(expect.arrayContaining(['build', 'check', ...JOBS]));
  expect(await listedJobs(cwd, { CI_PIPELINE_SOURCE: 'schedule' })).toEqual(
    expect.arrayContaining(['build', 'glaive-weekly-history']),
  );
});

/** The jobs of each pipeline, by the variables that GitLab gives it. */
const CASES: Readonly<Record<string, readonly [variables: Variables, jobs: readonly string[]]>> = {
  'a merge request': [MERGE_REQUEST, JOBS],
  'a child pipeline of a merge request': [{ ...MERGE_REQUEST, CI_PIPELINE_SOURCE: 'parent_pipeline' }, JOBS],
  'a child pipeline of a branch': [{ CI_PIPELINE_SOURCE: 'parent_pipeline', CI_COMMIT_BRANCH: 'topic' }, []],
};

describe('the jobs of the component', { timeout: 120_000 }, () => {
  it.each(Object.keys(CASES))('in %s', async (name) => {
    const [variables, jobs] = CASES[name]!;
    const { cwd } = project({ 'a.txt': 'a\n' });
    expect(await listedJobs(cwd, variables)).toEqual(jobs);
  });

  const documented = blocksIn(readFileSync(join(ROOT, 'docs', 'ci-gitlab.md'), 'utf8')).filter(({ code }) =>
    /remote:|mode: (?:merge-request|history)/.test(code),
  );
  it.each(some(documented, 2))('as line $line of docs/ci-gitlab.md includes them', async ({ code }) => {
    const component = readFileSync(join(ROOT, 'templates', 'glaive.yml'), 'utf8');
    const { url } = await listen((_, response) => response.end(component));
    const cwd = tempRepository({
      '.gitlab-ci.yml': code.replace('https://gitlab.example.com', url),
      '.gitlab/glaive.yml': component,
    });
    git(cwd, 'remote', 'add', 'origin', 'git@gitlab.example.com:group/project.git');
    expect(await listedJobs(cwd, MERGE_REQUEST)).toEqual(JOBS);
    if (code.includes('mode: history'))
      expect(await listedJobs(cwd, { CI_PIPELINE_SOURCE: 'schedule' })).toEqual(['glaive-weekly-history']);
  });
});

describe.skipIf(!hasRsync)('the files of glaive init', { timeout: 120_000 }, () => {
  const initialised = async (files: Readonly<Record<string, string>>): Promise<Project> => {
    const cwd = tempRepository({
      '.gitignore': '.gitlab-ci-local/\nglaive-part-*\ngl-glaive-report\nglaive.html\n',
      ...files,
    });
    expect(await glaive(['init', '--yes', '--hooks', 'none', '--ci', 'gitlab'], { cwd })).toMatchObject({ code: 0 });
    git(cwd, 'add', '.');
    git(cwd, 'commit', '-qm', 'init');
    git(cwd, 'remote', 'add', 'origin', 'git@gitlab.example.com:group/project.git');
    return runnable(cwd);
  };

  it('a new pipeline: scan, report and gate of a merge request, and never two pipelines for a push', async () => {
    const { cwd, pipeline } = await initialised({ 'old.env': `A=${newToken()}\n` });
    const base = git(cwd, 'rev-parse', 'HEAD').trim();
    writeFiles(cwd, { 'new.env': `B=${newToken()}\n` });
    git(cwd, 'add', '.');
    git(cwd, 'commit', '-qm', 'leak');
    // The image has the program; here it is installed.
    const bin = tempFolder();
    symlinkSync(CLI, join(bin, 'glaive'));
    const env = { PATH: `${bin}:${process.env['PATH']}` };
    const ran = await pipeline({ ...MERGE_REQUEST, CI_MERGE_REQUEST_DIFF_BASE_SHA: base }, env);
    expect(jobsOf(ran)).toEqual(['FAIL glaive-gate', 'PASS glaive', 'PASS glaive-report']);
    const entries = JSON.parse(reportOf(cwd)) as { location: { path: string } }[];
    expect(entries.map(({ location }) => location.path)).toEqual(['new.env', 'old.env']);

    expect(await listedJobs(cwd, { CI_PIPELINE_SOURCE: 'push' }), 'of the default branch').toEqual([
      'glaive',
      'glaive-report',
    ]);
    git(cwd, 'checkout', '-qb', 'topic');
    const push = { CI_PIPELINE_SOURCE: 'push', CI_OPEN_MERGE_REQUESTS: 'group/project!1' };
    expect(await listedJobs(cwd, push), 'of a merge request').toEqual([]);
  });

  it('a pipeline with stages of its own, and an include', async () => {
    const { cwd } = await initialised({
      'shared.yml': 'build:\n  stage: build\n  script: [make]\n  rules: [{ when: always }]\n',
      '.gitlab-ci.yml': 'include: shared.yml\nstages: [build, deploy]\n',
    });
    expect(await listedJobs(cwd, MERGE_REQUEST)).toEqual(['build', ...JOBS].toSorted());
  });
});
