#!/usr/bin/env node
/**
 * How the web application bears it: how soon a change is seen, what is lost when connections break, how fast lists and charts are, and
 * how large it is. A real Temporal server, API and Chromium; engines and load generator are stubs. The charts of 10,000 experiments are
 * of a tune that was made up.
 *
 * Usage: npm run bench:ui -- [--experiments 1000] [--reconnects 1000] [--quick] [--json FILE]
 *
 * `--quick` is 60 experiments and 60 reconnects. It needs a Chromium (CHROMIUM_PATH) and `npm run build`.
 */
import { register } from 'node:module';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';

register('../test/support/typescript-hooks.mjs', import.meta.url);

const { values } = parseArgs({
  options: {
    experiments: { type: 'string', default: '1000' },
    reconnects: { type: 'string', default: '1000' },
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});
const experiments = values.quick ? 60 : Number(values.experiments);
const reconnects = values.quick ? 60 : Number(values.reconnects);

const { World } = await import('../test/support/world.ts');
const { launchBrowser } = await import('../test/web/support/chromium.ts');
const { measureReconnects, measureVisible } = await import('./ui/live.mjs');
const { measureCharts } = await import('./ui/charts.mjs');
const { measureLists } = await import('./ui/lists.mjs');

/** Experiments at once, and pages that lose their connections, of the long tune. */
const [PLACES, PAGES] = [4, 4];
const LONG_TUNE = 'many';

const rows = [];
const report = (what, value, aim) => {
  rows.push({ what, value, aim });
  console.log(`${what.padEnd(52)}${value.padStart(14)}   ${aim}`);
};

const { total, first } = sizes();
report('size of the application, gzipped', `${(total / 1000).toFixed(0)} kB`, 'under 450 kB');
report('of which the first view loads', `${(first / 1000).toFixed(0)} kB`, '');

const browser = await launchBrowser();
try {
  for (const count of [1000, 10_000]) {
    const { firstMs, answersMs, madeMs, bytes } = await measureCharts(browser, count);
    report(`first chart of ${count} experiments`, `${firstMs.toFixed(0)} ms`, 'under 1500 ms');
    report('answers a click after that in', `${answersMs.toFixed(0)} ms`, 'usable');
    report(
      `the API makes the ${(bytes / 1e6).toFixed(1)} MB for that in`,
      `${madeMs.toFixed(0)} ms`,
      'once per outcome'
    );
  }
  const world = await World.running({ AUTOTUNER_PLACES: `${PLACES}` });
  try {
    const { host, port } = await world.startApi({ AUTOTUNER_API_RATE: '0' });
    const base = `http://${host}:${port}`;
    const visible = await measureVisible(world, browser, base, Math.min(100, Math.floor(experiments / 2)));
    report('state change to visible, p95', `${visible.p95.toFixed(0)} ms`, 'under 500 ms');
    report('state change to visible, median', `${visible.p50.toFixed(0)} ms`, `${visible.count} changes`);
    const live = await measureReconnects(world, browser, base, {
      ...{ id: LONG_TUNE, experiments, places: PLACES, reconnects, pages: PAGES },
    });
    report(`events lost over ${live.reconnects} reconnects`, `${live.lost}`, '0');
    report('events in that time', `${live.events}`, `${live.snapshots} snapshots`);
    const lists = await measureLists(base, LONG_TUNE);
    report(`API list of ${lists.experiments} experiments, p95`, `${lists.p95.toFixed(0)} ms`, 'under 100 ms');
  } finally {
    await world.close();
  }
} finally {
  await browser.close();
}
if (values.json) writeFileSync(values.json, `${JSON.stringify(rows, null, 2)}\n`);

/** Bytes of all that is served, and of what the page of a tune loads before anything is chosen. */
function sizes() {
  const folder = path.resolve('dist', 'web');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const size = (file) => gzipSync(readFileSync(file)).length;
  const index = readFileSync(path.join(folder, 'index.html'), 'utf8');
  const named = [...index.matchAll(/(?:src|href)="\/([^"]+)"/g)].map(([, name]) => path.join(folder, name));
  const sum = (list) => list.reduce((bytes, file) => bytes + size(file), 0);
  return {
    total: sum(files.map((entry) => path.join(entry.parentPath ?? entry.path, entry.name))),
    first: sum([path.join(folder, 'index.html'), ...named]),
  };
}
