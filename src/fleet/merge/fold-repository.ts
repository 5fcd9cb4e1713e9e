/** Folds what is new about one repository into its line of the index. */

import { rmSync } from 'node:fs';
import { defined } from '../../lib/defined.ts';
import { compareText } from '../../model/order.ts';
import { type Attempt, isDone } from '../attempt.ts';
import { nameOf, type PlanItem } from '../plan.ts';
import { isLost, type Mark, readMark, type ReportName, type Results, wordOf } from '../results.ts';
import { isFinished, isKnown } from '../select.ts';
import { reportPath } from '../store.ts';
import {
  type Checked,
  findingStatus,
  seenAgain,
  sighting,
  type Sighting,
  together,
  withStatus,
} from './fold-finding.ts';
import { markOf, missingOf } from './damage.ts';
import { placeKey, readFacts, type ReportFacts } from './read-report.ts';
import {
  digestOfLines,
  findingLine,
  type FindingRow,
  identityOf,
  isOpen,
  type RepositoryRow,
  type RepositoryStatus,
} from './rows.ts';

/** Everything known about one repository. */
export interface RepositoryInput {
  readonly key: string;
  /** Absent: the plan does not have it. */
  readonly item: PlanItem | undefined;
  readonly attempt: Attempt | 'damaged' | undefined;
  readonly row: RepositoryRow | undefined;
  /** Fewer than the line says if the index is damaged: then all reports are read again. */
  readonly findings: readonly FindingRow[];
  readonly results: Results | undefined;
}

export interface FoldContext {
  readonly store: string;
  readonly plan: string;
  /** The newest plan that was made before a time. */
  readonly planAt: (at: string) => string;
  /** Responses of issuers, by key and identity. */
  readonly checked?: ReadonlyMap<string, Checked> | undefined;
  /** Masks secrets: projects and folders have names that others choose. */
  readonly redact: (text: string) => string;
}

export interface FoldedRepository {
  /** Undefined: nothing is known of it. */
  readonly row: RepositoryRow | undefined;
  /** Sorted. */
  readonly findings: readonly FindingRow[];
  /** Reports without findings that newer ones have replaced. */
  readonly obsolete: readonly ReportName[];
  /** Something is damaged or lost: nothing of the repository is deleted, and it must be swept from nothing. */
  readonly mark: Mark | undefined;
}

interface Read {
  readonly name: ReportName;
  readonly facts: ReportFacts;
}

