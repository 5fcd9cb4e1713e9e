/**
 * The dashboard: static pages that need no script and no server. `index.html` is about all repositories, and each top group has a page of
 * its own. What was reached comes first: findings say little as long as repositories are missing.
 */

import { createHash } from 'node:crypto';
import { plural } from '../../../lib/format-amounts.ts';
import { endOf } from '../../../lib/cut.ts';
import { SEVERITIES } from '../../../model/severity.ts';
import { escaped } from '../../../report/html/escaped.ts';
import { BROKEN, FINDING_STATUSES, type RepositoryRow, type RepositoryStatus } from '../rows.ts';
import type { SharedSecret, Summary, SummaryFinding } from '../summary.ts';
import {
  broken,
  type Collected,
  type Counts,
  FINDINGS_LISTED,
  type Group,
  REPOSITORIES_LISTED,
  type ShownFinding,
  total,
} from './collect.ts';
import {
  badge,
  bar,
  breakable,
  type Column,
  number,
  pageMarkup,
  placeMarkup,
  projectMarkup,
  section,
  table,
} from './markup.ts';

/** Lists on the first page. */
const LISTED = 50;
const GROUPS = 500;
/** Of the reason of a failure. */
const REASON = 300;

const WORDS: Readonly<Record<RepositoryStatus, string>> = {
  whole: 'scanned whole',
  unchanged: 'unchanged since a whole scan',
  nothing: 'without content',
  gaps: 'with gaps',
  missing: 'missing',
  failed: 'failed',
  stale: 'not in this plan',
};
/** In the order of the bar. */
const SHOWN = ['whole', 'unchanged', 'nothing', 'gaps', 'missing', 'failed'] as const;
const SEVERE = SEVERITIES.toReversed();

export interface DashboardPage {
  readonly file: string;
  readonly pieces: Iterable<string>;
}

/** @param version of glaive */
export function* dashboardPages(
  summary: Summary,
  { whole, groups }: Collected,
  version: string,
): Generator<DashboardPage> {
  yield { file: 'index.html', pieces: indexPage(summary, whole, groups, version) };
  for (const group of groups) yield { file: fileOf(group.name), pieces: groupPage(summary, group, version) };
}

/** What {@link fileOf} makes. */
export const GROUP_FILE = /^group-[a-z0-9-]{0,40}-[0-9a-f]{8}\.html$/;

/** Names of groups are the words of others: what is not plain in them is left out, and the digest keeps them apart. */
export function fileOf(group: string): string {
  const plain = group
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40);
  return `group-${plain}-${createHash('sha256').update(group).digest('hex').slice(0, 8)}.html`;
}

function indexPage(summary: Summary, whole: Group, groups: readonly Group[], version: string): Iterable<string> {
  const { findings, repositories, plan, at, oldestWhole } = summary;
  const title = titleOf(whole.counts, repositories.planned);
  const facts: readonly (readonly [string, string])[] = [
    ['Plan', escaped(plan)],
    ['Made', `${escaped(at.slice(0, 16).replace('T', ' '))} UTC`],
    ...(oldestWhole === undefined
      ? []
      : [
          [
            'Oldest whole scan',
            `${escaped(oldestWhole.at.slice(0, 10))}, ${breakable(endOf(oldestWhole.name, 100))}`,
          ] as const,
        ]),
  ];
  const header =
    `<p class="brand">glaive fleet</p>\n<h1>${title}</h1>\n` +
    `<dl class="facts">\n${facts.map(([name, value]) => `<div><dt>${name}</dt><dd>${value}</dd></div>\n`).join('')}</dl>\n`;
  function* main(): Generator<string> {
    yield coverage(whole.counts, summary.broken.slice(0, LISTED).map(brokenItem), summary.planGaps);
    yield tiles(whole.counts, summary);
    yield section('Groups', 'groups', groupsTable(groups));
    if (summary.newFindings.length > 0) yield section('New tonight', 'new', newList(summary.newFindings, findings.new));
    yield section('Findings by severity and status', 'findings', matrixTable(whole));
    if (summary.sharedSecrets.length > 0)
      yield section(
        'Secrets in several repositories',
        'shared',
        sharedTable(summary.sharedSecrets, summary.secrets.shared),
      );
    if (summary.oldest.length > 0) yield section('Oldest', 'oldest', oldestTable(summary.oldest));
  }
  return pageMarkup({
    title: `glaive: ${plainTitle(whole.counts, repositories.planned)}`,
    header,
    main: main(),
    version,
  });
}

