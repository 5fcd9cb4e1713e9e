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
import { readOptionalFile } from '../../lib/optional-file.ts';
import { compareText } from '../../model/order.ts';
import { GlaiveError } from '../../model/errors.ts';
import { fsErrorMessage } from '../../lib/fs-error-message.ts';
import { type Attempt, AttemptSchema } from '../attempt.ts';
import type { Plan, PlanItem } from '../plan.ts';
import { attemptPath, indexPath, namesIn, planIds, planPath, statePath } from '../store.ts';
import type { Checked } from './fold-finding.ts';
import { type FoldContext, foldRepository, removeReports, type ReportName } from './fold-repository.ts';
import { firstLineOf, linesOf, LineWriter } from './lines.ts';
import {
  findingLine,
  type FindingRow,
  FindingRowSchema,
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

/** @throws GlaiveError if the index is damaged, or cannot be written */
export function foldStore(store: string, plan: Plan, { onRepository, checked, redact }: FoldOptions): void {
  const context: FoldContext = { store, plan: plan.head.id, planAt: planFinder(store, plan), checked, redact };
  const obsolete: (() => void)[] = [];
  try {
    const repositories = new LineWriter(indexPath(store, REPOSITORIES));
    const findings = new LineWriter(indexPath(store, FINDINGS));
    try {
      for (const input of inputs(store, plan)) {
        const folded = foldRepository(input, context);
        if (folded.row === undefined) continue;
        repositories.write(repositoryLine(folded.row));
        for (const row of folded.findings) findings.write(findingLine(row));
        onRepository(folded.row, folded.findings);
        const { key } = input;
        if (folded.isDamaged) continue;
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
    for (const remove of obsolete) remove();
  } catch (error) {
    if (error instanceof GlaiveError || (error as NodeJS.ErrnoException).code === undefined) throw error;
    throw new GlaiveError('output', `cannot merge into ${indexPath(store, '')}: ${fsErrorMessage(error)}`, {
      hint: 'Nothing is lost: the reports are still there. Merge again.',
      cause: error,
    });
  }
}

/** The rows of the index, repository by repository. @throws GlaiveError if it is damaged */
export function* readIndex(store: string): Generator<{ row: RepositoryRow; findings: readonly FindingRow[] }> {
  const findings = rowsOf(indexPath(store, FINDINGS), FindingRowSchema);
  for (const row of rowsOf(indexPath(store, REPOSITORIES), RepositoryRowSchema).all())
    yield { row, findings: findings.upTo(row.key) };
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
    const known = new Map(rows.upTo(`${prefix}~`).map((row) => [row.key, row]));
    const found = byKey(findings.upTo(`${prefix}~`));
    const reports = reportsIn(join(store, 'report', prefix));
    const states = statesIn(join(store, 'state', prefix));
    const tried = new Set(namesIn(join(store, 'attempt', head.id, prefix)));
    for (const key of [...new Set([...planned.keys(), ...known.keys(), ...reports.keys()])].toSorted(compareText))
      yield {
        key,
        item: planned.get(key),
        attempt: tried.has(`${key}.json`) ? readAttempt(attemptPath(store, head.id, key)) : undefined,
        row: known.get(key),
        findings: found.get(key) ?? [],
        reports: reports.get(key) ?? [],
        oldStates: states.get(key)?.slice(0, -1) ?? [],
      };
  }
}

function byKey(rows: readonly FindingRow[]): Map<string, FindingRow[]> {
  const all = new Map<string, FindingRow[]>();
  for (const row of rows) {
    const list = all.get(row.key);
    if (list === undefined) all.set(row.key, [row]);
    else list.push(row);
  }
  return all;
}

/** The reports in a folder by key, the oldest first. */
function reportsIn(folder: string): Map<string, ReportName[]> {
  const all = new Map<string, ReportName[]>();
  for (const name of namesIn(folder)) {
    const [, key, generation, copy = '1'] = /^([0-9a-f]{24})\.(\d{1,15})(?:\.(\d{1,9}))?\.json$/.exec(name) ?? [];
    if (key === undefined) continue;
    const list = all.get(key) ?? [];
    list.push({ generation: Number(generation), copy: Number(copy) });
    all.set(key, list);
  }
  for (const list of all.values()) list.sort((a, b) => a.generation - b.generation || a.copy - b.copy);
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

/** Bytes. */
const ATTEMPT_MAX = 64 * 1024;

/** How the last try of this plan ended. */
export function readAttempt(path: string): Attempt | 'damaged' | undefined {
  try {
    const text = readOptionalFile(path, { max: ATTEMPT_MAX });
    if (text === undefined) return undefined;
    const attempt = v.safeParse(AttemptSchema, JSON.parse(text));
    return attempt.success ? attempt.output : 'damaged';
  } catch {
    return 'damaged';
  }
}

/** The rows of a sorted file, as far as they are asked for. */
interface Rows<T> {
  /** The next rows with keys up to this one. */
  upTo(key: string): T[];
  all(): Generator<T>;
}

function rowsOf<T extends { readonly key: string }>(path: string, schema: v.GenericSchema<unknown, T>): Rows<T> {
  const rows = parsedRows(path, schema);
  let ahead: T | undefined;
  const take = (): T | undefined => {
    const row = ahead ?? rows.next().value;
    ahead = undefined;
    return row ?? undefined;
  };
  return {
    upTo(key) {
      const list: T[] = [];
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

function* parsedRows<T extends { readonly key: string }>(
  path: string,
  schema: v.GenericSchema<unknown, T>,
): Generator<T, undefined> {
  let number = 0;
  let before = '';
  for (const line of linesOf(path)) {
    number++;
    const row = v.safeParse(schema, parsed(line));
    if (!row.success || row.output.key < before)
      throw new GlaiveError('usage', `line ${number} of ${path} is not one of the index`, {
        hint: 'Delete the folder index: it is made again from the reports. What issuers have said is asked again with --verify.',
      });
    before = row.output.key;
    yield row.output;
  }
  return undefined;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Finds the plan that a time belongs to. */
function planFinder(store: string, { head }: Plan): (at: string) => string {
  const plans = planIds(store)
    .flatMap((id) => {
      const first = parsed(firstLineOf(planPath(store, id)));
      const { at } = (first ?? {}) as { at?: unknown }; // the plans of other nights need not be whole
      return typeof at === 'string' ? [{ id, at: new Date(at) }] : [];
    })
    .filter(({ at }) => !Number.isNaN(at.getTime()))
    .map(({ id, at }) => ({ id, at: at.toISOString() }))
    .toSorted((a, b) => compareText(a.at, b.at) || compareText(a.id, b.id));
  return (at) => plans.findLast((plan) => plan.at <= at)?.id ?? plans[0]?.id ?? head.id;
}
