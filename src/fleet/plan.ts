/**
 * The plan of a sweep over many repositories: which ones, and with which options. It is the truth about what must be swept: a
 * queue may lose items, the plan does not. A file of JSON lines: a head, then one line for each repository.
 */

import * as v from 'valibot';
import { readOptionalFile } from '../lib/optional-file.ts';
import { firstLine } from '../lib/plain-file.ts';
import { writeWhole } from '../lib/output-file.ts';
import { fsErrorMessage } from '../lib/fs-error-message.ts';
import { CONFIDENCES } from '../model/confidence.ts';
import { GlaiveError } from '../model/errors.ts';
import { isPlanId, planPath, planIds } from './store.ts';

const Whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** Characters of a path or an address in a plan. */
export const TEXT_MAX = 4096;
const Text = v.pipe(v.string(), v.maxLength(TEXT_MAX));

/** The options that say what is found. They are frozen in the plan: every worker scans with the same ones. */
const OptionsSchema = v.object({
  /** The text of the configuration; without it, the defaults. A repository's own configuration is never read. */
  config: v.optional(v.string()),
  /** The texts of the rule files that the configuration names (`frozen-config.ts` makes files of both). */
  ruleFiles: v.optional(v.array(v.string())),
  archives: v.boolean(),
  /** Bytes. */
  maxBlob: v.optional(Whole),
  minConfidence: v.optional(v.picklist(CONFIDENCES)),
});

const SourceSchema = v.variant('kind', [
  v.object({ kind: v.literal('gitlab'), url: Text, groups: v.array(Text), projects: v.array(Text) }),
  /** The folder of a storage on disk. */
  v.object({ kind: v.literal('disk'), root: Text }),
  v.object({ kind: v.literal('list') }),
]);

/** Something that could not be listed, so that repositories may be missing in the plan. */
const GapSchema = v.object({
  /** The place, line, group or project. */
  uri: v.optional(Text),
  message: Text,
  hint: v.optional(Text),
  /** How many it means, if more than one. */
  count: v.optional(Whole),
});

const HeadSchema = v.object({
  glaive: v.literal('fleet-plan'),
  version: v.literal(1),
  id: v.pipe(v.string(), v.check(isPlanId)),
  at: v.pipe(v.string(), v.isoTimestamp()),
  /** Digest of the rules and of the options: states and shared ids are only for sweeps that find the same. */
  detection: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  options: OptionsSchema,
  source: SourceSchema,
  /** How many repositories follow: a plan that was cut short is refused. */
  items: Whole,
  /** In how many parts the repositories were laid out. */
  shards: v.optional(Whole),
  /** Absent: everything that was asked for is in the plan. */
  gaps: v.optional(v.array(GapSchema)),
});

/** 24 digits of a digest of what identifies the repository for ever: instance and project id, place in the storage, or address. */
const Key = v.pipe(v.string(), v.regex(/^[0-9a-f]{24}$/));

const ItemSchema = v.object({
  key: Key,
  /** The id of the project in GitLab. */
  project: v.optional(Whole),
  /** The path of the project, like `group/project`; absent if the storage does not tell it. */
  path: v.optional(Text),
  /** The address of the project's page. */
  web: v.optional(Text),
  /** The folder of the repository, absolute, for a sweep on the disk. */
  dir: v.optional(Text),
  /** The address to fetch from, without credentials. */
  url: v.optional(Text),
  /** The key of the object pool, or of the root of the forks, that the repository shares objects with; its own if it is that. */
  network: v.optional(Key),
  /** Whether it is an object pool: it is swept before its members, and they scan their own objects only. */
  isPool: v.optional(v.boolean()),
  isArchived: v.optional(v.boolean()),
  /** Bytes, roughly: the largest are swept first. */
  size: v.optional(Whole),
  /** Digest of the refs and, on a disk, of the object folder, as they were when the plan was made. */
  refs: v.optional(v.string()),
  /** The generation of a whole sweep since which nothing has changed: there is nothing to do. */
  unchanged: v.optional(Whole),
  /** With `unchanged`: when the plan of that sweep was made. */
  sweptAt: v.optional(v.pipe(v.string(), v.isoTimestamp())),
  /** With `unchanged`: that sweep was made with other rules than those of this plan, since then; its turn comes in another night. */
  stale: v.optional(v.pipe(v.string(), v.isoTimestamp())),
  /** Known without a sweep: the project has no repository, or nothing in it. */
  nothing: v.optional(v.picklist(['empty', 'no-repository'])),
  /** From 1, if the plan is laid out in parts. */
  shard: v.optional(Whole),
});