function groupPage(summary: Summary, group: Group, version: string): Iterable<string> {
  const { counts, name } = group;
  const header =
    '<nav aria-label="Breadcrumb"><a href="index.html">All groups</a></nav>\n<p class="brand">glaive fleet</p>\n' +
    `<h1>${titleOf(counts, total(counts))} of <span class="project">${escaped(endOf(name, 200))}</span></h1>\n` +
    `<dl class="facts"><div><dt>Plan</dt><dd>${escaped(summary.plan)}</dd></div></dl>\n`;
  function* main(): Generator<string> {
    const bad = group.repositories.filter(({ status }) => BROKEN.has(status));
    yield coverage(counts, bad.map(brokenItem));
    yield tiles(counts);
    if (group.subgroups.size > 0) yield section('Subgroups', 'groups', subgroupsTable(group));
    const listed = group.repositories.filter(({ open }) => open > 0);
    if (listed.length > 0)
      yield section('Repositories with findings', 'repositories', repositoriesTable(listed, group));
    yield section('Findings by severity and status', 'findings', matrixTable(group));
    if (group.findings.length > 0) yield section('Open findings, the worst first', 'list', findingsList(group));
  }
  return pageMarkup({ title: `glaive: ${name}: ${plainTitle(counts, total(counts))}`, header, main: main(), version });
}

function plainTitle({ open }: Counts, repositories: number): string {
  return `${open === 0 ? 'No' : open} leaked credential${open === 1 ? '' : 's'} in ${plural(repositories, 'repository', 'repositories')}`;
}

function titleOf(counts: Counts, repositories: number): string {
  return escaped(plainTitle(counts, repositories));
}

function coverage(counts: Counts, items: readonly string[], planGaps: Summary['planGaps'] = []): string {
  const bad = broken(counts);
  const planned = total(counts) - counts.repositories.stale;
  const verdict =
    bad === 0 && planGaps.length > 0
      ? '<p class="verdict critical">Incomplete: the plan does not have everything that was asked for.</p>\n'
      : bad === 0
        ? `<p class="verdict good">Complete: all ${plural(planned, 'repository', 'repositories')} of the plan have a whole result.</p>\n`
        : `<p class="verdict critical">Incomplete: ${bad} of ${plural(planned, 'repository', 'repositories')} ${bad === 1 ? 'has' : 'have'} no whole result.</p>\n`;
  const parts = SHOWN.map((status) => [status, counts.repositories[status]] as const);
  const label = parts.filter(([, count]) => count > 0).map(([status, count]) => `${count} ${WORDS[status]}`);
  const legend = [...SHOWN, 'stale' as const]
    .filter((status) => counts.repositories[status] > 0)
    .map((status) => `<li class="dot is-${status}">${counts.repositories[status]} ${WORDS[status]}</li>`);
  const unlisted = planGaps.map(
    ({ uri, message }) => `<li>${escaped(endOf(uri === undefined ? message : `${uri}: ${message}`, REASON))}</li>\n`,
  );
  const list =
    (unlisted.length === 0 ? '' : `<ul class="plain">\n${unlisted.join('')}</ul>\n`) +
    (items.length === 0
      ? ''
      : `<details${items.length <= 8 ? ' open' : ''}><summary>Without a whole result</summary>\n<ul class="found">\n${items.join('')}</ul>` +
        `${bad > items.length ? `<p class="dim">and ${bad - items.length} more: glaive fleet status --format json</p>` : ''}</details>\n`);
  return (
    `<section class="part${bad === 0 && planGaps.length === 0 ? '' : ' broken'}" aria-labelledby="coverage"><h2 id="coverage">Coverage</h2>\n` +
    `${verdict}${bar(
      label.join(', '),
      parts.map(([status, count]) => [`is-${status}`, count]),
    )}<ul class="counts">${legend.join('\n')}</ul>\n${list}</section>\n`
  );
}

