/**
 * The dashboard: static pages that need no script and no server. `index.html` is about all repositories, and each top group has a page of
 * its own. What was reached comes first: findings say little as long as repositories are missing.
 */

import { plural } from '../../../lib/format-amounts.ts';
import { endOf } from '../../../lib/cut.ts';
import { escaped } from '../../../report/html/escaped.ts';
import { BROKEN, type RepositoryRow } from '../rows.ts';
import type { Summary } from '../summary.ts';
import { broken, type Collected, type Counts, type Group, total } from './collect.ts';
import { fileOf } from './files.ts';
import {
  findingsList,
  groupsTable,
  LISTED,
  matrixTable,
  newList,
  oldestTable,
  repositoriesTable,
  SEVERE,
  sharedTable,
  subgroupsTable,
  WORDS,
} from './lists.ts';
import { badge, bar, breakable, pageMarkup, section } from './markup.ts';

/** Of the reason of a failure. */
const REASON = 300;
/** In the order of the bar. */
const SHOWN = ['whole', 'unchanged', 'nothing', 'gaps', 'missing', 'failed'] as const;

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
