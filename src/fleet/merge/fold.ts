/**
 * Folds the results of all nights into the index. The old index, the plan and the store are read side by side in the order of keys, a
 * folder of the store at a time, so memory does not grow with the number of reports. Only reports that are not folded yet are read.
 *
 * The findings are published before the repositories, which say what is folded: a merge that dies in between is done again, and folding a
 * report twice changes nothing. What is superfluous is deleted last.
 */

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { compareText } from '../../model/order.ts';
import { GlaiveError } from '../../model/errors.ts';
import { fsErrorMessage } from '../../lib/fs-error-message.ts';
import { createEventLoopYield } from '../../lib/yield-to-event-loop.ts';
import { storedAttempt } from '../attempt.ts';
import type { Plan, PlanItem } from '../plan.ts';
import {
  isLost,
  type Mark,
  newestReport,
  readMark,
  removeMark,
  type Results,
  resultsIn,
  writeMark,
} from '../results.ts';
import { indexPath, namesIn, planIds, planPath, statePath } from '../store.ts';
import type { Checked } from './fold-finding.ts';
import { type FoldContext, foldRepository, removeReports } from './fold-repository.ts';
import { firstLineOf, linesOf, LineWriter } from './lines.ts';
import {
  digestOfLines,
  findingLine,
  type FindingRow,
  FindingRowSchema,
  parseLine,
  repositoryLine,
  type RepositoryRow,
  RepositoryRowSchema,
} from './rows.ts';

export const REPOSITORIES = 'repositories.jsonl';
export const FINDINGS = 'findings.jsonl';

export interface FoldOptions {
  /** Each repository with its findings, in the order of keys. */
  readonly onRepository: (row: RepositoryRow, findings: readonly FindingRow[]) => void;
  /** Responses of issuers, by key and identity. */
  readonly checked?: ReadonlyMap<string, Checked>;
  /** Masks secrets in the names of projects and folders. */
  readonly redact: (text: string) => string;
}

/**
 * What is damaged in the index is made again from the reports.
 *
 * @returns how many repositories that were
 * @throws GlaiveError if the index cannot be read or written
 */
export async function foldStore(
  store: string,
  plan: Plan,
  { onRepository, checked, redact }: FoldOptions,
): Promise<number> {
  const context: FoldContext = { store, plan: plan.head.id, planAt: planFinder(store, plan), checked, redact };
  const obsolete: (() => void | Promise<void>)[] = [];
  const turn = createEventLoopYield();
  let repaired = 0;
  try {
    const repositories = new LineWriter(indexPath(store, REPOSITORIES));
    const findings = new LineWriter(indexPath(store, FINDINGS));
    try {
      for (const input of inputs(store, plan)) {
        // Another merge that waits sees that this one works.
        await turn();
        if (input.isRepaired) repaired++;
        const folded = foldRepository(input, context);
        if (folded.row === undefined) continue;
        repositories.write(repositoryLine(folded.row));
        for (const row of folded.findings) findings.write(findingLine(row));
        onRepository(folded.row, folded.findings);
        const { key, results } = input;
        const { mark } = folded;
        if (mark !== undefined) {
          obsolete.push(async () => await setMark(store, key, results, mark));
          continue;
        }
        if (results?.lost !== undefined) obsolete.push(() => forgetMark(store, key, results));
        if (folded.obsolete.length > 0) obsolete.push(() => removeReports(store, key, folded.obsolete));
        if (input.oldStates.length > 0)
          obsolete.push(() => {
            for (const each of input.oldStates) rmSync(statePath(store, key, each), { force: true });
          });
      }
      findings.finish();
      repositories.finish();
      findings.publish();
      repositories.publish();
    } catch (error) {
      findings.discard();
      repositories.discard();
      throw error;
    }
    for (const remove of obsolete) await remove();
    return repaired;
  } catch (error) {
    if (error instanceof GlaiveError || (error as NodeJS.ErrnoException).code === undefined) throw error;
    throw new GlaiveError('output', `cannot merge into ${indexPath(store, '')}: ${fsErrorMessage(error)}`, {
      hint: 'Nothing is lost: the reports are still there. Merge again.',
      cause: error,
    });
  }
}

async function setMark(store: string, key: string, results: Results | undefined, mark: Mark): Promise<void> {
  const generation = results === undefined ? 0 : Math.max(0, newestReport(results), results.lost ?? 0);
  await writeMark(store, key, generation, mark);
  if (results?.lost !== undefined && results.lost !== generation) removeMark(store, key, results.lost);
}

/** A newer report lists everything; which reports are damaged must be known as long as they are there. */
function forgetMark(store: string, key: string, results: Results): void {
  const lost = results.lost!; // there is a mark
  if (!isLost(results) && readMark(store, key, lost).damaged.length === 0) removeMark(store, key, lost);
}

/** The rows of the index, repository by repository, without damaged lines. @throws the file system's error */
export function* readIndex(store: string): Generator<{ row: RepositoryRow; findings: readonly FindingRow[] }> {
  const findings = rowsOf(indexPath(store, FINDINGS), FindingRowSchema);
  for (const { row } of rowsOf(indexPath(store, REPOSITORIES), RepositoryRowSchema).all())
    yield {
      row,
      findings: findings.upTo(row.key).flatMap((each) => (each.row.key === row.key ? [each.row] : [])),
    };
}

