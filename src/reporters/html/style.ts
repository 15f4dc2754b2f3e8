/** Style of the page, light and dark. Nothing in it is fetched from anywhere. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #ffffff; --card: #f6f7f9; --line: #d9dde3; --text: #1b1f24; --soft: #59636e;
  --good: #1a7f4b; --bad: #c4321f; --odd: #8a5a00; --skip: #4b5d7a;
  --holds: #2f6fd0; --unsure: #2f6fd055; --shade: #2f6fd01f; --dark: #8a929c55;
  --badband: #c4321f26; --oddband: #c77d0033;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0f1318; --card: #171c23; --line: #303842; --text: #e4e8ee; --soft: #9aa5b1;
    --good: #4cc38a; --bad: #ff7a66; --odd: #e5ac4e; --skip: #93a8cc;
    --holds: #6aa4ff; --unsure: #6aa4ff55; --shade: #6aa4ff26; --dark: #5b657055;
    --badband: #ff7a6633; --oddband: #e5ac4e33;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 76rem; background: var(--page);
  color: var(--text); font: 16px/1.5 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif;
}
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 0 .25rem; text-wrap: balance; }
h2 { font-size: 1.2rem; line-height: 1.3; margin: 0; }
.lead, .about, figcaption { color: var(--soft); }
.lead { margin: 0 0 1.5rem; overflow-wrap: anywhere; }
.about { margin: .25rem 0 1rem; }
a { color: inherit; text-underline-offset: .2em; }
.table { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .4rem .75rem .4rem 0; border-bottom: 1px solid var(--line); white-space: nowrap; }
th { color: var(--soft); font-size: .85rem; font-weight: 600; }
.number { text-align: right; }
.verdict { font-weight: 700; white-space: nowrap; }
.pass { color: var(--good); } .fail { color: var(--bad); }
.unknown { color: var(--odd); } .skipped { color: var(--skip); }
section { margin-top: 2rem; padding: 1.25rem; border: 1px solid var(--line); border-radius: .6rem; background: var(--card); }
section.plain { padding: 0; border: 0; background: none; }
.heading { display: flex; flex-wrap: wrap; gap: .25rem .75rem; align-items: baseline; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: 0 0 .75rem; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
dd.judged { font-weight: 700; }
.reasons { margin: 0 0 .75rem; padding-left: 1.2rem; }
figure { margin: 1rem 0 0; padding-top: .75rem; border-top: 1px solid var(--line); }
figcaption { font-size: .85rem; margin-bottom: .5rem; }
details { margin-top: 1rem; } summary { cursor: pointer; color: var(--soft); font-size: .85rem; }
pre { overflow-x: auto; font: 12px/1.35 ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; }
@media (max-width: 40rem) {
  body { padding: 1.25rem .75rem 3rem; } section { padding: .9rem .75rem; }
  dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .4rem; }
}
@media print { section { break-inside: avoid; } details { display: none; } }
svg.timeline { display: block; overflow: hidden; }
svg text { font: 11px/1 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; fill: var(--text); paint-order: stroke; stroke: var(--card); stroke-width: 3px; stroke-linejoin: round; }
svg .label, svg .tick { fill: var(--soft); }
svg .tick { font-size: 10px; }
svg .label.bad { fill: var(--bad); }
svg .strong { font-weight: 700; }
svg .grid { stroke: var(--line); stroke-width: 1; }
svg path { fill: none; vector-effect: non-scaling-stroke; }
svg .answers { stroke: var(--good); stroke-width: 3; stroke-linecap: round; }
svg .answers.ranges { stroke-width: 1.5; }
svg .failures path { stroke: var(--bad); stroke-width: 2; }
svg .stall rect { fill: var(--dark); }
svg .predicted rect { fill: var(--shade); stroke: var(--holds); stroke-dasharray: 3 3; }
svg .limit line { stroke: var(--odd); stroke-width: 1.5; stroke-dasharray: 6 3; }
svg .outage rect { fill: var(--badband); stroke: var(--bad); }
svg .unsure { fill: var(--unsure); }
svg .holds { fill: var(--holds); }
svg .dark { fill: var(--dark); }
svg .nobody rect { fill: var(--oddband); stroke: var(--odd); stroke-dasharray: 3 3; }
svg .several rect { fill: var(--badband); stroke: var(--bad); }
svg .backends .all { fill: var(--good); opacity: .35; }
svg .backends .fewer { fill: var(--odd); opacity: .7; }
svg .backends .none { fill: var(--bad); }
svg .watch .open { fill: var(--soft); }
svg .watch .ended { stroke: var(--bad); stroke-width: 3; }
svg .mark line { stroke: var(--soft); stroke-width: 1.5; }
svg .name { font-weight: 600; }
svg .mark.fault line { stroke: var(--bad); } svg .name.fault { fill: var(--bad); }
svg .mark.heal line, svg .mark.steady line { stroke: var(--good); }
svg .name.heal, svg .name.steady { fill: var(--good); }
svg .mark.prepare line { stroke-dasharray: 2 3; }
`;
