/** `glaive fleet work`: sweeps repositories of a plan. */

import { type Attempt, isDone } from '../../../fleet/attempt.ts';
import { CHILD_VARIABLE, startChild } from '../../../fleet/child.ts';
import { removeLeftOvers } from '../../../fleet/generations.ts';
import { nameOf, type Plan, type PlanItem, readPlan } from '../../../fleet/plan.ts';
import { itemsNamed, itemsOfPart, type Sorted, sortOut } from '../../../fleet/select.ts';
import { type StoppedBy, supervise, type SupervisorOptions } from '../../../fleet/supervisor.ts';
import { printable } from '../../../lib/printable.ts';
import { shellQuote } from '../../../lib/shell-quote.ts';
import { showWord } from '../../../lib/show-word.ts';
import { EXIT } from '../../../model/io.ts';
import { createTextRedactor } from '../../../scan/redact-text.ts';
import { usage } from '../../args/parse.ts';
import { readStdin } from '../../read-stdin.ts';
import type { FleetCall, FleetCode } from './call.ts';
import { checkedConfig, writerOf } from './history-args.ts';
import { queueUrl } from './queue-address.ts';
import { RETRIED } from './retried.ts';
import { showWork } from './work-progress.ts';

const GIB = 1024 * 1024 * 1024;
const RETRIES = 2;
/** Bytes of names on standard input. */
const NAMES_MAX = 256 * 1024 * 1024;
const TRY_AGAIN = 75;

export async function workVerb(call: FleetCall): Promise<FleetCode> {
  const { store, args, io, words } = call;
  if (io.env[CHILD_VARIABLE] !== undefined) return await (await import('./serve.ts')).serveItems(call);
  const plan = readPlan(store, args.value('plan'));
  const url = queueUrl(args, io.env);
  const chosen = await chosenItems(plan, call);
  const sorted = sortOut(chosen, store, plan.head.id);
  if (args.has('print-items')) {
    const pools = sorted.left.filter(({ isPool }) => isPool === true);
    const rest = sorted.left.filter(({ isPool }) => isPool !== true);
    await io.stdout.write([...pools, ...rest].map(({ key }) => `${key}\n`).join(''));
    return EXIT.clean;
  }
  if (url !== undefined) return await sweepQueue(plan, url, call);
  // An engine that names a single one tries it again by itself.
  const isSingle = words.length === 1 && chosen.length === 1;
  return await sweepAll(plan, sorted, isSingle, call);
}

/** @throws GlaiveError for words that name nothing */
async function chosenItems(plan: Plan, { args, io, words }: FleetCall): Promise<readonly PlanItem[]> {
  const shard = args.value('shard');
  if (words.length > 0 && (shard !== undefined || args.has('stdin') || args.has('queue')))
    throw usage('fleet', 'repositories are named twice', 'Name them, or take those of --shard, --stdin or --queue.');
  if (shard !== undefined) return itemsOfPart(plan, shard);
  const names = args.has('stdin') ? await namesOnStdin(io) : words;
  if (names.length === 0) return args.has('stdin') ? [] : plan.items;
  const { items, unknown } = itemsNamed(plan.items, names);
  const [first] = unknown;
  if (first !== undefined)
    throw usage(
      'fleet',
      `${showWord(first)} is no repository of the plan ${plan.head.id}`,
      'Name it by its key, path, folder or address: glaive fleet work --print-items lists the keys.',
    );
  return items;
}