export type FrozenOptions = v.InferOutput<typeof OptionsSchema>;
export type PlanSource = v.InferOutput<typeof SourceSchema>;
export type PlanHead = v.InferOutput<typeof HeadSchema>;
export type PlanGap = v.InferOutput<typeof GapSchema>;
export type PlanItem = v.InferOutput<typeof ItemSchema>;

export interface Plan {
  readonly head: PlanHead;
  readonly items: readonly PlanItem[];
}

/** How people know the repository: its path, else its folder or address, else its key. */
export function nameOf({ key, path, dir, url }: PlanItem): string {
  return path ?? dir ?? url ?? key;
}

/** Bytes: a million repositories take about 150 MB. */
const PLAN_MAX = 1024 * 1024 * 1024;

/** Bytes: configuration and rule files are in it. */
const HEAD_MAX = 64 * 1024 * 1024;

/** @throws GlaiveError if it cannot be written */
export async function writePlan(store: string, { head, items }: Plan): Promise<void> {
  const path = planPath(store, head.id);
  function* lines(): Generator<string> {
    yield `${JSON.stringify({ ...head, items: items.length })}\n`;
    for (const item of items) yield `${JSON.stringify(item)}\n`;
  }
  try {
    await writeWhole(path, batched(lines()), { mode: 0o600, makeFolders: true });
  } catch (error) {
    throw new GlaiveError('output', `cannot write the plan ${path}: ${fsErrorMessage(error)}`, { cause: error });
  }
}

/** Pieces of about 64 kB. */
function* batched(lines: Iterable<string>): Generator<string> {
  let piece = '';
  for (const line of lines) {
    piece += line;
    if (piece.length < 65_536) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}

/** @param id absent: the newest plan of the store @throws GlaiveError if it does not exist, or is damaged */
export function readPlan(store: string, id: string | undefined): Plan {
  const chosen = id ?? planIds(store).at(-1);
  if (chosen === undefined)
    throw new GlaiveError('usage', `there is no plan in ${store}`, { hint: 'Make one: glaive fleet plan.' });
  if (!isPlanId(chosen)) throw new GlaiveError('usage', 'the id of a plan has letters, digits and - only');
  const path = planPath(store, chosen);
  let text: string | undefined;
  try {
    text = readOptionalFile(path, { max: PLAN_MAX });
  } catch (error) {
    throw new GlaiveError('usage', `cannot read the plan ${path}: ${fsErrorMessage(error)}`, { cause: error });
  }
  if (text === undefined)
    throw new GlaiveError('usage', `there is no plan ${chosen} in ${store}`, {
      hint: `Its plans: ${planIds(store).slice(-5).join(', ') || 'none'}.`,
    });
  return parsePlan(text, path);
}

/** The head alone: most plans of a store are asked no more. @throws GlaiveError if it does not exist, or is damaged */
export function readPlanHead(store: string, id: string): PlanHead {
  const path = planPath(store, id);
  let line: string | undefined;
  try {
    line = firstLine(path, HEAD_MAX);
  } catch (error) {
    throw new GlaiveError('usage', `cannot read the plan ${path}: ${fsErrorMessage(error)}`, { cause: error });
  }
  const head = v.safeParse(HeadSchema, parsed(line ?? ''));
  if (head.success) return head.output;
  throw new GlaiveError('usage', `${path} is not a whole plan of glaive fleet: its first line is not that of a plan`);
}

/** @param path for messages @throws GlaiveError */
function parsePlan(text: string, path: string): Plan {
  const damaged = (why: string): GlaiveError =>
    new GlaiveError('usage', `${path} is not a whole plan of glaive fleet: ${why}`, {
      hint: 'Make a new one: glaive fleet plan.',
    });
  const lines = text.split('\n');
  if (lines.pop() !== '') throw damaged('its last line has no end');
  const [first = '', ...rest] = lines;
  const head = v.safeParse(HeadSchema, parsed(first));
  if (!head.success) throw damaged('its first line is not that of a plan');
  if (head.output.items !== rest.length) throw damaged(`${rest.length} of ${head.output.items} lines are there`);
  const items = rest.map((line, index) => {
    const item = v.safeParse(ItemSchema, parsed(line));
    if (!item.success) throw damaged(`line ${index + 2} is not a repository`);
    return item.output;
  });
  return { head: head.output, items };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
