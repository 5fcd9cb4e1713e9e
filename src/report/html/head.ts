/** The static part of the page: what was scanned, the summary, and what to do first. It needs no script. */

import { cut } from '../../lib/cut.ts';
import { plural } from '../../lib/format-amounts.ts';
import type { Finding } from '../../model/finding.ts';
import { isComplete, type Report } from '../../model/report.ts';
import { isAccepted } from '../../model/suppression.ts';
import { jobOf } from '../lookups.ts';
import { comparedText, incompleteText, noneText, REVOKE_FIRST, scannedText } from '../messages.ts';
import { findingLinks, projectOf } from '../remote-links.ts';
import { shown } from '../shown.ts';
import { type SecretGroup, statusOf, type Summary } from '../summary.ts';
import { type Content, showsStatus, statusWord } from './data.ts';
import { escaped, link } from './escaped.ts';

const SHORT = 12;
/** Secrets that are listed without the script. */
const LISTED = 200;
/** Gaps that are in the page, and those that are shown at first. */
const GAPS = 200;
const SHOWN_GAPS = 6;
/** Characters of one of them. */
const LONGEST = 400;

/** `glaive: 60 leaked credentials in group/project, main at 1a2b3c4d5e6f`. */
export function titleOf(content: Content): string {
  const { ref, commit } = content.report;
  const at = [ref, commit === undefined ? undefined : `at ${commit.slice(0, SHORT)}`].filter(Boolean).join(' ');
  return `glaive: ${countOf(content)}${inProject(content.report)}${at === '' ? '' : ref === undefined ? ` ${at}` : `, ${at}`}`;
}

function countOf({ report, summary }: Content): string {
  if (summary.secrets > 0) return plural(summary.secrets, 'leaked credential');
  return `${noneText(report.counts)} leaked GitLab credentials${isComplete(report) ? '' : ' in what was scanned'}`;
}

function inProject({ repository }: Report): string {
  const name = repository === undefined ? undefined : (projectOf(repository) ?? repository);
  return name === undefined ? '' : ` in ${name}`;
}

export function headOf(content: Content): string {
  const { report, links } = content;
  const { counts, startTime, commit, ref, repository, command, notes, comparedWith } = report;
  const project = repository === undefined ? undefined : (projectOf(repository) ?? repository);
  const commitPage = commit === undefined ? undefined : links?.commit(commit);
  const short = commit?.slice(0, SHORT);
  const facts: readonly (readonly [string, string | undefined])[] = [
    [
      'Repository',
      repository &&
        (links === undefined ? escaped(repository) : link(links.project, links.project.replace('https://', ''))),
    ],
    ['Branch or tag', ref && escaped(ref)],
    ['Commit', short && (commitPage === undefined ? `<code>${escaped(short)}</code>` : link(commitPage, short))],
    ['Compared', comparedWith && escaped(comparedText(comparedWith))],
    [
      'Scanned',
      escaped(
        `${scannedText({ command, counts })} by glaive ${command}, ${startTime.toISOString().slice(0, 16).replace('T', ' ')} UTC`,
      ),
    ],
    ['Not listed', leftOut(content) || undefined],
  ];
  const rows = facts
    .filter((fact) => fact[1] !== undefined)
    .map(([name, value]) => `<div><dt>${name}</dt><dd>${value}</dd></div>\n`);
  const heading = countOf(content);
  return (
    `<header>\n<p class="brand">glaive</p>\n<h1>${escaped(heading[0]!.toUpperCase() + heading.slice(1))}` +
    `${project === undefined ? '' : ` in <span class="project">${escaped(project)}</span>`}</h1>\n` +
    `<dl class="facts">\n${rows.join('')}</dl>\n` +
    notes.map((note) => `<p class="dim">${escaped(note)}</p>\n`).join('') +
    '</header>\n'
  );
}

function leftOut({ report: { counts }, groups }: Content): string {
  const { suppressed, belowConfidence, known = 0, masked = 0, filtered = 0 } = counts;
  const listsAccepted = groups.some(({ findings }) => findings.some(isAccepted));
  return [
    suppressed > 0 && !listsAccepted ? `${suppressed} accepted` : '',
    filtered > 0 ? `${filtered} left out by flags` : '',
    belowConfidence > 0 ? `${belowConfidence} below the confidence limit` : '',
    known > 0 ? `${known} known from earlier runs, which remain` : '',
    masked > 0 ? `${plural(masked, 'value')} masked by the runner` : '',
  ]
    .filter((part) => part !== '')
    .join(', ');
}

export function gapsOf({ gaps }: Report): string {
  const items = gaps.slice(0, GAPS).map(({ uri, message, hint }) => {
    const what = cut(uri === undefined ? message : `${uri}: ${message}`, LONGEST);
    return `<li>${escaped(what)}${hint === undefined ? '' : ` <span class="dim">${escaped(hint)}</span>`}</li>\n`;
  });
  const left = gaps.length > GAPS ? `<li>and ${gaps.length - GAPS} not listed here</li>\n` : '';
  const rest = items.slice(SHOWN_GAPS);
  const more =
    rest.length === 0
      ? ''
      : `<details><summary>${gaps.length - SHOWN_GAPS} more</summary>\n<ul>\n${rest.join('')}${left}</ul></details>\n`;
  return `<section class="gaps"><h2>Incomplete: ${incompleteText({ gaps })}</h2>\n<ul>\n${items.slice(0, SHOWN_GAPS).join('')}</ul>${more}</section>\n`;
}

type Severities = readonly [Summary['severities'][number], ...Summary['severities']];

