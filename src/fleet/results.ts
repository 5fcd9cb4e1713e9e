/**
 * Whether what a sweep has found is still there: the record of a sweep is worth nothing without its report. All verbs ask here, so that what
 * `merge` misses is also what `work` and the next plan sweep again.
 *
 * The newest report of a repository is never deleted. What is damaged or lost among the older ones, only `merge` sees. It writes a mark,
 * `report/KK/KEY.N.lost`, with the reason in it: nothing up to the generation N counts, until a newer report lists everything again.
 */

import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { endOf } from '../lib/cut.ts';
import { readOptionalFile } from '../lib/optional-file.ts';
import { writeWhole } from '../lib/output-file.ts';
import type { Attempt } from './attempt.ts';
import { lostPath, namesIn, reportPath } from './store.ts';

/** A report on the disk. */
export interface ReportName {
  readonly generation: number;
  readonly copy: number;
}

/** How the index and attempts name a report of a repository: `GENERATION`, or `GENERATION.COPY`. */
export function wordOf({ generation, copy }: ReportName): string {
  return copy === 1 ? String(generation) : `${generation}.${copy}`;
}

/** What is on the disk of the sweeps of one repository. */
export interface Results {
  /** The oldest first. */
  readonly reports: readonly ReportName[];
  /** Up to this generation nothing counts; undefined: all is well. */
  readonly lost: number | undefined;
}

/** What a sweep left: {@link Attempt}, or what a plan knows of one. */
export type Left = Pick<Attempt, 'generation' | 'report'>;

/** The generation of the newest report; -1 without any. */
export function newestReport({ reports }: Results): number {
  return reports.at(-1)?.generation ?? -1;
}

/** Whether a mark counts: no report is newer. */
export function isLost(results: Results | undefined): boolean {
  return results?.lost !== undefined && newestReport(results) <= results.lost;
}

/** Whether the findings of a sweep are there. */
export function hasResult(results: Results | undefined, { generation = 0, report }: Left): boolean {
  if (results === undefined || isLost(results)) return false;
  const newest = newestReport(results);
  if (report === undefined) return newest >= Math.max(0, generation - 1);
  // Reports without findings are deleted when newer ones are there.
  return newest > Number.parseInt(report.name, 10) || results.reports.some((each) => wordOf(each) === report.name);
}

/** Those of the repositories whose keys begin with two digits. @throws the file system's error */
export function resultsIn(store: string, prefix: string): Map<string, Results> {
  const all = new Map<string, { reports: ReportName[]; lost: number | undefined }>();
  for (const name of namesIn(dirname(reportPath(store, prefix, 0)))) {
    const [, key, generation, copy = '1', end] =
      /^([0-9a-f]{24})\.(\d{1,15})(?:\.(\d{1,9}))?\.(json|lost)$/.exec(name) ?? [];
    if (key === undefined) continue;
    let results = all.get(key);
    if (results === undefined) all.set(key, (results = { reports: [], lost: undefined }));
    if (end === 'lost') results.lost = Math.max(results.lost ?? 0, Number(generation));
    else results.reports.push({ generation: Number(generation), copy: Number(copy) });
  }
  for (const { reports } of all.values()) reports.sort((a, b) => a.generation - b.generation || a.copy - b.copy);
  return all;
}

/** Looks at each folder once: for callers that ask about many repositories. */
export function createResults(store: string): (key: string) => Results | undefined {
  const folders = new Map<string, Map<string, Results>>();
  return (key) => {
    const prefix = key.slice(0, 2);
    let known = folders.get(prefix);
    if (known === undefined) folders.set(prefix, (known = resultsIn(store, prefix)));
    return known.get(key);
  };
}

/** What `merge` has found out. */
export interface Mark {
  /** For people. */
  readonly reason: string;
  /** The names of reports that are damaged: they are never read again. */
  readonly damaged: readonly string[];
}

/** @param generation up to which nothing counts any more @throws the file system's error */
export async function writeMark(store: string, key: string, generation: number, mark: Mark): Promise<void> {
  const text = `${mark.reason}\n${mark.damaged.join(' ')}\n`;
  await writeWhole(lostPath(store, key, generation), [text], { mode: 0o600, makeFolders: true });
}

/** A damaged mark is a mark. */
export function readMark(store: string, key: string, generation: number): Mark {
  let text = '';
  try {
    text = readOptionalFile(lostPath(store, key, generation), { max: MARK_MAX }) ?? '';
  } catch {
    // That it is there says enough.
  }
  const [reason = '', words = ''] = text.split('\n');
  return {
    reason: endOf(reason.trim(), REASON_MAX) || 'a report of it is lost',
    damaged: words.split(' ').filter((word) => word !== ''),
  };
}

/** Bytes. */
const MARK_MAX = 64 * 1024;
/** Characters. */
const REASON_MAX = 300;

export function removeMark(store: string, key: string, generation: number): void {
  rmSync(lostPath(store, key, generation), { force: true });
}
