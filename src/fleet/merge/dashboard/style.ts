/** The style of the dashboard, on top of that of the HTML report. */

export const DASHBOARD_STYLE = `
.part {
  background: var(--card);
  border: 1px solid var(--line);
  border-radius: 10px;
  padding: 0.9rem 1.1rem;
  min-width: 0;
}
.part.broken {
  border: 2px solid var(--critical);
}
.part h2 + * {
  margin-top: 0.5rem;
}
.verdict {
  font-weight: 650;
}
.bar {
  width: 100%;
  height: 0.9rem;
  margin: 0.6rem 0;
  border-radius: 4px;
}
.bar .is-whole { fill: var(--low); }
.bar .is-unchanged { fill: color-mix(in srgb, var(--low) 45%, var(--card)); }
.bar .is-nothing { fill: var(--line); }
.bar .is-gaps { fill: var(--medium); }
.bar .is-missing { fill: var(--high); }
.bar .is-failed { fill: var(--critical); }
.counts {
  display: flex;
  flex-wrap: wrap;
  gap: 0.25rem 1.25rem;
  font-size: 0.9rem;
}
.dot::before {
  content: '';
  display: inline-block;
  width: 0.75rem;
  height: 0.75rem;
  margin-right: 0.4rem;
  border-radius: 2px;
  background: var(--line);
}
.dot.is-whole::before { background: var(--low); }
.dot.is-unchanged::before { background: color-mix(in srgb, var(--low) 45%, var(--card)); }
.dot.is-gaps::before { background: var(--medium); }
.dot.is-missing::before { background: var(--high); }
.dot.is-failed::before { background: var(--critical); }
.dot.is-stale::before { background: none; border: 1px solid var(--dim); }
table.wide {
  width: 100%;
  margin: 0;
  font-size: 0.9rem;
}
.wide th,
.wide td {
  border: 0;
  border-bottom: 1px solid var(--line);
  padding: 0.4rem 0.7rem 0.4rem 0;
  vertical-align: top;
}
.wide tr:last-child > * {
  border-bottom: 0;
}
.wide thead th {
  color: var(--dim);
  font-weight: 600;
  white-space: nowrap;
}
.wide tbody th {
  font-weight: 400;
  min-width: 9rem;
  overflow-wrap: anywhere;
}
.wide td {
  overflow-wrap: break-word;
}
.wide .n {
  text-align: right;
  font-variant-numeric: tabular-nums;
  white-space: nowrap;
}
.wide .n + td:not(.n) {
  padding-left: 0.7rem;
}
.badge.is-failed,
.badge.is-missing {
  color: var(--critical);
  background: var(--critical-soft);
  border-color: currentColor;
}
.badge.is-gaps {
  color: var(--medium);
  background: var(--medium-soft);
  border-color: currentColor;
}
.badge.new {
  background: var(--accent);
  border-color: var(--accent);
  color: var(--on-accent);
}
.in-1 { padding-left: 1.25rem; }
.in-2 { padding-left: 2.5rem; }
.in-3 { padding-left: 3.75rem; }
.found > li {
  display: grid;
  grid-template-columns: 9.5rem minmax(0, 1fr) auto;
  gap: 0.2rem 0.9rem;
  border-bottom: 1px solid var(--line);
  padding: 0.55rem 0;
  font-size: 0.9rem;
}
.found > li:last-child {
  border-bottom: 0;
  padding-bottom: 0;
}
.found .badges {
  display: flex;
  flex-wrap: wrap;
  gap: 0.3rem;
  align-content: start;
}
.found p {
  overflow-wrap: anywhere;
}
.found .when {
  color: var(--dim);
  white-space: nowrap;
}
.part details {
  margin-top: 0.5rem;
}
.part summary {
  cursor: pointer;
}
nav {
  font-size: 0.9rem;
}
@media (max-width: 40rem) {
  .part {
    padding: 0.8rem 0.9rem;
  }
  .found > li {
    grid-template-columns: minmax(0, 1fr);
  }
  table.wide {
    min-width: 36rem;
  }
  .tile .more {
    font-size: 0.8rem;
  }
}
`;
