/**
 * `html`: one file for people, which needs no server. Its content security policy allows only its own script and style, by hash: no
 * other script, request, frame or form. Scanned text is embedded as data, and shown as text. Without the script, the summary, the
 * timeline and a list are still there.
 */

import { createHash } from 'node:crypto';
import { SCRIPT, STYLE } from '../../generated/page.ts';
import { activeFindings, isComplete } from '../../model/report.ts';
import type { Render } from '../format.ts';
import { jsonText } from '../json-text.ts';
import { usedRules } from '../lookups.ts';
import { remoteLinks } from '../remote-links.ts';
import { shown } from '../shown.ts';
import { groupsOf, summaryOf } from '../summary.ts';
import { type Content, dataOf } from './data.ts';
import { escaped } from './escaped.ts';
import { gapsOf, headOf, listWithoutScript, summaryMarkup, titleOf } from './head.ts';
import { timelineOf } from './timeline.ts';

export const renderHtml: Render = function* (report, { showSuppressed, sort = 'severity', gitlabUrl }) {
  const findings = showSuppressed ? report.findings : activeFindings(report);
  const rules = usedRules(report);
  const content: Content = {
    report: shown({ ...report, findings: [], rules: [] }),
    rules: shown(rules),
    indexOf: new Map(rules.map(({ id }, index) => [id, index])),
    summary: summaryOf(report),
    groups: groupsOf(findings, 'severity'),
    links: remoteLinks(report, gitlabUrl),
    sort,
  };
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(SCRIPT)}`,
    `style-src ${hashOf(STYLE)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n';
  yield `<meta http-equiv="Content-Security-Policy" content="${policy}">\n`;
  yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="referrer" content="no-referrer">\n';
  yield `<title>${escaped(titleOf(content))}</title>\n<style>${STYLE}</style>\n</head>\n<body>\n`;
  yield `<a class="skip" href="#findings">Skip to the findings</a>\n${headOf(content)}<main>\n`;
  if (!isComplete(report)) yield gapsOf(content.report);
  yield summaryMarkup(content);
  yield timelineOf(findings);
  yield listWithoutScript(content);
  yield APP;
  yield `</main>\n<footer><p>glaive ${escaped(report.tool.version)}. Secrets are masked, but this page is still internal.</p></footer>\n`;
  yield `<script id="data" type="application/json">${jsonText(dataOf(content)).replaceAll('<', '\\u003c')}</script>\n`;
  yield `<script>${SCRIPT}</script>\n</body>\n</html>\n`;
};

/** What the script fills. */
const APP = `<div id="app" hidden>
<div class="columns">
<details id="filters" class="filters" open><summary>Filters</summary>
<div class="field"><label for="search">Search</label><input id="search" type="search" autocomplete="off" placeholder="path, type, author, fingerprint"></div>
<div id="facets"></div>
</details>
<section class="results" aria-labelledby="findings">
<div class="bar"><h2 id="findings" tabindex="-1">Findings</h2><p id="count" role="status"></p><button id="reset" type="button">Show all</button>
<div class="order"><label for="sort">Order</label><select id="sort"><option value="severity">worst first</option><option value="path">by place</option><option value="date">newest first</option><option value="oldest">oldest first</option></select></div></div>
<ul id="list" class="list"></ul>
<button id="more" type="button">Show more</button>
<p id="left-out" class="dim" hidden></p>
</section>
</div>
<section id="types" aria-labelledby="types-title"><h2 id="types-title">What to do, by type</h2></section>
<p id="said" class="unseen" role="status"></p>
</div>
`;

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
