/**
 * The whole of a sweep in numbers, with what people should see first. It holds no secret and no line of a file, so it may be sent away.
 * The lists in it are cut: the index has everything.
 */

import { CONFIDENCES } from '../../model/confidence.ts';
import { compareText } from '../../model/order.ts';
import { SEVERITIES, type Severity } from '../../model/severity.ts';
import { defined } from '../../lib/defined.ts';
import type { PlanHead } from '../plan.ts';
import {
  BROKEN,
  FINDING_STATUSES,
  type FindingRow,
  type FindingStatus,
  isOpen,
  REPOSITORY_STATUSES,
  type RepositoryRow,
  type RepositoryStatus,
} from './rows.ts';

/** Lists are cut there. */
const LISTED = 200;
/** Broken repositories that are listed. */
const BROKEN_LISTED = 1000;

export interface Summary {
  readonly glaive: 'fleet-summary';
  readonly version: 1;
  readonly plan: string;
  /** When the plan was made. */
  readonly at: string;
  /** Whether every repository of the plan was scanned whole. */
  readonly isComplete: boolean;
  readonly repositories: Readonly<Record<RepositoryStatus | 'planned', number>>;
  /** What could not be listed when the plan was made, so that repositories may be missing in it. */
  readonly planGaps: readonly { readonly uri?: string; readonly message: string }[];
  /** Repositories that could not be scanned whole. */
  readonly broken: readonly BrokenRepository[];
  readonly oldestWhole?: { readonly key: string; readonly name: string; readonly at: string };
  readonly findings: {
    /** Those that count. */
    readonly open: number;
    readonly new: number;
    readonly active: number;
    readonly accepted: number;
    /** Open ones. */
    readonly severities: Readonly<Record<Severity, number>>;
    /** All that are not accepted. */
    readonly statuses: Readonly<Record<FindingStatus, number>>;
  };
  readonly secrets: {
    readonly open: number;
    /** In more than one repository. */
    readonly shared: number;
  };
  /** The worst first. */
  readonly newFindings: readonly SummaryFinding[];
  /** Open secrets in several repositories, the widest first. */
  readonly sharedSecrets: readonly SharedSecret[];
  readonly oldest: readonly SummaryFinding[];
}

export interface BrokenRepository {
  readonly key: string;
  readonly name: string;
  readonly status: RepositoryStatus;
  readonly reason?: string;
}

export interface SummaryFinding {
  readonly key: string;
  readonly name: string;
  readonly fingerprint: string;
  readonly secretFingerprint: string;
  readonly title: string;
  readonly severity: Severity;
  readonly confidence: FindingRow['confidence'];
  readonly status: FindingStatus;
  readonly uri: string;
  readonly line: number;
  readonly firstSeen: string;
  readonly date?: string;
}

export interface SharedSecret {
  readonly secretFingerprint: string;
  readonly title: string;
  readonly preview: string;
  readonly severity: Severity;
  readonly status: FindingStatus;
  readonly repositories: number;
  readonly places: number;
  /** Some of the repositories. */
  readonly names: readonly string[];
}

/** Repositories of a shared secret that are named. */
const NAMED = 5;
/** Oldest findings that are kept. */
const OLDEST = 20;

interface SecretSum {
  first: FindingRow;
  places: number;
  repositories: number;
  lastKey: string;
  readonly names: string[];
}