function brokenItem({ name, status, reason }: Pick<RepositoryRow, 'name' | 'status' | 'reason'>): string {
  const why =
    reason ?? (status === 'missing' ? 'no worker has swept it' : status === 'gaps' ? 'a part could not be read' : '');
  return `<li><span class="badges">${badge(status, `is-${status}`)}</span><div><p>${breakable(endOf(name, 200))}</p><p class="dim">${escaped(endOf(why, REASON))}</p></div></li>\n`;
}

function tiles(counts: Counts, summary?: Summary): string {
  const { open, severities, active } = counts;
  const worst = SEVERE.find((severity) => severities[severity] > 0);
  const rest = SEVERE.filter((severity) => severity !== worst && severities[severity] > 0).map(
    (severity) => `<span class="severity ${severity}">${severities[severity]} ${severity}</span>`,
  );
  const tile = (name: string, value: string, detail: string, look = ''): string =>
    `<div class="tile"><p class="name">${name}</p><p class="value ${look}">${value}</p><p class="more">${detail}</p></div>\n`;
  const { fixed = 0 } = summary?.findings.statuses ?? {};
  return (
    '<section class="tiles" aria-label="Summary">\n' +
    tile(
      'New tonight',
      String(counts.new),
      counts.new === 0 ? 'nothing was found that was not known' : 'first found by this plan',
      counts.new > 0 ? 'critical' : 'good',
    ) +
    tile('Known to be active', String(active), 'their issuer says that they work', active > 0 ? 'critical' : '') +
    tile(
      'Open by severity',
      worst === undefined ? '0' : `${severities[worst]} ${worst}`,
      rest.join(' ') || (open === 0 ? 'nothing is open' : 'no others'),
      worst ?? 'good',
    ) +
    (summary === undefined
      ? ''
      : tile(
          'Different secrets',
          String(summary.secrets.open),
          `${summary.secrets.shared} in several repositories, ${fixed} findings fixed`,
        )) +
    '</section>\n'
  );
}

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

function groupsTable(groups: readonly Group[]): string {
  const rows = groups
    .slice(0, GROUPS)
    .map(({ name, counts }) => [`<a href="${fileOf(name)}">${breakable(endOf(name, 100))}</a>`, ...cellsOf(counts)]);
  return table('Groups', [{ title: 'Group' }, ...COUNTS], rows) + more(groups.length - GROUPS, 'groups');
}

function subgroupsTable({ subgroups, name }: Group): string {
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

function repositoriesTable(listed: readonly RepositoryRow[], group: Group): string {
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

function matrixTable({ matrix, counts }: Group): string {
  const shown = (Object.keys(MEANINGS) as (typeof FINDING_STATUSES)[number][]).filter(
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

const MEANINGS: Readonly<Record<(typeof FINDING_STATUSES)[number], string>> = {
  active: 'active: its issuer says that it works',
  new: 'new',
  known: 'known',
  'gone-from-head': 'gone from HEAD: still in the history, not fixed',
  stale: 'stale: its repository was not reached',
  'no-longer-stored': 'no longer stored: its object is gone',
  fixed: 'fixed: revoked, expired or blocked',
};

function newList(all: readonly SummaryFinding[], count: number): string {
  const items = all
    .slice(0, LISTED)
    .map(
      ({ severity, status, title, name, uri, line }) =>
        `<li><span class="badges">${badge(severity, severity)}${status === 'active' ? badge('active', 'active') : ''}</span>` +
        `<div><p><b>${escaped(title)}</b></p><p>${breakable(endOf(name, 200))}</p><p class="path">${breakable(endOf(uri, 200))}:${line}</p></div></li>\n`,
    );
  return `<ul class="found">\n${items.join('')}</ul>\n${more(count - LISTED, 'findings')}`;
}

function findingsList({ findings, counts }: Group): string {
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

function sharedTable(all: readonly SharedSecret[], count: number): string {
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

function oldestTable(all: readonly SummaryFinding[]): string {
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
