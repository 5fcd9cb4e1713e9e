/** Tables and lists of the dashboard. */

import { endOf } from '../../../lib/cut.ts';
import { SEVERITIES, type Severity } from '../../../model/severity.ts';
import { escaped } from '../../../report/html/escaped.ts';
import { BROKEN, type FindingStatus, type RepositoryRow, type RepositoryStatus } from '../rows.ts';
import type { SharedSecret, SummaryFinding } from '../summary.ts';
import {
  broken,
  type Counts,
  FINDINGS_LISTED,
  type Group,
  REPOSITORIES_LISTED,
  type ShownFinding,
  total,
} from './collect.ts';
import { fileOf } from './files.ts';
import { badge, breakable, type Column, number, placeMarkup, projectMarkup, table } from './markup.ts';

/** Lists on the first page. */
export const LISTED = 50;
const GROUPS = 500;

export const WORDS: Readonly<Record<RepositoryStatus, string>> = {
  whole: 'scanned whole',
  unchanged: 'unchanged since a whole scan',
  nothing: 'without content',
  gaps: 'with gaps',
  missing: 'missing',
  failed: 'failed',
  stale: 'not in this plan',
};
export const SEVERE: readonly Severity[] = SEVERITIES.toReversed();

const COUNTS: readonly Column[] = [
  { title: 'Repositories', isNumber: true },
  { title: 'Not whole', isNumber: true },
  { title: 'Critical', isNumber: true },
  { title: 'High', isNumber: true },
  { title: 'Others', isNumber: true },
  { title: 'New', isNumber: true },
  { title: 'Active', isNumber: true },
];

function cellsOf(counts: Counts): string[] {
  const { critical, high } = counts.severities;
  return [
    number(total(counts)),
    number(broken(counts), 'critical'),
    number(critical, 'critical'),
    number(high, 'high'),
    number(counts.open - critical - high),
    number(counts.new, 'info'),
    number(counts.active, 'critical'),
  ];
}

export function groupsTable(groups: readonly Group[]): string {
  const rows = groups
    .slice(0, GROUPS)
    .map(({ name, counts }) => [`<a href="${fileOf(name)}">${breakable(endOf(name, 100))}</a>`, ...cellsOf(counts)]);
  return table('Groups', [{ title: 'Group' }, ...COUNTS], rows) + more(groups.length - GROUPS, 'groups');
}

export function subgroupsTable({ subgroups, name }: Group): string {
  const rows = [...subgroups]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, GROUPS)
    .map(([path, counts]) => {
      const depth = Math.min(3, path.slice(name.length + 1).split('/').length - 1);
      return [
        `<span class="in-${depth}">${breakable(endOf(path.slice(name.length + 1), 100))}</span>`,
        ...cellsOf(counts),
      ];
    });
  return table('Subgroups', [{ title: 'Subgroup' }, ...COUNTS], rows) + more(subgroups.size - GROUPS, 'subgroups');
}

export function repositoriesTable(listed: readonly RepositoryRow[], group: Group): string {
  const rows = listed.map((row) => [
    projectMarkup(endOf(row.name, 200), row.web),
    number(row.open),
    number(row.new, 'info'),
    number(row.active, 'critical'),
    BROKEN.has(row.status) ? badge(row.status, `is-${row.status}`) : escaped(WORDS[row.status]),
    row.lastWhole === undefined ? 'never' : escaped(row.lastWhole.slice(0, 10)),
  ]);
  const columns: readonly Column[] = [
    { title: 'Repository' },
    { title: 'Open', isNumber: true },
    { title: 'New', isNumber: true },
    { title: 'Active', isNumber: true },
    { title: 'Tonight' },
    { title: 'Whole scan' },
  ];
  return table('Repositories', columns, rows) + more(group.listed - REPOSITORIES_LISTED, 'repositories');
}

export function matrixTable({ matrix, counts }: Group): string {
  const shown = (Object.keys(MEANINGS) as FindingStatus[]).filter(
    // its own keys
    (status) => SEVERE.some((severity) => matrix[status][severity] > 0),
  );
  if (shown.length === 0)
    return `<p>${broken(counts) === 0 ? 'Nothing was found.' : 'Nothing was found in what was scanned.'}</p>\n`;
  const rows = shown.map((status) => [
    escaped(MEANINGS[status]),
    ...SEVERE.map((severity) =>
      number(matrix[status][severity], status === 'fixed' || status === 'no-longer-stored' ? '' : severity),
    ),
  ]);
  return table(
    'Findings',
    [
      { title: 'Status' },
      ...SEVERE.map((word) => ({ title: word[0]!.toUpperCase() + word.slice(1), isNumber: true as const })),
    ],
    rows,
  );
}