/** Takes the repositories one after another. */
export class Summing {
  readonly #head: PlanHead;
  readonly #repositories = Object.fromEntries(
    [...REPOSITORY_STATUSES, 'planned'].map((status) => [status, 0]),
  ) as Record<RepositoryStatus | 'planned', number>; // every key is set
  readonly #severities = Object.fromEntries(SEVERITIES.map((severity) => [severity, 0])) as Record<Severity, number>; // likewise
  readonly #statuses = Object.fromEntries(FINDING_STATUSES.map((status) => [status, 0])) as Record<
    FindingStatus,
    number
  >; // likewise
  readonly #counts = { open: 0, new: 0, active: 0, accepted: 0 };
  readonly #broken: BrokenRepository[] = [];
  readonly #new: FindingRow[] = [];
  #oldest: FindingRow[] = [];
  readonly #secrets = new Map<string, SecretSum>();
  #oldestWhole: RepositoryRow | undefined;

  constructor(head: PlanHead) {
    this.#head = head;
  }

  add(row: RepositoryRow, findings: readonly FindingRow[]): void {
    this.#repositories[row.status]++;
    if (row.status !== 'stale') {
      this.#repositories.planned++;
      const { lastWhole = '' } = row;
      if (row.status !== 'nothing' && lastWhole < (this.#oldestWhole?.lastWhole ?? '~')) this.#oldestWhole = row;
    }
    if (BROKEN.has(row.status)) this.#broken.push(brokenOf(row));
    for (const finding of findings) this.#addFinding(finding);
  }

  #addFinding(finding: FindingRow): void {
    if (finding.isAccepted === true) {
      this.#counts.accepted++;
      return;
    }
    this.#statuses[finding.status]++;
    if (!isOpen(finding)) return;
    this.#counts.open++;
    this.#severities[finding.severity]++;
    if (finding.status === 'active') this.#counts.active++;
    if (finding.isNew === true) {
      this.#counts.new++;
      keepBest(this.#new, finding, LISTED, compareUrgency);
    }
    keepBest(this.#oldest, finding, OLDEST, compareAge);
    const sum = this.#secrets.get(finding.secretFingerprint);
    if (sum === undefined) {
      this.#secrets.set(finding.secretFingerprint, {
        first: finding,
        places: 1,
        repositories: 1,
        lastKey: finding.key,
        names: [finding.name],
      });
      return;
    }
    sum.places++;
    if (compareUrgency(finding, sum.first) < 0) sum.first = finding;
    if (sum.lastKey === finding.key) return;
    sum.lastKey = finding.key;
    sum.repositories++;
    if (sum.names.length < NAMED) sum.names.push(finding.name);
  }

  result(): Summary {
    const shared = [...this.#secrets].filter(([, { repositories }]) => repositories > 1);
    const oldest = this.#oldestWhole;
    const { gaps = [] } = this.#head;
    return {
      glaive: 'fleet-summary',
      version: 1,
      plan: this.#head.id,
      at: this.#head.at,
      isComplete: this.#broken.length === 0 && gaps.length === 0,
      repositories: this.#repositories,
      planGaps: gaps.slice(0, LISTED).map(({ uri, message }) => ({ ...defined({ uri }), message })),
      broken: this.#broken.toSorted(compareBroken).slice(0, BROKEN_LISTED),
      ...(oldest?.lastWhole === undefined
        ? {}
        : { oldestWhole: { key: oldest.key, name: oldest.name, at: oldest.lastWhole } }),
      findings: { ...this.#counts, severities: this.#severities, statuses: this.#statuses },
      secrets: { open: this.#secrets.size, shared: shared.length },
      newFindings: this.#new.toSorted(compareUrgency).slice(0, LISTED).map(shortOf),
      sharedSecrets: shared
        .toSorted(
          ([a, x], [b, y]) => y.repositories - x.repositories || compareUrgency(x.first, y.first) || compareText(a, b),
        )
        .slice(0, LISTED)
        .map(([secretFingerprint, { first, places, repositories, names }]) => ({
          secretFingerprint,
          title: first.title,
          preview: first.preview,
          severity: first.severity,
          status: first.status,
          repositories,
          places,
          names: names.toSorted(compareText),
        })),
      oldest: this.#oldest.toSorted(compareAge).slice(0, OLDEST).map(shortOf),
    };
  }
}

/** Adds to a list that is cut now and then, so that it stays short. */
function keepBest<T>(list: T[], one: T, most: number, compare: (a: T, b: T) => number): void {
  list.push(one);
  if (list.length < 2 * most) return;
  list.sort(compare);
  list.length = most;
}

/** The worst first. */
export function compareUrgency(a: FindingRow, b: FindingRow): number {
  return (
    Number(b.status === 'active') - Number(a.status === 'active') ||
    SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) ||
    CONFIDENCES.indexOf(b.confidence) - CONFIDENCES.indexOf(a.confidence) ||
    compareText(a.name, b.name) ||
    compareText(a.uri, b.uri) ||
    a.line - b.line ||
    compareText(a.key, b.key) ||
    compareText(a.fingerprint, b.fingerprint)
  );
}

/** By the date of the commit, else by that of the first report. */
function compareAge(a: FindingRow, b: FindingRow): number {
  return compareText(ageOf(a), ageOf(b)) || compareUrgency(a, b);
}

function ageOf({ date, firstSeen }: FindingRow): string {
  const time = Date.parse(date ?? '');
  return Number.isNaN(time) ? firstSeen : new Date(time).toISOString();
}

const ORDER: readonly RepositoryStatus[] = ['failed', 'missing', 'gaps'];

function compareBroken(a: BrokenRepository, b: BrokenRepository): number {
  return ORDER.indexOf(a.status) - ORDER.indexOf(b.status) || compareText(a.name, b.name) || compareText(a.key, b.key);
}

function brokenOf({ key, name, status, reason }: RepositoryRow): BrokenRepository {
  return { key, name, status, ...defined({ reason }) };
}

function shortOf(row: FindingRow): SummaryFinding {
  const { key, name, fingerprint, secretFingerprint, title, severity, confidence, status, uri, line, firstSeen, date } =
    row;
  const always = {
    key,
    name,
    fingerprint,
    secretFingerprint,
    title,
    severity,
    confidence,
    status,
    uri,
    line,
    firstSeen,
  };
  return date === undefined ? always : { ...always, date };
}
