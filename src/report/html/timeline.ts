/** A chart of the secrets introduced, and removed from HEAD, by month; and the same as a table. */

import type { Finding } from '../../model/finding.ts';

/** Maximum number of months; the newest are drawn. */
const MONTHS = 60;
const HEIGHT = 100;

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
  const most = Math.max(1, ...drawn.map((month) => Math.max(introduced.get(month) ?? 0, removed.get(month) ?? 0)));
  const width = 100 / drawn.length;
  const bar = (kind: 'in' | 'out', index: number, value: number): string => {
    const height = (value / most) * (HEIGHT / 2 - 2);
    const y = kind === 'in' ? HEIGHT / 2 - height : HEIGHT / 2;
    return value === 0
      ? ''
      : `<rect class="${kind}" x="${(index * width).toFixed(2)}" y="${y.toFixed(2)}" width="${(width * 0.8).toFixed(2)}" height="${height.toFixed(2)}"/>`;
  };
  const bars = drawn.map(
    (month, index) => bar('in', index, introduced.get(month) ?? 0) + bar('out', index, removed.get(month) ?? 0),
  );
  const rows = drawn
    .filter((month) => introduced.has(month) || removed.has(month))
    .map(
      (month) =>
        `<tr><td>${month}</td><td>${introduced.get(month) ?? 0}</td><td>${removed.get(month) ?? 0}</td></tr>\n`,
    );
  const older = months.length > drawn.length ? ` (the last ${MONTHS} months)` : '';
  return (
    `<h2>Introduced and removed over time${older}</h2>\n<figure class="card">\n` +
    `<svg viewBox="0 0 100 ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="Introduced (above) and removed (below), ${drawn[0]} to ${last}; the numbers are in the table below"><line x1="0" y1="${HEIGHT / 2}" x2="100" y2="${HEIGHT / 2}"/>${bars.join('')}</svg>\n` +
    `<figcaption class="dim">${drawn[0]} to ${last}: introduced above, removed below</figcaption>\n` +
    `<details><summary>As a table</summary><table><thead><tr><th>Month</th><th>Introduced</th><th>Removed</th></tr></thead><tbody>\n${rows.join('')}</tbody></table></details>\n</figure>\n`
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