function* inputs(store: string, { head, items }: Plan) {
  const sorted = items.toSorted((a, b) => compareText(a.key, b.key));
  const rows = rowsOf(indexPath(store, REPOSITORIES), RepositoryRowSchema);
  const findings = rowsOf(indexPath(store, FINDINGS), FindingRowSchema);
  let next = 0;
  for (let bucket = 0; bucket < 256; bucket++) {
    const prefix = bucket.toString(16).padStart(2, '0');
    const planned = new Map<string, PlanItem>();
    for (; next < sorted.length && sorted[next]!.key.startsWith(prefix); next++)
      planned.set(sorted[next]!.key, sorted[next]!); // below the length
    const known = new Map(rows.upTo(`${prefix}~`).map(({ row }) => [row.key, row]));
    const found = byKey(findings.upTo(`${prefix}~`));
    const results = resultsIn(store, prefix);
    const states = statesIn(join(store, 'state', prefix));
    const tried = new Set(namesIn(join(store, 'attempt', head.id, prefix)));
    for (const key of [...new Set([...planned.keys(), ...known.keys(), ...results.keys()])].toSorted(compareText)) {
      const row = known.get(key);
      const lines = found.get(key) ?? [];
      // A merge may have died between its two files; anything else is damage.
      const isSound = digestOfLines(lines.map(({ line }) => line)) === row?.digest;
      yield {
        key,
        item: planned.get(key),
        attempt: tried.has(`${key}.json`) ? storedAttempt(store, head.id, key) : undefined,
        row: row === undefined || isSound ? row : { ...row, folded: [], empty: [] },
        findings: lines.map((each) => each.row),
        results: results.get(key),
        oldStates: states.get(key)?.slice(0, -1) ?? [],
        isRepaired: !isSound,
      };
    }
  }
}

function byKey<T>(rows: readonly Line<T>[]): Map<string, Line<T>[]> {
  const all = new Map<string, Line<T>[]>();
  for (const row of rows) {
    const list = all.get(row.key);
    if (list === undefined) all.set(row.key, [row]);
    else list.push(row);
  }
  return all;
}

/** The generations of states by key, ascending. */
function statesIn(folder: string): Map<string, number[]> {
  const all = new Map<string, number[]>();
  for (const name of namesIn(folder)) {
    const [, key, generation] = /^([0-9a-f]{24})\.(\d{1,15})$/.exec(name) ?? [];
    if (key === undefined) continue;
    all.set(key, [...(all.get(key) ?? []), Number(generation)]);
  }
  for (const list of all.values()) list.sort((a, b) => a - b);
  return all;
}

/** A line of the index, as it is written and as it is read. */
interface Line<T> {
  readonly key: string;
  readonly row: T;
  readonly line: string;
}

/** The lines of a sorted file, as far as they are asked for. */
interface Rows<T> {
  /** The next rows with keys up to this one. */
  upTo(key: string): Line<T>[];
  all(): Generator<Line<T>>;
}

function rowsOf<T extends { readonly key: string }>(path: string, schema: v.GenericSchema<unknown, T>): Rows<T> {
  const rows = parsedRows(path, schema);
  let ahead: Line<T> | undefined;
  const take = (): Line<T> | undefined => {
    const row = ahead ?? rows.next().value;
    ahead = undefined;
    return row ?? undefined;
  };
  return {
    upTo(key) {
      const list: Line<T>[] = [];
      for (let row = take(); row !== undefined; row = take()) {
        if (row.key > key) {
          ahead = row;
          break;
        }
        list.push(row);
      }
      return list;
    },
    *all() {
      for (let row = take(); row !== undefined; row = take()) yield row;
    },
  };
}

/** Damaged lines are left out: their repository has fewer than it must have, and is read again from its reports. */
function* parsedRows<T extends { readonly key: string }>(
  path: string,
  schema: v.GenericSchema<unknown, T>,
): Generator<Line<T>, undefined> {
  let before = '';
  for (const line of linesOf(path)) {
    const row = v.safeParse(schema, parseLine(line));
    if (!row.success || row.output.key < before) continue;
    before = row.output.key;
    yield { key: before, row: row.output, line };
  }
  return undefined;
}

/** Finds the plan that a time belongs to. */
function planFinder(store: string, { head }: Plan): (at: string) => string {
  const plans = planIds(store)
    .flatMap((id) => {
      const at = timeOf(planPath(store, id));
      return typeof at === 'string' ? [{ id, at: new Date(at) }] : [];
    })
    .filter(({ at }) => !Number.isNaN(at.getTime()))
    .map(({ id, at }) => ({ id, at: at.toISOString() }))
    .toSorted((a, b) => compareText(a.at, b.at) || compareText(a.id, b.id));
  return (at) => plans.findLast((plan) => plan.at <= at)?.id ?? plans[0]?.id ?? head.id;
}

/** When a plan was made; undefined for one that is damaged, which those of other nights may be. */
function timeOf(path: string): unknown {
  try {
    return (JSON.parse(firstLineOf(path)) as { at?: unknown }).at;
  } catch {
    return undefined;
  }
}
