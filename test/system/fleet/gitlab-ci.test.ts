/**
 * A fleet swept by GitLab's runners: the pipeline of docs/fleet.md, run for real by gitlab-ci-local. It plans, starts the child
 * pipeline that glaive has written, sweeps in parts, and merges.
 */

import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { nameOf, readPlan } from '../../../src/fleet/plan.ts';
import { pipelineOf } from '../../../src/fleet/gitlab-ci.ts';
import { blocksIn } from '../../support/documented.ts';
import { fakeIssuer } from '../../support/fake-issuer.ts';
import { type Fleet, makeFleet } from '../../support/fleet.ts';
import { gitlabCiLocal, hasRsync } from '../../support/pipelines.ts';
import { keyOfPlace, secretsIn } from '../../support/fleet-plan.ts';
import { CLI, type Ran } from '../../support/run-cli.ts';
import { IS_LONG, runs } from '../../support/runs.ts';
import { git, tempFolder, tempRepository } from '../../support/temp-folder.ts';

const DOCUMENT = readFileSync(join(import.meta.dirname, '..', '..', '..', 'docs', 'fleet.md'), 'utf8');
const PARENT = blocksIn(DOCUMENT).find(({ language, code }) => language === 'yaml' && code.includes('--gitlab-ci'));
const CHECKER = process.env['CHECK_JSONSCHEMA'] ?? 'check-jsonschema';

