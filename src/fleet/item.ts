/**
 * One repository of a plan, right by itself: whatever dies, and wherever, nothing is lost and nothing is reported twice.
 *
 * The report is published before the state that says "scanned". A worker that dies before its report has done nothing; one that
 * dies between the two is repeated, and finds the same. Two workers at once do no harm, so no lease is needed.
 */

import { mkdirSync, rmSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import type { NextState } from '../history/next-state.ts';
import { type HistoryState, readState } from '../history/state.ts';
import { fsErrorMessage } from '../lib/fs-error-message.ts';
import { writeWhole } from '../lib/output-file.ts';
import { GlaiveError } from '../model/errors.ts';
import type { Gap } from '../model/gap.ts';
import { EXIT, type ExitCode } from '../model/io.ts';
import type { Report, SweptProject } from '../model/report.ts';
import { renderJson } from '../report/json.ts';
import { type Attempt, type Outcome, readAttempt, writeAttempt } from './attempt.ts';
import { beginOf } from './begin.ts';
import { publishReport, syncFolder } from './generations.ts';
import type { PlanHead, PlanItem } from './plan.ts';
import { type CloneItem, type Nowhere, type Place, placeOf } from './place.ts';
import { type Shared, sharedOf } from './sharing.ts';
import { reportPath, stagingFolder, statePath } from './store.ts';
import { ownUsage } from './usage.ts';

/** The sweep of one repository; it writes nothing. */
export type ItemSweep = (input: SweepInput) => Promise<Swept>;

export interface SweepInput {
  readonly place: Place;
  readonly item: PlanItem;
  /** Undefined: everything is scanned. */
  readonly stored: HistoryState | undefined;
  /** How errors name the state. */
  readonly stateName: string;
  readonly signal: AbortSignal;
  readonly shared: Shared;
}

export interface Swept {
  readonly report: Report;
  readonly code: ExitCode;
  /** Undefined: the sweep does not count as done. */
  readonly next: NextState | undefined;
}

/** The moments between which a worker may die. */
export type Point = 'begun' | 'swept' | 'staged' | 'reported' | 'stated' | 'attempted';

export interface ItemContext {
  readonly store: string;
  readonly head: PlanHead;
  readonly sweep: ItemSweep;
  /** For repositories with an address. */
  readonly clone?: CloneItem | undefined;
  /** Distinguishes this process from others at the same time. */
  readonly writer: string;
  /** Ends the sweep; nothing is published then. */
  readonly signal: AbortSignal;
  /** The pool of the repository was swept whole in an earlier plan, and is what it was then. */
  readonly isPoolUnchanged?: boolean | undefined;
  /** Seconds after which the sweep ends, and keeps what it has read. */
  readonly timeLimit?: number | undefined;
  /** Masks what messages of git and of servers may hold. */
  readonly redact: (text: string) => string;
  /** For tests. */
  readonly at?: (point: Point) => void;
}

/** How it ended, without what is the same for every end. */
type Ended = Pick<Attempt, 'outcome' | 'code' | 'reason' | 'generation' | 'report'>;

/** Sweeps a repository, and publishes what came of it. @returns undefined if it was interrupted, which is no attempt */
export async function runItem(item: PlanItem, context: ItemContext): Promise<Attempt | undefined> {
  const { at = () => {}, signal } = context;
  at('begun');
  const start = Date.now();
  const before = ownUsage();
  let ended: Ended;
  try {
    ended = await sweepItem(item, context, at);
  } catch (error) {
    if (error instanceof Interrupted || signal.aborted) return undefined;
    ended = failed(error, context);
    // A full disk needs the space.
    for (const path of Object.values(stagedPaths(item, context))) rmSync(path, { force: true });
  }
  const after = ownUsage();
  const attempt = recordAttempt(item, context, {
    ...ended,
    seconds: (Date.now() - start) / 1000,
    ...(after.cpu === undefined ? {} : { cpu: Number((after.cpu - (before.cpu ?? 0)).toFixed(2)) }),
    ...(after.rss === undefined ? {} : { rss: after.rss }),
  });
  at('attempted');
  return attempt;
}

/** Writes how an attempt ended, one more than before in this plan. @throws the file system's error */
export function recordAttempt(
  { key, refs }: PlanItem,
  { store, head, writer }: Pick<ItemContext, 'store' | 'head' | 'writer'>,
  ended: Ended & Pick<Attempt, 'seconds' | 'cpu' | 'rss'>,
): Attempt {
  const attempt: Attempt = {
    try: (readAttempt(store, head.id, key)?.try ?? 0) + 1,
    ...ended,
    ...(refs === undefined ? {} : { refs }),
    at: new Date().toISOString(),
    worker: `${hostname()}:${writer}`,
  };
  try {
    writeAttempt({ store, plan: head.id, key, writer }, attempt);
  } catch (error) {
    if (outcomeOf(error) !== 'disk-full') throw error;
    // Nothing says so on the disk: the repository counts as missing.
    return { ...attempt, outcome: 'disk-full', reason: fsErrorMessage(error) };
  }
  return attempt;
}

class Interrupted extends Error {}

async function sweepItem(item: PlanItem, context: ItemContext, at: (point: Point) => void): Promise<Ended> {
  const { store, head, signal, timeLimit } = context;
  const timer = timeLimit === undefined ? undefined : startTimer(timeLimit);
  const limited = timer === undefined ? signal : AbortSignal.any([signal, timer.signal]);
  const notes: string[] = [];
  let [place, swept, generation]: [Place | Nowhere | undefined, Swept | undefined, number] = [undefined, undefined, 0];
  try {
    place = await placeOf(item, context.clone, timer?.signal);
    if ('outcome' in place) return place;
    const begin = beginOf(store, item.key);
    generation = begin.generation;
    const stateName = statePath(store, item.key, generation);
    if (begin.why !== undefined) notes.push(`${begin.why}; everything was scanned again`);
    const stored =
      generation === 0 || begin.why !== undefined ? undefined : readStored(stateName, head.detection, notes);
    const shared = sharedOf(item, { store, head, isPoolUnchanged: context.isPoolUnchanged === true });
    swept = await sweepTwice(context.sweep, { place, item, stored, stateName, signal: limited, shared }, notes);
  } finally {
    timer?.end();
  }
  if (signal.aborted || swept.report.gaps.some(({ kind }) => kind === 'interrupted')) throw new Interrupted();
  at('swept');
  const report: Report = {
    ...swept.report,
    gaps: [...swept.report.gaps, ...place.gaps],
    notes: [...swept.report.notes, ...place.notes, ...notes],
    project: projectOf(item, place, context.redact),
  };
  const published = await publish({ item, generation, report, next: swept.next }, context, at);
  const isTimedOut = report.gaps.some(({ kind }) => kind === 'time-limit');
  const wasKilled = report.gaps.some(({ isPassing }) => isPassing === true);
  const outcome: Outcome = isTimedOut ? 'timeout' : wasKilled ? 'killed' : report.gaps.length > 0 ? 'gaps' : 'whole';
  const [gap] = report.gaps;
  return {
    outcome,
    ...(published.report === undefined ? {} : { report: published.report }),
    // What the clone lacks is a gap that the sweep does not know of.
    code: place.gaps.length > 0 ? EXIT.incomplete : swept.code,
    generation: published.generation,
    ...(gap === undefined ? {} : { reason: context.redact(gap.message) }),
  };
}

function projectOf(
  { project, path, web, url }: PlanItem,
  { coverage, tip }: Place,
  redact: (text: string) => string,
): SweptProject {
  const address = web ?? url;
  return {
    ...(project === undefined ? {} : { id: project }),
    ...(path === undefined ? {} : { path: redact(path) }),
    ...(address === undefined ? {} : { url: redact(address) }),
    coverage,
    ...(tip === undefined ? {} : { tip }),
  };
}

/** @param notes gets why it cannot be read; then everything is scanned */
function readStored(path: string, detection: string, notes: string[]): HistoryState | undefined {
  try {
    return readState(path, detection);
  } catch (error) {
    if (!(error instanceof GlaiveError)) throw error;
    notes.push(`${error.message}; everything was scanned again`);
    return undefined;
  }
}

/** Housekeeping may take objects away while they are read, so what is missing is tried once more; and a state that is refused, without it. */
async function sweepTwice(sweep: ItemSweep, input: SweepInput, notes: string[]): Promise<Swept> {
  try {
    const swept = await sweep(input);
    if (input.signal.aborted || !swept.report.gaps.some(isOfObject)) return swept;
    return await sweep(input);
  } catch (error) {
    if (input.signal.aborted || !(error instanceof GlaiveError)) throw error;
    if (input.stored === undefined || !error.message.includes(input.stateName)) return await sweep(input);
    notes.push(`${error.message}; everything was scanned again`);
    return await sweep({ ...input, stored: undefined });
  }
}

function isOfObject({ kind, uri = '' }: Gap): boolean {
  return (kind === 'unreadable' || kind === 'missing') && /^(?:object|commit|tag)\/[0-9a-f]{40}/.test(uri);
}

interface Publication {
  readonly item: PlanItem;
  /** The generation that the sweep began with. */
  readonly generation: number;
  readonly report: Report;
  readonly next: NextState | undefined;
}

/** The generation that is reached, and the report that says so; none if there was nothing to say. */
type Published = Required<Pick<Ended, 'generation'>> & Pick<Ended, 'report'>;

/** The report first, and then the state. @throws the file system's error */
async function publish(
  { item, generation, report, next }: Publication,
  context: ItemContext,
  at: (point: Point) => void,
): Promise<Published> {
  const { key } = item;
  const { store } = context;
  // The last report says all of it.
  if (next?.isSame === true && report.findings.length === 0 && report.gaps.length === 0) return { generation };
  const { stagedReport, stagedState } = stagedPaths(item, context);
  const state = statePath(store, key, generation + 1);
  for (const folder of [stagingFolder(store), dirname(reportPath(store, key, generation)), dirname(state)])
    mkdirSync(folder, { recursive: true });
  await writeWhole(stagedReport, renderJson(report, PLAIN), { mode: 0o600 });
  if (next?.isSame === false) await next.write(stagedState);
  at('staged');
  const published = await publishReport(stagedReport, { store, key, generation }, contentOf);
  syncFolder(dirname(reportPath(store, key, generation)));
  at('reported');
  if (next?.isSame !== false) return { generation, report: published };
  await rename(stagedState, state);
  at('stated');
  return { generation: generation + 1, report: published };
}

function stagedPaths({ key }: PlanItem, { store, writer }: Pick<ItemContext, 'store' | 'writer'>) {
  const path = (what: string): string => join(stagingFolder(store), `${key}.${what}.${writer}`);
  return { stagedReport: path('report'), stagedState: path('state') };
}

const PLAIN = { color: false, quiet: true, showSuppressed: true };

/** What two reports of the same generation must have in common for one of them to do: not when they were made. */
function contentOf(text: string): string {
  const { findings, gaps, known } = JSON.parse(text) as Record<string, unknown>;
  return JSON.stringify([findings, gaps, known]);
}

function startTimer(seconds: number): { readonly signal: AbortSignal; end(): void } {
  const controller = new AbortController();
  const why = `the time limit of ${seconds} s was reached`;
  // A longer one would count as none.
  const timer = setTimeout(() => controller.abort(why), Math.min(seconds * 1000, 2 ** 31 - 1));
  return { signal: controller.signal, end: () => clearTimeout(timer) };
}

function failed(error: unknown, { redact }: Pick<ItemContext, 'redact'>): Ended {
  const message = error instanceof Error ? error.message : String(error);
  return { outcome: outcomeOf(error), reason: redact(message) };
}

function outcomeOf(error: unknown): Outcome {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { code } = at as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT') return 'disk-full';
    if (code === 'EACCES' || code === 'EPERM') return 'no-access';
  }
  return 'error';
}
