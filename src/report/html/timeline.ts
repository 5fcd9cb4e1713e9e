/** A chart of the secrets introduced, and removed from HEAD, by month; and the same as a table. */

import type { Finding } from '../../model/finding.ts';

/** Maximum number of months; the newest are drawn. */
const MONTHS = 60;
/** Of a bar at the maximum, in pixels. */
const BAR = 64;
/** Of a line of text. */
const TEXT = 16;
/** Of all months together, unless there are so many that they need more. */
const WIDTH = 1200;
const LEAST = 30;
const MOST = 88;
const NAMES = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Markup with months and numbers only, without any text of the report. Empty if no date is known. */
export function timelineOf(findings: readonly Finding[]): string {
  const introduced = new Map<string, number>();
  const removed = new Map<string, number>();
  for (const { introduction, history } of findings) {
    count(introduced, introduction?.date);
    count(removed, history?.removed?.date);
  }
  const known = [...introduced.keys(), ...removed.keys()].toSorted();
  const [first] = known;
  const last = known.at(-1);
  if (first === undefined || last === undefined) return '';
  const months = monthsBetween(first, last);
  const drawn = months.slice(-MONTHS);
  const older = months.length > drawn.length ? ` (the last ${MONTHS} months)` : '';
  const rows = drawn
    .filter((month) => introduced.has(month) || removed.has(month))
    .map(
      (month) =>
        `<tr><td>${month}</td><td>${introduced.get(month) ?? 0}</td><td>${removed.get(month) ?? 0}</td></tr>\n`,
    );
  const legend =
    '<span class="key in">introduced</span>' +
    (removed.size === 0 ? '' : ' <span class="key out">removed from HEAD</span>');
  return (
    `<section class="timeline" aria-labelledby="time"><h2 id="time">Introduced and removed over time${older}</h2>\n` +
    `<figure>\n<figcaption>Findings by month: ${legend}</figcaption>\n` +
    `<div class="scroll" tabindex="0" role="region" aria-label="Chart by month">${chart(drawn, introduced, removed)}</div>\n` +
    `<details><summary>As a table</summary><table><thead><tr><th>Month</th><th>Introduced</th><th>Removed</th></tr></thead><tbody>\n${rows.join('')}</tbody></table></details>\n</figure></section>\n`
  );
}

type Counts = ReadonlyMap<string, number>;

/** Bars up for what was introduced, down for what was removed, with their numbers; the months below. */
function chart(months: readonly string[], introduced: Counts, removed: Counts): string {
  const most = Math.max(1, ...introduced.values(), ...removed.values());
  const step = Math.round(Math.min(MOST, Math.max(LEAST, WIDTH / months.length)));
  const zero = TEXT + BAR;
  const tallOf = (value: number): number => Math.max(2, Math.round((value / most) * BAR));
  const below = removed.size === 0 ? 0 : tallOf(Math.max(...removed.values())) + TEXT;
  const [width, height] = [step * months.length, zero + below + 2 * TEXT + 4];
  const side = Math.max(3, Math.round(step * 0.16));
  const parts = months.map((month, index) => {
    const left = index * step;
    const middle = left + step / 2;
    const bar = (kind: 'in' | 'out', value = 0): string => {
      if (value === 0) return '';
      const tall = tallOf(value);
      const [top, text] = kind === 'in' ? [zero - tall, zero - tall - 4] : [zero, zero + tall + TEXT - 4];
      return `<rect class="${kind}" x="${left + side}" y="${top}" width="${step - 2 * side}" height="${tall}"/><text x="${middle}" y="${text}">${value}</text>`;
    };
    const [year, number] = month.split('-');
    const isFirst = index === 0 || number === '01';
    const labels =
      `<text class="month" x="${middle}" y="${zero + below + TEXT}">${NAMES[Number(number) - 1]}</text>` +
      (isFirst ? `<text class="month" x="${middle}" y="${zero + below + 2 * TEXT}">${year}</text>` : '');
    return bar('in', introduced.get(month)) + bar('out', removed.get(month)) + labels;
  });
  return (
    `<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="Introduced (above) and removed (below), ${months[0]} to ${months.at(-1)}; the numbers are in the table below">` +
    `<line x1="0" y1="${zero}" x2="${width}" y2="${zero}"/>${parts.join('')}</svg>`
  );
}

function count(counts: Map<string, number>, date: string | undefined): void {
  const month = /^(?:19|20|21)\d\d-(?:0[1-9]|1[0-2])/.exec(date ?? '')?.[0];
  if (month !== undefined) counts.set(month, (counts.get(month) ?? 0) + 1);
}

/** Every month from the first to the last. */
function monthsBetween(first: string, last: string): string[] {
  const months: string[] = [];
  let [year, month] = first.split('-').map(Number) as [number, number]; // two numbers, see above
  for (let now = first; now <= last;) {
    months.push(now);
    [year, month] = month === 12 ? [year + 1, 1] : [year, month + 1];
    now = `${year}-${String(month).padStart(2, '0')}`;
  }
  return months;
}
