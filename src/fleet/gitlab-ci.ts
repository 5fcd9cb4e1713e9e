/**
 * A child pipeline for GitLab CI: a job for each part of a plan, then one that merges. Next to its file, everything that the jobs need is
 * put into a folder, which travels as an artifact: the plan, all reports and attempts, and the states of what must be swept.
 *
 * States stay behind in the cache of the job that merges, if nothing needs them tonight. A state never travels without the reports of
 * its repository, so a cache that is lost costs time, and no finding.
 */

import { cp, mkdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { dirname, join, parse, relative } from 'node:path';
import { fsErrorMessage } from '../lib/fs-error-message.ts';
import { writeWhole } from '../lib/output-file.ts';
import { GlaiveError } from '../model/errors.ts';
import type { Plan, PlanItem } from './plan.ts';
import { needsSweep } from './queue/feed.ts';
import { namesIn, planPath, statePath } from './store.ts';

/** GitLab refuses more jobs of one `parallel`. */
const MOST_PARALLEL = 200;
/** The name of the job that plans, in the parent pipeline. */
const PLAN_JOB = 'plan';
/** In the folder that travels: what the plan was made on, as the job that merges has called it. And in a store: that it is whole. */
const PLANNED_ON = 'planned-on';
const LINEAGE = 'lineage';

export interface PipelineOptions {
  readonly store: string;
  /** Laid out in parts. */
  readonly plan: Plan;
  /** Absolute. */
  readonly file: string;
  /** As a job names `file`: relative to the folder of the project. */
  readonly name: string;
  /** The image of the jobs; absent: the runner's own. */
  readonly image?: string | undefined;
}

/** @throws GlaiveError if something cannot be written */
export async function writePipeline({ store, plan, file, name, image }: PipelineOptions): Promise<void> {
  const { id, shards = 1 } = plan.head;
  const folder = travels(name).replaceAll('\\', '/');
  try {
    await pack(store, plan, travels(file));
    await writeWhole(file, [pipelineOf({ id, shards, folder, image })], { makeFolders: true });
  } catch (error) {
    throw new GlaiveError('output', `cannot write the pipeline ${name}: ${fsErrorMessage(error)}`, { cause: error });
  }
}

/** The folder next to the file of the pipeline. */
function travels(file: string): string {
  const { dir, name } = parse(file);
  return join(dir, `${name}-store`);
}

/** Copies what the jobs need. Times are kept: by them, a job knows what it has made itself. @throws the file system's error */
async function pack(store: string, { head, items }: Plan, to: string): Promise<void> {
  if (namesIn(to).length > 0 && !namesIn(to).includes(PLANNED_ON))
    throw new Error(`${to} is there, and is not of an earlier pipeline`);
  await rm(to, { recursive: true, force: true });
  await mkdir(to, { recursive: true });
  const copy = async (path: string): Promise<void> => {
    const place = join(to, relative(store, path));
    await mkdir(dirname(place), { recursive: true });
    await cp(path, place, { recursive: true, preserveTimestamps: true });
  };
  const present = new Set(namesIn(store));
  for (const each of ['report', 'attempt', 'network', 'index']) if (present.has(each)) await copy(join(store, each));
  await writeFile(join(to, PLANNED_ON), present.has(LINEAGE) ? await readFile(join(store, LINEAGE)) : '');
  const states = statesIn(store, items.filter(needsSweep));
  for (const path of states) await copy(path);
  const files = namesIn(join(store, 'plans')).filter((name) => name.startsWith(`${head.id}.`));
  for (const each of files) await copy(join(store, 'plans', each));
  // The newest of all files.
  await utimes(join(to, relative(store, planPath(store, head.id))), new Date(), new Date());
}

/** The newest state of each repository that has one. */
function statesIn(store: string, items: readonly PlanItem[]): string[] {
  const wanted = new Set(items.map(({ key }) => key));
  const highest = new Map<string, number>();
  for (const folder of namesIn(join(store, 'state')))
    for (const name of namesIn(join(store, 'state', folder))) {
      const [, key = '', generation] = /^([0-9a-f]{24})\.(\d{1,15})$/.exec(name) ?? [];
      if (wanted.has(key)) highest.set(key, Math.max(highest.get(key) ?? 0, Number(generation)));
    }
  return [...highest].map(([key, generation]) => statePath(store, key, generation));
}

/** @param folder of the store that travels, relative to the folder of the project */
export function pipelineOf({
  id,
  shards,
  folder,
  image,
}: {
  readonly id: string;
  readonly shards: number;
  readonly folder: string;
  readonly image?: string | undefined;
}): string {
  const text = (value: string): string => JSON.stringify(value);
  const store = text(folder);
  const planned = `needs: [{ pipeline: $PARENT_PIPELINE_ID, job: ${PLAN_JOB} }]`;
  const groups = Array.from({ length: Math.ceil(shards / MOST_PARALLEL) }, (_, index) => index * MOST_PARALLEL);
  const sweeps = groups.map(
    (offset, index) => `
sweep${groups.length === 1 ? '' : `-${index + 1}`}:
  stage: sweep
  parallel: ${Math.min(MOST_PARALLEL, shards - offset)}
  timeout: 6h
  variables: { RUNNER_SCRIPT_TIMEOUT: 350m }
  ${planned}
  # Findings and gaps are for the job that merges; anything else that ends a part is an error.
  allow_failure: { exit_codes: [1, 2] }
  script:
    - glaive fleet work --store ${store} --plan ${id} --shard "$((${offset} + \${CI_NODE_INDEX:-1}))/${shards}" --mirror drop $GLAIVE_FLEET_WORK
  after_script:
    # Only what this part has made.
    - find ${store} -type f ! -newer ${text(`${folder}/plans/${id}.jsonl`)} -delete
  artifacts: { when: always, expire_in: 7 days, paths: [${store}] }
`,
  );
  return `# The sweep of the plan ${id}, in ${shards === 1 ? 'one part' : `${shards} parts`}. Written by glaive fleet plan --gitlab-ci.
stages: [sweep, merge]

default:
${image === undefined ? '' : `  image: ${text(image)}\n`}  interruptible: true
  retry: { max: 2, when: [runner_system_failure, stuck_or_timeout_failure, scheduler_failure, unknown_failure] }

variables:
  GIT_STRATEGY: none
  GLAIVE_FLEET_WORK: ""
  GLAIVE_FLEET_MERGE: ""

# Gives the plan to the job that merges, which waits for a whole stage and so can need no job of another pipeline.
hand-over:
  stage: sweep
  ${planned}
  script: ["true"]
  artifacts: { expire_in: 7 days, paths: [${store}] }
${sweeps.join('')}
merge:
  stage: merge
  when: always
  interruptible: false
  script:
    # States of another lineage may know of findings whose reports are not here.
    - cmp -s fleet/${LINEAGE} ${text(`${folder}/${PLANNED_ON}`)} || rm -rf fleet
    - mkdir -p fleet && rm -f fleet/${LINEAGE}
    - cp -R ${text(`${folder}/.`)} fleet/
    - echo "$CI_PIPELINE_ID" >fleet/${LINEAGE}
    - glaive fleet merge --store fleet --plan ${id} --output html=fleet-report $GLAIVE_FLEET_MERGE
  cache: { key: glaive-fleet, paths: [fleet], when: always }
  artifacts: { when: always, expire_in: 30 days, paths: [fleet/index, fleet-report] }
`;
}