const MEANINGS: Readonly<Record<FindingStatus, string>> = {
  active: 'active: its issuer says that it works',
  new: 'new',
  known: 'known',
  'gone-from-head': 'gone from HEAD: still in the history, not fixed',
  stale: 'stale: its repository was not reached',
  'no-longer-stored': 'no longer stored: its object is gone',
  fixed: 'fixed: revoked, expired or blocked',
};

export function newList(all: readonly SummaryFinding[], count: number): string {
  const items = all
    .slice(0, LISTED)
    .map(
      ({ severity, status, title, name, uri, line }) =>
        `<li><span class="badges">${badge(severity, severity)}${status === 'active' ? badge('active', 'active') : ''}</span>` +
        `<div><p><b>${escaped(title)}</b></p><p>${breakable(endOf(name, 200))}</p><p class="path">${breakable(endOf(uri, 200))}:${line}</p></div></li>\n`,
    );
  return `<ul class="found">\n${items.join('')}</ul>\n${more(count - LISTED, 'findings')}`;
}

export function findingsList({ findings, counts }: Group): string {
  const items = findings.map(findingItem);
  return `<ul class="found">\n${items.join('')}</ul>\n${more(counts.open - FINDINGS_LISTED, 'findings')}`;
}

function findingItem({ finding, web }: ShownFinding): string {
  const { severity, status, isNew, title, name, preview, author, date, firstSeen } = finding;
  const marks =
    badge(severity, severity) +
    (status === 'active' ? badge('active', 'active') : '') +
    (isNew === true ? badge('new', 'new') : '') +
    (status === 'stale' || status === 'gone-from-head' ? badge(status.replaceAll('-', ' '), '') : '');
  const by = [author?.replace(/ <[^<>]*>$/, ''), date?.slice(0, 10)].filter((part) => part !== undefined).join(', ');
  return (
    `<li><span class="badges">${marks}</span><div><p><b>${escaped(title)}</b> <code>${escaped(preview)}</code></p>` +
    `<p>${projectMarkup(endOf(name, 200), web)}</p><p class="path">${placeMarkup(finding, web)}</p>` +
    `${by === '' ? '' : `<p class="dim">${escaped(endOf(by, 200))}</p>`}</div>` +
    `<p class="when">since ${escaped(firstSeen.slice(0, 10))}</p></li>\n`
  );
}

export function sharedTable(all: readonly SharedSecret[], count: number): string {
  const rows = all
    .slice(0, LISTED)
    .map(({ title, preview, severity, status, repositories, places, names }) => [
      `<b>${escaped(title)}</b> <code>${escaped(preview)}</code>`,
      `${badge(severity, severity)}${status === 'active' ? ` ${badge('active', 'active')}` : ''}`,
      number(repositories),
      number(places),
      breakable(endOf(names.join(', '), 300)) +
        (repositories > names.length ? ` <span class="dim">and ${repositories - names.length} more</span>` : ''),
    ]);
  const columns: readonly Column[] = [
    { title: 'Secret' },
    { title: 'Severity' },
    { title: 'Repositories', isNumber: true },
    { title: 'Places', isNumber: true },
    { title: 'Such as' },
  ];
  return table('Secrets in several repositories', columns, rows) + more(count - LISTED, 'secrets');
}

export function oldestTable(all: readonly SummaryFinding[]): string {
  const rows = all.map(({ title, name, uri, line, severity, date, firstSeen }) => [
    `${breakable(endOf(name, 200))}<br><span class="path dim">${breakable(endOf(uri, 200))}:${line}</span>`,
    escaped(title),
    badge(severity, severity),
    escaped((date ?? firstSeen).slice(0, 10)),
    escaped(firstSeen.slice(0, 10)),
  ]);
  return table(
    'Oldest findings',
    ['Place', 'Type', 'Severity', 'Committed', 'First found'].map((title) => ({ title })),
    rows,
  );
}

function more(count: number, what: string): string {
  return count > 0
    ? `<p class="dim">and ${count} more ${what}: index/findings.jsonl and index/repositories.jsonl list all</p>\n`
    : '';
}