export function foldRepository(input: RepositoryInput, context: FoldContext): FoldedRepository {
  const { key, item, row: old, results } = input;
  const reports = results?.reports ?? [];
  if (item === undefined && old === undefined && reports.length === 0)
    return { row: undefined, findings: [], obsolete: [], mark: undefined };
  const attempt = input.attempt === 'damaged' ? undefined : input.attempt;
  const known = results?.lost === undefined ? undefined : readMark(context.store, key, results.lost);
  const seen = new Set([...(old?.folded ?? []), ...(known?.damaged ?? [])]);
  const { read, damaged, gone } = readNew(
    reports.filter((each) => !seen.has(wordOf(each))),
    { key, attempt },
    context,
  );
  const planOf = ({ at }: ReportFacts): string => (isOfAttempt(at, attempt) ? context.plan : context.planAt(at));
  const found = sightings(input, read, planOf);
  const listing = newestListing(old?.listing, read);
  const newest = newestOf(old, read);
  const mark = markOf({ known, damaged, missing: missingOf([...found.values()], read.at(-1)?.facts.remaining, old) });
  const { status, reason } = statusOf(input, mark ?? (isLost(results) ? known : undefined));
  const name = context.redact(item === undefined ? (old?.name ?? key) : nameOf(item));
  const place = { key, name, ...defined({ project: item?.project ?? old?.project }) };
  const web = item === undefined ? old?.web : item.web;
  const repository = { status, ...(listing === undefined ? {} : { listing }) };
  const rows = [...found.values()].map((sight): FindingRow => {
    const verdict = context.checked?.get(`${key} ${identityOf(sight)}`);
    const checked = verdict === undefined ? sight : withStatus(sight, verdict);
    const state = findingStatus(checked, repository, context.plan);
    return {
      ...place,
      ...checked,
      status: state,
      ...(sight.firstPlan === context.plan ? { isNew: true as const } : {}),
    };
  });
  const findings = rows.toSorted((a, b) => compareText(identityOf(a), identityOf(b)));
  const counted = findings.filter(isOpen);
  const unread = new Set([...damaged, ...gone, ...(known?.damaged ?? [])]);
  const present = reports.filter((each) => !unread.has(wordOf(each)));
  const empty = new Set([
    ...(old?.empty ?? []),
    ...read.filter(({ facts }) => facts.findings.length === 0).map((each) => wordOf(each.name)),
  ]);
  const last = Math.max(...reports.map(({ generation }) => generation));
  const obsolete = present.filter((each) => each.generation < last && empty.has(wordOf(each)));
  const kept = present.filter((each) => !obsolete.includes(each)).map(wordOf);
  const lastWhole = latest([
    old?.lastWhole,
    attempt?.outcome === 'whole' ? attempt.at : undefined,
    ...read.filter(({ facts }) => facts.isWhole).map(({ facts }) => facts.at),
  ]);
  return {
    row: {
      ...place,
      ...defined({
        web: web === undefined ? undefined : context.redact(web),
        isArchived: item === undefined ? old?.isArchived : item.isArchived,
        isPool: item === undefined ? old?.isPool : item.isPool,
      }),
      status,
      ...defined({ reason }),
      plan: item === undefined ? (old?.plan ?? context.plan) : context.plan,
      ...triesOf(attempt, item === undefined || item.unchanged !== undefined ? old : undefined),
      ...newest,
      ...defined({ lastWhole }),
      open: counted.length,
      new: counted.filter(({ isNew }) => isNew).length,
      active: counted.filter((each) => each.status === 'active').length,
      ...defined({ listing, digest: digestOfLines(findings.map(findingLine)) }),
      findings: findings.length,
      folded: kept,
      empty: kept.filter((word) => empty.has(word)),
    },
    findings,
    obsolete,
    mark,
  };
}

function readNew(
  names: readonly ReportName[],
  { key, attempt }: { readonly key: string; readonly attempt: Attempt | undefined },
  { store }: FoldContext,
) {
  const read: Read[] = [];
  const damaged = new Set<string>();
  const gone = new Set<string>();
  for (const name of names) {
    try {
      const digest = attempt?.report?.name === wordOf(name) ? attempt.report.digest : undefined;
      const facts = readFacts(reportPath(store, key, name.generation, name.copy), digest);
      if (facts === undefined) gone.add(wordOf(name));
      else read.push({ name, facts });
    } catch {
      // It is named, and makes the repository incomplete; the others are folded.
      damaged.add(wordOf(name));
    }
  }
  return { read, damaged, gone };
}

/** What the newest report says about the repository. */
function newestOf(old: RepositoryRow | undefined, read: readonly Read[]): NewestReport {
  let newest: NewestReport = defined({
    reportAt: old?.reportAt,
    coverage: old?.coverage,
    tip: old?.tip,
    gaps: old?.gaps,
  });
  for (const { facts } of read)
    if (facts.at > (newest.reportAt ?? ''))
      newest = {
        reportAt: facts.at,
        ...defined({ coverage: facts.coverage, tip: facts.tip, gaps: facts.gaps || undefined }),
      };
  return newest;
}

type NewestReport = Partial<Pick<RepositoryRow, 'reportAt' | 'coverage' | 'tip' | 'gaps'>>;

/** Milliseconds that the clocks of two steps of one worker may differ. */
const SLACK = 60_000;

/** Whether the sweep that a report is from is the one that the attempt describes. */
function isOfAttempt(at: string, attempt: Attempt | undefined): boolean {
  if (attempt === undefined) return false;
  const [time, end] = [Date.parse(at), Date.parse(attempt.at)];
  return time <= end + SLACK && time >= end - attempt.seconds * 1000 - SLACK;
}

