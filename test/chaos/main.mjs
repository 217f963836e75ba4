#!/usr/bin/env node
/**
 * Kills, stops and disturbs everything while tunes run, and checks what came out of them.
 *
 * Usage: npm run test:chaos -- [--full | --real | --cluster | --docker] [--seed N] [--only NAME] [--except NAME] [--counts FILE]
 *
 *   --full        every event of the history is a kill point, and each other fault half a dozen times (hours); default: a short matrix
 *   --real        a few runs with the real engine and the real genai-bench
 *   --cluster     a few runs in the test cluster, with faults between worker and Kubernetes (needs Go, once, to build it)
 *   --docker      a few runs in a Docker daemon of its own, in a network of its own (needs root and Debian's docker.io)
 *   --seed N      the same seed makes the same runs (default 1)
 *   --only NAME   only the runs whose name contains NAME: `--only kill-worker-2` replays one
 *   --except NAME all runs but those
 *   --counts FILE how many runs passed and failed, as Jest writes it: for `npm test -- chaos`
 */
import { writeFileSync } from 'node:fs';
import { register } from 'node:module';
import { parseArgs } from 'node:util';

register('../support/typescript-hooks.mjs', import.meta.url);
const { values } = parseArgs({
  options: {
    full: { type: 'boolean', default: false },
    real: { type: 'boolean', default: false },
    cluster: { type: 'boolean', default: false },
    docker: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    except: { type: 'string' },
    counts: { type: 'string' },
  },
});
const { setup } = await import('../../scripts/setup.mjs');
if (values.docker && !process.env.CHAOS_OWN_NETWORK) {
  const { OWN_NETWORK, whyNoDaemon } = await import('../../scripts/lib/docker-daemon.mjs');
  const { runInForeground } = await import('../../scripts/lib/child.mjs');
  await setup({ steps: ['build', 'temporal'] });
  const why = await whyNoDaemon();
  if (why !== null) {
    console.error(why);
    process.exit(1);
  }
  const [unshare, ...args] = [...OWN_NETWORK, process.execPath, ...process.argv.slice(1)];
  process.exit(await runInForeground(unshare, args, { env: { ...process.env, CHAOS_OWN_NETWORK: '1' } }));
}
if (values.docker) await (await import('../docker/dockerd.mjs')).useOwnNetwork();
else await setup();
const [{ chaos }, { inCluster, inDocker, learning, realParts, standIns }, { FULL, SHORT }] = await Promise.all([
  import('./chaos.ts'),
  import('./cast.ts'),
  import('./matrix.ts'),
]);
const kind = ['full', 'real', 'cluster', 'docker'].find((name) => values[name]) ?? 'short';
const casts = {
  short: () => [standIns(SHORT), learning(1)],
  full: () => [standIns(FULL), learning(6)],
  real: () => [realParts()],
  cluster: () => [inCluster()],
  docker: () => [inDocker()],
};

/** Whether a run of this name was asked for. */
const wanted = (name) => name.includes(values.only) && !(values.except && name.includes(values.except));

const ending = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'])
  process.on(signal, () => {
    console.error('ending after the run that is under way');
    ending.abort();
  });
console.log(`seed ${values.seed}, ${kind} matrix`);
const reports = [];
for (const cast of casts[kind]()) {
  const options = { seed: Number(values.seed), cast, wanted, say: (line) => console.log(line) };
  if (!ending.signal.aborted) reports.push(...(await chaos({ ...options, signal: ending.signal })));
}
const violated = reports.filter(({ violations }) => violations.length > 0);
const flag = kind === 'short' ? '' : `--${kind} `;
const again = ({ plan }) => `again: npm run test:chaos -- ${flag}--seed ${plan.seed} --only ${plan.name}`;
for (const report of violated) console.log(again(report));
if (values.counts) {
  const failed = (report) => ({
    status: 'failed',
    fullName: report.plan.name,
    failureMessages: [...report.violations.map(({ invariant, what }) => `${invariant}: ${what}`), again(report)],
  });
  const counts = {
    numPassedTests: reports.length - violated.length,
    numFailedTests: violated.length,
    testResults: [{ name: 'chaos', assertionResults: violated.map(failed) }],
  };
  writeFileSync(values.counts, JSON.stringify(counts));
}
process.exit(violated.length > 0 || reports.length === 0 ? 1 : 0);