/** The numbers, and what to do first. */
export function summaryMarkup(content: Content): string {
  const { summary } = content;
  if (summary.secrets === 0) return nothingOf(content);
  const { secrets, findings, places, severities, status, inHead } = summary;
  const [[worst, most], ...others] = severities as Severities; // there are findings
  const rest = others.map(([severity, count]) => `<span class="severity ${severity}">${count} ${severity}</span>`);
  const tiles = [
    tile('Leaked credentials', String(secrets), `${plural(findings, 'finding')} in ${plural(places, 'place')}`),
    tile('Findings by severity', `${most} ${worst}`, rest.join(' ') || 'no others', worst),
    status === undefined
      ? tile('Still active', 'not checked', '<code>glaive verify</code> checks a report in JSON')
      : tile(
          'Still active',
          `${status.active} of ${secrets}`,
          `${status.inactive} inactive, ${status.unknown} unknown`,
          status.active > 0 ? 'critical' : 'good',
        ),
    ...(inHead === undefined
      ? []
      : [tile('Still in HEAD', `${inHead} of ${secrets}`, 'the others are in the history only')]),
  ];
  return `<section class="tiles" aria-label="Summary">\n${tiles.join('')}</section>\n${firstOf(content)}`;
}

/** For a page without findings: whether that is good news. */
function nothingOf(content: Content): string {
  const { report } = content;
  if (!isComplete(report)) return '';
  const left = leftOut(content);
  const isClean = left === '' && report.counts.artifacts > 0;
  const text = isClean
    ? `Nothing was found in ${scannedText(report)}.`
    : left === ''
      ? 'Nothing was scanned.'
      : `Nothing else was found in ${scannedText(report)}: ${left}.`;
  return `<p class="calm${isClean ? ' good' : ''}">${escaped(text)}</p>\n`;
}

function tile(name: string, value: string, more: string, look = ''): string {
  return `<div class="tile"><p class="name">${name}</p><p class="value ${look}">${value}</p><p class="more">${more}</p></div>\n`;
}

function firstOf(content: Content): string {
  const { first } = content.summary;
  if (first.length === 0) return '<p class="calm">None of them is active any more: nothing is urgent.</p>\n';
  const items = first.map((group) => {
    const rule = ruleOf(content, group);
    const finding = shown(group.findings[0]);
    const { introduction } = finding;
    const by = [introduction?.author?.replace(/ <[^<>]*>$/, ''), introduction?.date?.slice(0, 10)].filter(Boolean);
    return (
      `<li><p>${badges(content, group)}</p>\n<h3>${escaped(rule.name)}</h3>\n<p class="path">${placeMarkup(content, group.findings[0])}${moreOf(group)}</p>\n` +
      (by.length === 0 ? '' : `<p class="dim">${escaped(by.join(', '))}</p>\n`) +
      `<p class="do" data-fingerprint="${escaped(finding.secretFingerprint)}"><span>${breakable(inShort(rule.revoke[0] ?? ''))}</span></p></li>\n`
    );
  });
  return `<section class="first" aria-labelledby="first"><h2 id="first">Do first</h2>\n<p class="dim">${REVOKE_FIRST}</p>\n<ol>\n${items.join('')}</ol></section>\n`;
}

/** Without remarks in parentheses: the whole is below, by type. */
function inShort(advice: string): string {
  return advice.replace(/ \([^()]*\)/g, '');
}

const moreOf = ({ findings }: SecretGroup): string =>
  findings.length === 1 ? '' : ` <span class="dim">and ${plural(findings.length - 1, 'more place')}</span>`;

function ruleOf({ rules, indexOf }: Content, { findings: [first] }: SecretGroup): Content['rules'][number] {
  return rules[indexOf.get(first.ruleId)!]!; // the rules of all findings are there
}

function badges({ groups }: Content, group: SecretGroup): string {
  const { severity } = group.findings[0];
  const word = statusWord(group);
  const status =
    showsStatus(groups) && word !== 'unknown' ? ` <span class="badge ${statusOf(group)}">${escaped(word)}</span>` : '';
  const head = group.inHead === true ? ' <span class="badge">in HEAD</span>' : '';
  return `<span class="badge ${severity}">${severity}</span>${status}${head}`;
}

function placeMarkup({ links }: Content, original: Finding): string {
  const { artifact, regions } = shown(original);
  const text = artifact.kind === 'file-name' ? `${artifact.uri} (its name)` : `${artifact.uri}:${regions[0].startLine}`;
  const job = jobOf(original)?.url;
  const place =
    findingLinks(links, original).place ?? (job !== undefined && /^https?:\/\//.test(job) ? job : undefined);
  return place === undefined ? escaped(text) : link(place, text);
}

/** Readers without the script get a plain list. */
export function listWithoutScript(content: Content): string {
  const { groups } = content;
  const items = groups
    .slice(0, LISTED)
    .map(
      (group) =>
        `<li>${badges(content, group)} ${escaped(ruleOf(content, group).name)} <span class="path">${placeMarkup(content, group.findings[0])}</span>${moreOf(group)}</li>\n`,
    );
  const more = groups.length > LISTED ? `<p>${groups.length - LISTED} more are not listed here.</p>\n` : '';
  const list = groups.length === 0 ? '' : `<h2>Findings</h2>\n<ul class="plain">\n${items.join('')}</ul>\n${more}`;
  return `<noscript>${list}<p class="dim">Filters and details need the script of this page, which runs from this file alone. The same report as text: <code>--format text</code>.</p></noscript>\n`;
}

/** A path may be broken before a slash or an underscore. */
function breakable(text: string): string {
  return escaped(text).replace(/(?<=\w)(?=[/_])/g, '<wbr>');
}
