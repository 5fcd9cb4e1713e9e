/** How the page looks: light and dark by the reader's setting, narrow and wide, on paper. */

export const STYLE = `
:root { color-scheme: light dark; --bg: #fff; --fg: #1c1e21; --soft: #f3f4f6; --line: #d0d4da; --dim: #565d66; --link: #0b57b7;
  --critical: #a3121f; --high: #b04503; --medium: #7a5b00; --low: #2b6041; --info: #355c8a; --mark: #ffe2e0; --removed: #2f7d4f; }
@media (prefers-color-scheme: dark) { :root { --bg: #16181c; --fg: #e6e8eb; --soft: #22262c; --line: #3c424b; --dim: #a9b0ba;
  --link: #8ab8ff; --critical: #ff8f8f; --high: #ffb27a; --medium: #e9c85a; --low: #86d3a4; --info: #9cc3f2; --mark: #5a2326; --removed: #86d3a4; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--bg); color: var(--fg); font: 16px/1.5 system-ui, sans-serif; }
header, main, footer { max-width: 72rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.5rem; margin: 0.5rem 0; } h2 { font-size: 1.2rem; margin: 1.5rem 0 0.5rem; } h3 { font-size: 1rem; margin: 0 0 0.25rem; }
p { margin: 0.25rem 0; } .dim { color: var(--dim); } code, pre { font: 0.875rem/1.45 ui-monospace, monospace; }
code, .path, pre { overflow-wrap: anywhere; unicode-bidi: isolate; }
a { color: var(--link); } :focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.skip { position: absolute; left: -99rem; } .skip:focus { left: 1rem; top: 1rem; background: var(--bg); padding: 0.5rem; }
.gaps { border: 2px solid var(--critical); border-radius: 6px; padding: 0.75rem 1rem; }
.grid { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: 1rem; align-items: start; }
.card { border: 1px solid var(--line); border-radius: 6px; padding: 0.75rem; min-width: 0; }
.card ul { list-style: none; margin: 0; padding: 0; }
.bar { display: grid; grid-template-columns: 1fr auto; gap: 0.5rem; width: 100%; border: 0; background: none; color: inherit; font: inherit;
  font-size: 0.9rem; text-align: left; padding: 0.2rem 0.25rem; cursor: pointer; position: relative; border-radius: 4px; min-height: 1.75rem; }
.bar span { position: relative; overflow-wrap: anywhere; } .bar i { position: absolute; inset: 0 auto 0 0; background: var(--soft); border-radius: 4px; }
.bar[aria-pressed="true"] { outline: 2px solid var(--link); }
.filters { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: 0.75rem; align-items: end; }
.filters label { display: block; font-size: 0.9rem; } .wide { grid-column: span 2; }
input, select, button.more { font: inherit; width: 100%; padding: 0.4rem 0.5rem; color: inherit; background: var(--bg); border: 1px solid var(--dim); border-radius: 4px; min-height: 2.5rem; }
button.more, button.reset { cursor: pointer; }
button.reset { font: inherit; min-height: 2.5rem; color: inherit; background: var(--soft); border: 1px solid var(--dim); border-radius: 4px; }
.findings { list-style: none; margin: 1rem 0; padding: 0; } .findings > li { border: 1px solid var(--line); border-radius: 6px; margin: 0 0 0.5rem; }
summary { padding: 0.6rem 0.75rem; cursor: pointer; } summary .what { font-weight: 600; } summary .path { display: block; font-size: 0.9rem; }
.body { padding: 0 0.75rem 0.75rem; } .badge { display: inline-block; border: 1px solid currentColor; border-radius: 999px; padding: 0 0.5rem; font-size: 0.8rem; margin-right: 0.4rem; }
.critical { color: var(--critical); } .high { color: var(--high); } .medium { color: var(--medium); } .low { color: var(--low); } .info { color: var(--info); }
pre { background: var(--soft); border-radius: 4px; padding: 0.5rem 0.75rem; white-space: pre-wrap; margin: 0.5rem 0; } pre mark { background: var(--mark); color: inherit; }
dl { display: grid; grid-template-columns: minmax(7rem, max-content) 1fr; gap: 0.25rem 1rem; margin: 0.5rem 0; } dt { color: var(--dim); } dd { margin: 0; overflow-wrap: anywhere; }
figure { margin: 0; } dd ul { margin: 0; padding-left: 1.1rem; }
svg { width: 100%; height: 8rem; } svg .in { fill: var(--critical); } svg .out { fill: var(--removed); } svg line { stroke: var(--line); }
table { border-collapse: collapse; font-size: 0.9rem; } td, th { border: 1px solid var(--line); padding: 0.2rem 0.5rem; text-align: left; }
@media (max-width: 40rem) { dl { grid-template-columns: 1fr; } dt { margin-top: 0.5rem; } .wide { grid-column: auto; } }
@media print { .filters, .more, .skip { display: none; } }
`;