function sightings(
  { findings }: RepositoryInput,
  read: readonly Read[],
  planOf: (facts: ReportFacts) => string,
): Map<string, Sighting> {
  const all = new Map<string, Sighting>();
  const add = (each: Sighting): void => {
    const before = all.get(identityOf(each));
    all.set(identityOf(each), before === undefined ? each : together(before, each));
  };
  for (const { key: _, name: __, project: ___, status: ____, isNew: _____, ...rest } of findings) add(rest);
  for (const { name, facts } of read)
    for (const each of facts.findings) add(sighting(each, planOf(facts), name.generation));
  for (const { name, facts } of read) {
    const { at, remaining } = facts;
    if (remaining === undefined || remaining.length === 0) continue;
    const places = new Set(remaining);
    const again = { at, plan: planOf(facts), generation: name.generation };
    for (const [identity, each] of all) if (places.has(placeKey(each))) all.set(identity, seenAgain(each, again));
  }
  return all;
}

/** Of the reports of the newest generation, the earliest that lists all: what none of them has seen is gone. */
function newestListing(before: RepositoryRow['listing'], read: readonly Read[]): RepositoryRow['listing'] {
  let best = before;
  for (const { name, facts } of read) {
    if (!facts.isWhole || facts.remaining === undefined) continue;
    const isBetter =
      best === undefined ||
      name.generation > best.generation ||
      (name.generation === best.generation && facts.at < best.at);
    if (isBetter) best = { generation: name.generation, at: facts.at };
  }
  return best;
}

function statusOf(
  { item, attempt, results }: RepositoryInput,
  mark: Mark | undefined,
): { readonly status: RepositoryStatus; readonly reason?: string } {
  if (item === undefined) return { status: 'stale', reason: 'it is not in the plan' };
  if (mark !== undefined) return { status: 'gaps', reason: mark.reason };
  if (attempt === 'damaged') return { status: 'missing', reason: 'the record of its sweep is damaged' };
  if (attempt === undefined) {
    if (item.nothing !== undefined) return { status: 'nothing', reason: item.nothing };
    if (item.unchanged === undefined) return { status: 'missing' };
    return isKnown(item, results) ? { status: 'unchanged' } : { status: 'missing', reason: GONE };
  }
  const { outcome, reason } = attempt;
  if (outcome === 'empty' || outcome === 'no-repository') return { status: 'nothing', reason: outcome };
  if (outcome === 'unchanged') return { status: 'unchanged' };
  if (!isDone(outcome)) return { status: 'failed', reason: reason ?? outcome };
  // A sweep that is done has a report, unless someone has deleted it.
  if (!isFinished(attempt, results)) return { status: 'missing', reason: GONE };
  return outcome === 'gaps' ? { status: 'gaps', ...defined({ reason }) } : { status: 'whole' };
}

const GONE = 'its report is gone';

function triesOf(attempt: Attempt | undefined, old: RepositoryRow | undefined): Partial<RepositoryRow> {
  if (attempt === undefined)
    return defined({
      outcome: old?.outcome,
      tries: old?.tries,
      at: old?.at,
      seconds: old?.seconds,
      cpu: old?.cpu,
      rss: old?.rss,
      generation: old?.generation,
    });
  const { outcome, try: tries, at, seconds, cpu, rss, generation } = attempt;
  return defined({ outcome, tries, at, seconds, cpu, rss, generation });
}

function latest(times: readonly (string | undefined)[]): string | undefined {
  return times.reduce((best, time) => ((time ?? '') > (best ?? '') ? time : best), undefined);
}

/** Deletes what the index has made superfluous. @throws the file system's error */
export function removeReports(store: string, key: string, names: readonly ReportName[]): void {
  for (const { generation, copy } of names) rmSync(reportPath(store, key, generation, copy), { force: true });
}