async function namesOnStdin(io: FleetCall['io']): Promise<readonly string[]> {
  const tooLong = () => usage('fleet', 'standard input is longer than any plan');
  const text = (await readStdin(io, { max: NAMES_MAX, tooLong })).toString('utf8');
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

async function sweepAll(plan: Plan, sorted: Sorted, isSingle: boolean, call: FleetCall): Promise<FleetCode> {
  const { store, args, io } = call;
  const { head } = plan;
  const tally = tallyOf(sorted);
  if (sorted.left.length > 0) {
    await checkedConfig(store, head, io);
    removeLeftOvers(store);
    const progress = showWork(args, io, sorted.left);
    const supervised = supervise(sorted.left, {
      ...supervisorOptions(plan, call, isSingle),
      onBegin: () => progress.began(),
      onEnd: (item, attempt) => {
        tally.add(item, attempt);
        progress.ended(item, isDone(attempt.outcome));
      },
    });
    try {
      const { left, stoppedBy } = await supervised;
      tally.left = left;
      tally.stoppedBy = stoppedBy;
    } finally {
      await progress.end();
    }
  }
  if (io.signal.aborted) {
    await io.stderr.write('glaive: interrupted\n');
    return EXIT.interrupted;
  }
  await sayTally(tally, call, plan.head.id);
  return codeOf(tally, isSingle);
}

/** Repositories that a queue gives. Other workers sweep too, so what is missing in the end is read from the store. */
async function sweepQueue(plan: Plan, url: string, call: FleetCall): Promise<FleetCode> {
  const { store, args, io } = call;
  const { workFromQueue } = await import('./queue-work.ts');
  const before = sortOut(plan.items, store, plan.head.id);
  const tally = tallyOf(before);
  await checkedConfig(store, plan.head, io);
  const progress = showWork(args, io, before.left);
  const onEnd = (item: PlanItem, attempt: Attempt): void => {
    tally.add(item, attempt);
    progress.ended(item, isDone(attempt.outcome));
  };
  let stopped: string | undefined;
  try {
    const options = supervisorOptions(plan, call, false);
    stopped = await workFromQueue({ url, plan, options, onBegin: () => progress.began(), onEnd }, call);
  } finally {
    await progress.end();
  }
  if (io.signal.aborted) {
    await io.stderr.write('glaive: interrupted\n');
    return EXIT.interrupted;
  }
  await sayTally(tally, call, plan.head.id);
  const { left, done } = sortOut(plan.items, store, plan.head.id);
  if (stopped !== undefined) await io.stderr.write(`glaive: ${stopped}\n`);
  if (left.length > 0) {
    await io.stderr.write(`glaive: ${repositories(left.length)} of the plan without a result: glaive fleet status\n`);
    return EXIT.incomplete;
  }
  if (done.some(({ code }) => code === EXIT.incomplete)) return EXIT.incomplete;
  return done.some(({ code }) => code === EXIT.findings) ? EXIT.findings : EXIT.clean;
}

function supervisorOptions({ head, items }: Plan, call: FleetCall, isSingle: boolean): SupervisorOptions {
  const { store, args, io } = call;
  const { program, signal } = io;
  const redact = createTextRedactor();
  const script = program.main === undefined ? [] : [program.main];
  return {
    store,
    head,
    unchanged: new Set(items.flatMap(({ key, unchanged }) => (unchanged === undefined ? [] : [key]))),
    jobs: args.value('jobs') ?? Math.max(1, Math.min(program.parallelism, Math.floor(program.memory / (GIB / 2)))),
    memory: args.value('memory'),
    timeLimit: args.value('time-limit'),
    retries: args.value('retries') ?? (isSingle ? 0 : RETRIES),
    diskFree: args.value('disk-free') ?? GIB,
    writer: writerOf(program.pid),
    signal,
    redact: (text) => printable(redact(text)),
    startChild: () =>
      startChild({
        program: program.node,
        args: [...script, ...io.argv],
        cwd: io.cwd,
        env: io.env,
        head,
        endGroup: io.endGroup,
      }),
  };
}

/** What came of the sweeps. */
interface Tally {
  swept: number;
  findings: number;
  incomplete: [PlanItem, Attempt][];
  left: number;
  stoppedBy: StoppedBy | undefined;
  readonly before: Sorted;
  add(item: PlanItem, attempt: Attempt): void;
}

function tallyOf(before: Sorted): Tally {
  return {
    swept: 0,
    findings: before.done.filter(({ code }) => code === EXIT.findings).length,
    incomplete: [],
    left: 0,
    stoppedBy: undefined,
    before,
    add(item, attempt) {
      this.swept++;
      if (attempt.code === EXIT.findings) this.findings++;
      if (!isDone(attempt.outcome) || attempt.code === EXIT.incomplete) this.incomplete.push([item, attempt]);
    },
  };
}

/** Repositories that are named at the end; `glaive fleet status` lists all. */
const NAMED = 20;

async function sayTally(
  { swept, incomplete, left, stoppedBy, before }: Tally,
  { store, args, io, words }: FleetCall,
  plan: string,
): Promise<void> {
  const redact = createTextRedactor();
  const safe = (text: string): string => printable(redact(text));
  for (const [item, { outcome, reason }] of incomplete.slice(0, NAMED)) {
    const why = reason === undefined ? '' : `: ${reason}`;
    await io.stderr.write(`glaive: ${safe(`${nameOf(item)}: ${outcome}${why}`)}\n`);
  }
  if (incomplete.length > NAMED)
    await io.stderr.write(`glaive: ${incomplete.length - NAMED} more; glaive fleet status lists them\n`);
  if (left > 0) {
    const reason =
      stoppedBy === 'token-refused'
        ? "the GitLab refuses glaive's token. Give it a new one, and run this again"
        : `the disk of ${safe(store)} has less free space than --disk-free asks for`;
    await io.stderr.write(`glaive: ${repositories(left)} not begun: ${reason}\n`);
  }
  if (args.has('quiet')) return;
  const earlier = before.done.length;
  await io.stderr.write(
    `glaive: ${repositories(swept)} swept${earlier === 0 ? '' : `, ${earlier} were done before`}${
      before.nothing === 0 ? '' : `, ${before.nothing} had nothing new`
    }\n`,
  );
  // A part of a plan is merged when the others are there.
  const isWhole = words.length === 0 && !args.has('shard') && !args.has('stdin');
  if (isWhole && left === 0)
    await io.stderr.write(`next: glaive fleet merge --store ${shellQuote(safe(store))} --plan ${plan}\n`);
}

function repositories(count: number): string {
  return count === 1 ? '1 repository' : `${count} repositories`;
}

function codeOf({ findings, incomplete, left, before }: Tally, isSingle: boolean): FleetCode {
  const again = incomplete.some(([, { outcome }]) => RETRIED.has(outcome)) || left > 0;
  if (isSingle && again) return TRY_AGAIN;
  const isIncomplete = incomplete.length > 0 || left > 0 || before.done.some(({ code }) => code === EXIT.incomplete);
  if (isIncomplete) return EXIT.incomplete;
  return findings > 0 ? EXIT.findings : EXIT.clean;
}
