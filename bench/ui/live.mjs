/** A long tune before the application: how soon its changes are seen, and what is lost when its connection breaks again and again. */
import { setTimeout as sleep } from 'node:timers/promises';

/** In the page, before its own code: notes what comes over the stream and when numbers appear, and can break the stream. */
const INSTRUMENT = `(() => {
  const seen = (window.__seen = { ids: [], types: [], counts: {}, opened: 0 });
  let cut = null;
  window.__cut = () => cut?.();
  const original = window.fetch;
  window.fetch = async (...args) => {
    const response = await original(...args);
    if (!String(args[0]).includes('/events') || !response.body) return response;
    seen.opened++;
    let rest = '';
    const decoder = new TextDecoder();
    const tap = new TransformStream({
      start(controller) { cut = () => { cut = null; controller.error(new TypeError('cut')); }; },
      transform(chunk, controller) {
        rest += decoder.decode(chunk, { stream: true });
        const blocks = rest.split('\\n\\n');
        rest = blocks.pop();
        for (const block of blocks) {
          const id = /^id: ?(.*)$/m.exec(block)?.[1];
          const data = /^data: ?(.*)$/m.exec(block)?.[1];
          if (!id || !data) continue;
          seen.ids.push(id);
          seen.types.push(JSON.parse(data).type);
        }
        controller.enqueue(chunk);
      },
    });
    return new Response(response.body.pipeThrough(tap), response);
  };
  new MutationObserver(() => {
    const text = document.querySelector('.figure dd')?.textContent ?? '';
    const count = Number(/^(\\d+) of/.exec(text)?.[1]);
    if (count > 0) seen.counts[count] ??= Date.now();
  }).observe(document, { subtree: true, childList: true, characterData: true });
})()`;

/** Changes of a tune that runs one experiment at a time. @returns how soon they were seen, in milliseconds. */
export async function measureVisible(world, browser, base, changes) {
  const { tune, page } = await watchTune(world, browser, base, { id: 'watched', experiments: changes + 2 });
  await until(page, `Object.keys(window.__seen.counts).length >= ${changes}`);
  const visible = await visibleAfter(world, tune, await page.evaluate('window.__seen.counts'));
  await untilEnded(world, tune);
  await page.close();
  return visible;
}

/** A long tune whose pages lose their connections all the time, while it runs as many experiments at once as there are places. */
export async function measureReconnects(world, browser, base, { id, experiments, places, reconnects, pages }) {
  const { tune, page } = await watchTune(world, browser, base, { id, experiments, parallelism: places });
  const all = [page];
  while (all.length < pages) all.push(await openPage(browser, base, id));
  const seen = await Promise.all(all.map((one) => reconnectOften(one, Math.ceil(reconnects / pages))));
  await untilEnded(world, tune);
  for (const one of all) await one.close();
  const sum = (key) => seen.reduce((total, one) => total + one[key], 0);
  return { reconnects: sum('cuts'), events: sum('events'), lost: sum('lost'), snapshots: sum('snapshots') };
}

async function watchTune(world, browser, base, { id, experiments, parallelism = 1 }) {
  const path = await world.task(id, {
    parameters: { depth: { type: 'int', min: 1, max: experiments } },
    optimization: { max_iterations: experiments, parallelism },
    benchmark: { model_name: 'm', model_tokenizer: 'tok', warmup_requests: 0 },
  });
  const tune = await world.startTune(path);
  return { tune, page: await openPage(browser, base, id) };
}

async function openPage(browser, base, id) {
  const page = await browser.newPage();
  await page.addInitScript(INSTRUMENT);
  await page.goto(`${base}/tunes/${id}`);
  await until(page, 'window.__seen.ids.length > 0');
  return page;
}

async function reconnectOften(page, reconnects) {
  const from = await page.evaluate('window.__seen.ids.length');
  let cuts = 0;
  for (; cuts < reconnects; cuts++) {
    const opened = await page.evaluate('window.__seen.opened');
    await page.evaluate('window.__cut()');
    await until(page, `window.__seen.opened > ${opened}`);
  }
  // What came meanwhile, and an event after the last of them, have to be there.
  await sleep(2000);
  const { ids, types } = await page.evaluate('window.__seen');
  const numbers = ids.slice(Math.max(0, from - 1)).map((one) => Number(one.slice(one.lastIndexOf(':') + 1)));
  const later = types.slice(Math.max(0, from - 1));
  const snapshots = later.filter((type) => type === 'snapshot').length;
  return { cuts, events: numbers.length, lost: lostOf(numbers, later), snapshots };
}

const untilEnded = (world, tune) =>
  world.until(async () => (await tune.look()).info.status !== 'running', 'the tune has ended', 3_600_000);

/** Numbers that were left out; a snapshot stands for all before it. Some twice would be no loss, but a mistake. */
function lostOf(numbers, types) {
  let lost = 0;
  for (let i = 1; i < numbers.length; i++) {
    if (types[i] === 'snapshot') continue;
    lost += Math.abs(numbers[i] - numbers[i - 1] - 1);
  }
  return lost;
}

/** From Temporal's own time of each experiment's end to the moment at which the page showed it. */
async function visibleAfter(world, tune, counts) {
  const { client } = await world.tunes();
  const { events = [] } = await client.workflow.getHandle(tune.workflowId).fetchHistory();
  const ends = events
    .filter((event) => event.childWorkflowExecutionCompletedEventAttributes)
    .map(({ eventTime }) => Number(eventTime.seconds) * 1000 + (eventTime.nanos ?? 0) / 1e6);
  const times = Object.entries(counts)
    // The first ones were there when the page was opened.
    .slice(2)
    .flatMap(([count, at]) => (ends[count - 1] === undefined ? [] : [at - ends[count - 1]]))
    .sort((a, b) => a - b);
  const at = (share) => times[Math.min(times.length - 1, Math.floor(times.length * share))];
  return { count: times.length, p50: at(0.5), p95: at(0.95) };
}

async function until(page, condition) {
  for (let i = 0; i < 60_000; i++) {
    if (await page.evaluate(condition)) return;
    await sleep(20);
  }
  throw new Error(`waited in vain for ${condition}`);
}
