/** Gathers what the dashboard shows, by group. Lists are cut: a page must open on a phone, and the index has everything. */

import { compareText } from '../../../model/order.ts';
import { SEVERITIES, type Severity } from '../../../model/severity.ts';
import {
  BROKEN,
  FINDING_STATUSES,
  type FindingRow,
  type FindingStatus,
  isOpen,
  REPOSITORY_STATUSES,
  type RepositoryRow,
  type RepositoryStatus,
} from '../rows.ts';
import { compareUrgency } from '../summary.ts';

/** Open findings of a group that are listed, the worst. */
export const FINDINGS_LISTED = 300;
/** Repositories of a group that are listed: those with findings, and those without a whole result. */
export const REPOSITORIES_LISTED = 500;
/** Levels of subgroups that have a line of their own. */
const DEPTH = 4;

/** The name of the group of repositories whose path is not known. */
export const WITHOUT_PATH = 'repositories without a path';

export interface Counts {
  readonly repositories: Record<RepositoryStatus, number>;
  /** Open findings. */
  readonly severities: Record<Severity, number>;
  open: number;
  new: number;
  active: number;
}

export interface Group {
  readonly name: string;
  readonly counts: Counts;
  /** Findings that are not accepted. */
  readonly matrix: Record<FindingStatus, Record<Severity, number>>;
  readonly subgroups: Map<string, Counts>;
  readonly repositories: RepositoryRow[];
  /** How many repositories would be listed. */
  listed: number;
  readonly findings: ShownFinding[];
}

export interface ShownFinding {
  readonly finding: FindingRow;
  readonly web: string | undefined;
}

export interface Collected {
  readonly whole: Group;
  /** By name. */
  readonly groups: readonly Group[];
}

export class Collecting {
  readonly #whole = group('');
  readonly #groups = new Map<string, Group>();

  add(row: RepositoryRow, findings: readonly FindingRow[]): void {
    const path = pathOf(row);
    const [top = WITHOUT_PATH, ...rest] = path;
    const own = this.#groups.get(top) ?? group(top);
    this.#groups.set(top, own);
    const all = [this.#whole.counts, own.counts];
    for (let depth = 1; depth <= Math.min(rest.length, DEPTH); depth++) {
      const name = [top, ...rest.slice(0, depth)].join('/');
      const counts = own.subgroups.get(name) ?? emptyCounts();
      own.subgroups.set(name, counts);
      all.push(counts);
    }
    for (const counts of all) counts.repositories[row.status]++;
    for (const finding of findings) {
      if (finding.isAccepted === true) continue;
      own.matrix[finding.status][finding.severity]++;
      this.#whole.matrix[finding.status][finding.severity]++;
      if (!isOpen(finding)) continue;
      for (const counts of all) count(counts, finding);
      keep(own.findings, { finding, web: row.web }, FINDINGS_LISTED, (a, b) => compareUrgency(a.finding, b.finding));
    }
    if (row.open === 0 && !BROKEN.has(row.status)) return;
    own.listed++;
    keep(own.repositories, row, REPOSITORIES_LISTED, compareRepositories);
  }

  result(): Collected {
    for (const each of this.#groups.values()) {
      each.findings.sort((a, b) => compareUrgency(a.finding, b.finding));
      each.findings.splice(FINDINGS_LISTED);
      each.repositories.sort(compareRepositories);
      each.repositories.splice(REPOSITORIES_LISTED);
    }
    return {
      whole: this.#whole,
      groups: [...this.#groups.values()].toSorted(
        (a, b) =>
          broken(b.counts) - broken(a.counts) || compareCounts(a.counts, b.counts) || compareText(a.name, b.name),
      ),
    };
  }
}

/** The groups that a repository is in, without its own name; none if its path is not known. */
function pathOf({ name }: RepositoryRow): readonly string[] {
  if (name.startsWith('/') || name.includes('://') || name.includes('\\') || !name.includes('/')) return [];
  return name.split('/').slice(0, -1);
}

export function broken({ repositories: { failed, missing, gaps } }: Counts): number {
  return failed + missing + gaps;
}

export function total({ repositories }: Counts): number {
  return REPOSITORY_STATUSES.reduce((sum, status) => sum + repositories[status], 0);
}

function emptyCounts(): Counts {
  return { repositories: zeros(REPOSITORY_STATUSES), severities: zeros(SEVERITIES), open: 0, new: 0, active: 0 };
}

function group(name: string): Group {
  return {
    name,
    counts: emptyCounts(),
    matrix: Object.fromEntries(FINDING_STATUSES.map((status) => [status, zeros(SEVERITIES)])) as Group['matrix'], // every status
    subgroups: new Map(),
    repositories: [],
    listed: 0,
    findings: [],
  };
}

function zeros<Key extends string>(keys: readonly Key[]): Record<Key, number> {
  return Object.fromEntries(keys.map((key) => [key, 0])) as Record<Key, number>; // every key
}

function count(counts: Counts, { severity, isNew, status }: FindingRow): void {
  counts.open++;
  counts.severities[severity]++;
  if (isNew === true) counts.new++;
  if (status === 'active') counts.active++;
}

function compareRepositories(a: RepositoryRow, b: RepositoryRow): number {
  return (
    Number(BROKEN.has(b.status)) - Number(BROKEN.has(a.status)) ||
    b.active - a.active ||
    b.open - a.open ||
    compareText(a.name, b.name) ||
    compareText(a.key, b.key)
  );
}

/** The worst first. */
function compareCounts(a: Counts, b: Counts): number {
  return (
    b.active - a.active ||
    b.severities.critical - a.severities.critical ||
    b.severities.high - a.severities.high ||
    b.open - a.open
  );
}

/** Adds to a list that is cut now and then. */
function keep<T>(list: T[], one: T, most: number, compare: (a: T, b: T) => number): void {
  list.push(one);
  if (list.length < 2 * most) return;
  list.sort(compare);
  list.length = most;
}
