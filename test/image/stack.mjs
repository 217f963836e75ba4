/** deploy/compose/compose.yaml as it is, started, used, hurt, stopped, started again and removed. */
import assert from 'node:assert/strict';
import { cpSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { inProject } from '../../scripts/lib/paths.mjs';
import { composeCommand, composeVariables } from './compose.mjs';
import { must } from './must.mjs';

/** All that there is a stand-in for: not Temporal's UI, and not Grafana. */
const SERVICES = [
  ...['postgresql', 'temporal-schema', 'temporal-visibility-schema', 'temporal', 'temporal-namespace'],
  ...['worker', 'api', 'prometheus'],
];
const ENGINE_IMAGE = 'inference-autotuner/local-engine:1';
const API = 'http://127.0.0.1:8400';
const PROMETHEUS = 'http://127.0.0.1:9090';

/** A copy of the folder, so that its secrets are not in this checkout. */
function copyOf(dir) {
  for (const name of ['compose', 'prometheus', 'grafana'])
    cpSync(inProject('deploy', name), path.join(dir, 'deploy', name), { recursive: true });
  return path.join(dir, 'deploy', 'compose');
}

async function until(what, withinSeconds, look) {
  const startedAt = performance.now();
  let last = null;
  while (performance.now() - startedAt < withinSeconds * 1000) {
    try {
      last = await look();
      if (last) return last;
    } catch (error) {
      last = error;
    }
    await sleep(500);
  }
  throw new Error(`not within ${withinSeconds} s: ${what} (${last?.stack ?? last})`);
}

function task(name, { values, requests }) {
  const example = JSON.parse(readFileSync(inProject('examples', 'local_task.json'), 'utf8'));
  const benchmark = { ...example.benchmark, traffic_scenarios: ['D(64,24)'], num_concurrency: [2] };
  return {
    ...example,
    ...{ task_name: name, baseline: false, verification: undefined },
    engine_args: { ctx_size: 2048, threads: 1 },
    parameters: { parallel: { type: 'choice', values } },
    optimization: { ...example.optimization, timeout_per_iteration: 300 },
    benchmark: { ...benchmark, max_requests_per_iteration: requests, max_time_per_iteration: 60 },
  };
}

/**
 * @param {string} dir for a copy of deploy/ with its secrets
 * @param {NodeJS.ProcessEnv} env leads to the daemon
 * @param {(line: string) => void} say
 */
export async function tryStack(dir, env, say) {
  const folder = copyOf(dir);
  const run = (command, args) => must(command, args, { env: { ...env, ...composeVariables(env) } });
  const [program, ...files] = composeCommand(folder);
  const compose = (...args) => run(program, [...files, ...args]);
  const containerOf = async (service) => (await compose('ps', '--quiet', service)).split('\n').at(-1);
  const inspect = async (service, format) => run('docker', ['inspect', '--format', format, await containerOf(service)]);
  const healthy = async (service) => (await inspect(service, '{{.State.Health.Status}}')) === 'healthy';
  const up = async () => {
    const startedAt = performance.now();
    await compose('up', '--detach', ...SERVICES);
    for (const service of ['api', 'worker']) await until(`${service} is healthy`, 180, () => healthy(service));
    return `${((performance.now() - startedAt) / 1000).toFixed(0)} s`;
  };

  await run('sh', [path.join(folder, 'make-secrets.sh')]);
  say(`up and healthy after ${await up()}`);
  const [token] = /(?<=^write )\S+/m.exec(readFileSync(path.join(folder, 'secrets', 'api-tokens'), 'utf8'));
  const call = async (route, body) => {
    const response = await fetch(`${API}/api/v1${route}`, {
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
    });
    if (!response.ok) throw new Error(`${route}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  const results = async (name) => (await call(`/tunes/${name}/results`)).all_results.map(({ status }) => status);
  const ended = (name) =>
    until(`${name} has ended`, 600, async () => {
      const { status } = (await call(`/tunes/${name}`)).info;
      return status !== 'running' && status;
    });

  const killWorkerUnderLoad = async (name, more) => {
    await call('/tunes', { task: { ...task(name, { values: [1], requests: 60 }), ...more } });
    await until('it benchmarks', 300, async () => {
      const { items } = await call(`/tunes/${name}/experiments`);
      return items.some(({ phase }) => phase === 'benchmarking');
    });
    process.kill(Number(await inspect('worker', '{{.State.Pid}}')), 'SIGKILL');
    const status = await ended(name);
    say(`${name}: kill -9 of the worker's container under load, and the tune is ${status}: ${await results(name)}`);
  };

  try {
    assert.equal((await fetch(`${API}/api/v1/tunes`)).status, 401);
    const open = ['run', '--rm', '--no-deps', '-e', 'AUTOTUNER_API_TOKENS_FILE=', 'api', 'serve', '--host', '0.0.0.0'];
    await assert.rejects(compose(...open), /write a token into a file/);
    await checkPrometheus();
    say('Prometheus reads all of its targets and the alerts');

    await call('/tunes', { task: task('in-compose', { values: [1, 2], requests: 8 }) });
    assert.equal(await ended('in-compose'), 'completed');
    assert.deepEqual(await results('in-compose'), ['success', 'success']);
    say('a tune of two experiments has ended well');

    await killWorkerUnderLoad('worker-dies', {});

    await run(process.execPath, [inProject('scripts', 'engine-image.mjs'), ENGINE_IMAGE]);
    files.push('--file', path.join(folder, 'docker-engines.yaml'));
    await up();
    await killWorkerUnderLoad('engine-outlives', {
      backend: 'docker',
      docker: { image: ENGINE_IMAGE, pull: 'never', devices: 'none' },
    });
    assert.equal(await run('docker', ['ps', '--all', '--quiet', '--filter', `ancestor=${ENGINE_IMAGE}`]), '');

    await compose('down');
    say(`after down, up again after ${await up()}`);
    assert.deepEqual(await results('in-compose'), ['success', 'success']);
    const { items } = await until('the history answers', 60, () => call('/history'));
    assert.equal(items.length, 3);
    say('tunes, results and history are as they were');
  } catch (error) {
    say(await compose('logs', '--tail=40'));
    throw error;
  } finally {
    await compose('down', '--volumes');
  }
  for (const [what, ...args] of [
    ['containers', 'ps', '--all', '--quiet'],
    ['volumes', 'volume', 'ls', '--quiet'],
    ['networks', 'network', 'ls', '--quiet', '--filter=type=custom'],
  ])
    assert.equal(await run('docker', args), '', what);
  say('down --volumes left nothing');
}

async function checkPrometheus() {
  const ask = async (route) => (await (await fetch(`${PROMETHEUS}/api/v1/${route}`)).json()).data;
  await until('targets are up', 120, async () => {
    const { activeTargets } = await ask('targets');
    return activeTargets.length === 3 && activeTargets.every(({ health }) => health === 'up');
  });
  assert.equal((await ask('rules')).groups[0].rules.length, 8);
}
