/** The one style sheet of a report. Constant, so that a content security policy can name it by its hash. */
import { createHash } from 'node:crypto';
import { INKS, type Ink } from '../charts/theme.js';

/** Colours of charts that follow the page, which is light or dark. */
export const PAGE_INK: Ink = {
  text: 'var(--text)',
  muted: 'var(--muted)',
  line: 'var(--line)',
  grid: 'var(--grid)',
  background: 'var(--background)',
};

function variables(ink: Ink): string {
  return Object.entries(ink)
    .map(([name, color]) => `--${name}:${color};`)
    .join('');
}

export const STYLE = `
:root{color-scheme:light dark;${variables(INKS.light)}--soft:#f5f6f8;--accent:#1f6feb}
@media (prefers-color-scheme:dark){:root{${variables(INKS.dark)}--soft:#1d2229;--accent:#6ea8fe}}
*{box-sizing:border-box}
body{margin:0;background:var(--background);color:var(--text);font:16px/1.55 system-ui,sans-serif}
main{max-width:960px;margin:0 auto;padding:24px 20px 64px}
h1{font-size:1.7rem;margin:.2em 0}h2{font-size:1.3rem;margin:2.2em 0 .6em;padding-top:.8em;border-top:1px solid var(--grid)}
h3{font-size:1.05rem;margin:1.6em 0 .5em}
h1,h2,h3,p,li,dd,td,summary{overflow-wrap:anywhere}
.lead{font-size:1.1rem;border-left:4px solid var(--accent);padding:.4em 0 .4em 14px;background:var(--soft)}
.strong{font-weight:600}.note,figcaption p{color:var(--muted)}
dl{display:grid;grid-template-columns:minmax(7rem,max-content) 1fr;gap:4px 18px}dt{color:var(--muted)}dd{margin:0}
.scroll{overflow-x:auto}table{border-collapse:collapse;font-size:.92rem;min-width:50%}
caption{text-align:left;color:var(--muted);padding:4px 0}
th,td{text-align:left;padding:5px 12px 5px 0;border-bottom:1px solid var(--grid);vertical-align:top}
.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
pre{background:var(--soft);border:1px solid var(--grid);border-radius:6px;padding:12px;overflow-x:auto;font:.85rem/1.5 ui-monospace,monospace}
figure{margin:1.2em 0}figure svg{max-width:100%;height:auto;display:block}
figcaption h3{margin:.2em 0}figcaption p{margin:.2em 0;font-size:.92rem}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,380px),1fr));gap:0 28px}
details{margin:1em 0}summary{cursor:pointer;color:var(--accent)}
@media (max-width:520px){dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:8px}}
@media print{main{max-width:none}h2{break-after:avoid}figure,pre,tr{break-inside:avoid}}
`;

/**
 * The policy that a report needs, for the header of whoever serves it; the page has it in itself, too. Nothing is loaded from anywhere, no
 * script runs, and this style sheet is the only one.
 */
export const REPORT_CSP = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');
