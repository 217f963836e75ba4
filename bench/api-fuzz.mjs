#!/usr/bin/env node
/**
 * Sends requests as nobody should to a real server with a real Temporal and a worker behind it, and counts the answers: none may be 5xx.
 *
 * Usage: npm run bench:fuzz -- [REQUESTS] [--seed N] [--at-once N]
 */
import { register } from 'node:module';
import http from 'node:http';
import { parseArgs } from 'node:util';

register('../test/support/typescript-hooks.mjs', import.meta.url);
const { default: fc } = await import('fast-check');
const { World } = await import('../test/support/world.ts');
const { fuzzRequests } = await import('../test/support/fuzz-requests.ts');
const { testApi } = await import('../test/support/api.ts');

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: 'string', default: '7' }, 'at-once': { type: 'string', default: '16' } },
});
const total = Number(positionals[0] ?? 100_000);
const AT_A_TIME = 2000;

const described = await testApi();
const requests = fuzzRequests(described.endpoints);
await described.close();

const world = await World.running({ AUTOTUNER_API_RATE: '0' });
let failed = 0;
try {
  const api = await world.startApi();
  await (await world.startTune(await world.task('fuzz'))).result();
  const agent = new http.Agent({ keepAlive: true, maxSockets: Number(values['at-once']) });
  const counts = new Map();
  const slowest = [];
  const startedAt = performance.now();
  let answered = 0;
  // Some are such that not even the client sends them: they do not count.
  for (let seed = Number(values.seed); answered < total; seed++) {
    const batch = fc.sample(requests, { numRuns: Math.min(AT_A_TIME, total - answered), seed });
    await inParallel(batch, Number(values['at-once']), async (request) => {
      const before = performance.now();
      const { status, text } = await send(api, request, agent);
      if (status === 0) return;
      answered++;
      slowest.push(performance.now() - before);
      counts.set(status, (counts.get(status) ?? 0) + 1);
      if (status < 500 || status === 501) return;
      if (failed++ < 10) console.error(`${status} ${request.method} ${request.url}\n  ${request.payload}\n  ${text}`);
    });
    console.error(`${answered} answered, ${failed} with 5xx`);
  }
  agent.destroy();
  const seconds = (performance.now() - startedAt) / 1000;
  slowest.sort((a, b) => a - b);
  console.log(`${answered} requests answered in ${seconds.toFixed(0)} s, seed ${values.seed}`);
  for (const [status, count] of [...counts].sort(([a], [b]) => a - b)) console.log(`  ${status}  ${count}`);
  console.log(`  p50 ${at(slowest, 0.5)} ms, p99 ${at(slowest, 0.99)} ms, slowest ${at(slowest, 1)} ms`);
  console.log(`5xx: ${failed} (501, for what this server was started without, is none)`);
} finally {
  await world.close();
}
process.exit(failed === 0 ? 0 : 1);

function at(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))].toFixed(1);
}

async function inParallel(items, width, work) {
  let next = 0;
  const lane = async () => {
    while (next < items.length) await work(items[next++]);
  };
  await Promise.all(Array.from({ length: width }, lane));
}

/** Status 0 for what the client itself refuses to send, or the server to hear. */
function send({ host, port }, { method, url, headers, payload }, agent) {
  return new Promise((resolve) => {
    const refused = (error) => resolve({ status: 0, text: String(error) });
    try {
      const options = { host, port, method, path: url, headers, agent, timeout: 60_000 };
      const request = http.request(options, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (data) => (text += data));
        response.on('end', () => resolve({ status: response.statusCode, text: text.slice(0, 500) }));
        response.on('error', refused);
      });
      request.on('error', refused);
      request.on('timeout', () => request.destroy(new Error('no answer within a minute')));
      request.end(payload);
    } catch (error) {
      refused(error);
    }
  });
}