describe('the child pipeline', () => {
  it.skipIf(spawnSync(CHECKER, ['--version']).status !== 0)('fits the schema of GitLab', () => {
    const folder = tempFolder();
    const files = [1, 16, 200, 201, 1000].map((shards) => {
      const file = join(folder, `${shards}.yml`);
      const image = shards === 16 ? 'registry.example.com/a:1' : undefined;
      writeFileSync(file, pipelineOf({ id: '20270115-a', shards, folder: 'sweep/child-store', image }));
      return file;
    });
    const parent = join(folder, 'parent.yml');
    writeFileSync(parent, PARENT!.code);
    const checked = spawnSync(CHECKER, ['--builtin-schema', 'vendor.gitlab-ci', parent, ...files], {
      encoding: 'utf8',
    });
    expect([checked.status, checked.stdout]).toEqual([0, expect.stringContaining('ok')]);
  });

  it.each([
    [1, [1]],
    [200, [200]],
    [450, [200, 200, 50]],
  ])('of %i parts has jobs of at most 200', (shards, parallel) => {
    const text = pipelineOf({ id: 'a', shards, folder: 'x' });
    expect([...text.matchAll(/parallel: (\d+)/g)].map(([, count]) => Number(count))).toEqual(parallel);
    expect([...text.matchAll(/\$\(\((\d+) \+ /g)].map(([, offset]) => Number(offset))).toEqual(
      parallel.map((_, index) => index * 200),
    );
  });
});

interface Project {
  readonly cwd: string;
  readonly fleet: Fleet;
  /** Runs the pipeline. @param broken a part that ends as if its runner had died */
  readonly run: (broken?: string) => Promise<Ran>;
}

const ALONE = runs({ fast: 5, long: 10 });

/** A project with the pipeline of the document, for a storage on disk in place of a GitLab. */
async function projectOf(seed: number): Promise<Project> {
  const fleet = makeFleet(join(tempFolder(), 'disk'), {
    seed,
    alone: ALONE,
    pools: 1,
    members: 2,
    leaks: 3,
    packed: 2,
  });
  const issuer = await fakeIssuer();
  const issue = (): void => {
    for (const [at, token] of fleet.tokens.entries())
      issuer.tokens.set(token, { kind: 'access', id: at + 1, state: 'active', scopes: ['api'] });
  };
  const pipeline = PARENT!.code
    .replace(/--gitlab-url \S+ --group \S+/, `--disk ${fleet.root}`)
    .replace('--shards 16', '--shards 4')
    .replace(/^ *image: .*\n/m, '')
    .replace('--jobs 2 --memory 2g', `--jobs 1 --disk-free 1 --gitlab-url ${issuer.url}`);
  const cwd = tempRepository({
    '.gitlab-ci.yml': pipeline,
    '.gitignore': '.gitlab-ci-local/\nsweep/\nfleet/\nchild.yml\n',
  });
  git(cwd, 'remote', 'add', 'origin', 'git@gitlab.example.com:group/project.git');
  // The jobs share a folder here, as they do nowhere else: no part may remove what another one needs.
  const bin = tempFolder();
  writeFileSync(join(bin, 'find'), '#!/bin/sh\n', { mode: 0o755 });
  writeFileSync(
    join(bin, 'glaive'),
    `#!/bin/sh\nif [ -n "$BROKEN" ]; then case "$*" in *"--shard $BROKEN "*) kill -9 $$;; esac; fi\nexec '${process.execPath}' '${CLI}' "$@"\n`,
    { mode: 0o755 },
  );
  const variables = { CI_PIPELINE_SOURCE: 'schedule', CI_COMMIT_SHA: git(cwd, 'rev-parse', 'HEAD').trim() };
  return {
    cwd,
    fleet,
    run: (broken = '') => {
      issue();
      return gitlabCiLocal(cwd, ['--force-shell-executor'], variables, {
        PATH: `${bin}:${process.env['PATH']}`,
        BROKEN: broken,
      });
    },
  };
}

/** What the merged index lacks, by place. */
const missing = ({ fleet, cwd }: Project): string[] =>
  fleet.repositories
    .filter(({ place, secrets }) => {
      const found = new Set(secretsIn(join(cwd, 'fleet'), keyOfPlace(place)));
      return secrets.some((each) => !found.has(each));
    })
    .map(({ place }) => place);

/** What the jobs have printed. */
const textOf = ({ stdout, stderr }: Ran): string => stripVTControlCharacters(stdout + stderr);
/** The exit code of the job that merges. */
const merged = (ran: Ran): number =>
  Number(/\bmerge +finished in \S+ \S+(?: +FAIL (\d+))?/.exec(textOf(ran))?.[1] ?? 0);
const toSweep = (ran: Ran): number => Number(/(\d+) to sweep/.exec(textOf(ran))?.[1] ?? 0);

describe.skipIf(!hasRsync)('the documented pipeline', { timeout: 300_000 }, () => {
  it.runIf(IS_LONG)(
    'plans, sweeps in four parts, and merges; a night later it scans what is new; a lost cache loses nothing',
    async () => {
      const project = await projectOf(1);
      const { cwd, fleet, run } = project;
      const first = await run();
      expect([merged(first), toSweep(first)]).toEqual([1, ALONE + 3]);
      expect(textOf(first)).toContain(`${ALONE + 3} repositories: ${ALONE + 3} scanned whole`);
      expect(missing(project)).toEqual([]);

      const changed = fleet.repositories.at(-1)!;
      fleet.leakInto(changed);
      const second = await run();
      expect([merged(second), toSweep(second)]).toEqual([1, 1]);
      expect(textOf(second)).toContain('1 new, ');
      expect(missing(project)).toEqual([]);
      for (const token of fleet.tokens) expect(textOf(second)).not.toContain(token.slice(6));

      rmSync(join(cwd, 'fleet'), { recursive: true });
      const third = await run();
      expect([merged(third), toSweep(third)]).toEqual([1, ALONE + 3]);
      expect(missing(project)).toEqual([]);
      // States that are not those of the plan: as if the runner had a cache of its own.
      fleet.leakInto(changed);
      writeFileSync(join(cwd, 'fleet', 'lineage'), 'of another runner\n');
      expect(merged(await run())).toBe(1);
      expect(missing(project)).toEqual([]);
    },
  );

  it('a part that dies makes the merge fail, which names its repositories', async () => {
    const project = await projectOf(2);
    const ran = await project.run('2/4');
    // GitLab's own pipeline fails with it (strategy: depend); that of gitlab-ci-local does not.
    expect(merged(ran)).toBe(2);
    const { items } = readPlan(join(project.cwd, 'fleet'), undefined);
    const lost = items.filter(({ shard }) => shard === 2);
    expect(lost.length).toBeGreaterThan(0);
    const text = textOf(ran).slice(textOf(ran).indexOf('glaive fleet merge'));
    for (const item of lost) expect(text).toContain(nameOf(item).slice(-30));
    // The next night sweeps them, and only them.
    const next = await project.run();
    expect([merged(next), toSweep(next)]).toEqual([1, lost.length]);
    expect(missing(project)).toEqual([]);
    for (const token of project.fleet.tokens) expect(textOf(next)).not.toContain(token.slice(6));
  });
});
