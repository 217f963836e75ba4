#!/usr/bin/env node
/**
 * Installs what is missing, then runs the checks and the test suites, some side by side. The last line is the sum.
 *
 * Usage: node scripts/test.mjs [all | SUITE ...] [--bail] [--no-skip] [-- JEST OPTIONS]
 *
 * Of the suites that run when they are named, or with `all`, `interfaces` is the other ways to a tune: HTTP, schedules, Temporal's own
 * tools, traces. `open-loop` makes requests at a rate, with a stand-in and with the real aiperf, which is installed at first.
 * `decisions` follows what a tune decides on real servers: budgets, what it reuses, finals. `recovery` takes what goes wrong further:
 * hosts that are lost, databases, accelerators, secrets. `chaos` is the short matrix of `npm run test:chaos`. `cluster` builds a
 * Kubernetes control plane at first (5 to 10 minutes) and takes a quarter of an hour. Where Go is missing it is skipped; with --no-skip
 * that is a failure.
 *
 * Some suites need programs that are not npm's. As root on Debian they are installed; elsewhere, and where there are none, the suite is
 * skipped; with --no-skip that is a failure. `web` needs a Chromium; `history` a PostgreSQL server, for one half of it; `docker` a Docker
 * daemon, of which it starts its own in a temporary folder and a network of its own, so that nothing of this machine changes; it runs
 * when it is named, and not with `all`.
 *
 * The suite `production` is `integration`, `interfaces` and more on a real temporal-server (built with Go at first, about 10 minutes) on
 * a real PostgreSQL. It runs when it is named, and not with `all`.
 *
 * The suite `node` installs the chart on the test cluster with a real node: as root, with a machine of its own (test/node/README.md). It
 * builds all images first, into the folder that AUTOTUNER_TEST_IMAGES names, where they are kept, or a temporary one. It runs when it is
 * named, and not with `all`.
 *
 * The suite `contract` is the part of `cluster` that holds for a real OME: with OME_TEST_KUBECONFIG it runs in that cluster, and
 * neither Go nor anything else than npm's packages is needed.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { findChromium } from './lib/chromium.mjs';
import { ensureClusterRig } from './lib/cluster-rig.mjs';
import { ensureDebianPackages } from './lib/debian-packages.mjs';
import { OWN_NETWORK, whyNoDaemon } from './lib/docker-daemon.mjs';
import { SetupError } from './lib/errors.mjs';
import { ensureGoTool, findGoTool } from './lib/go-tools.mjs';
import { ensureNodeRig, whyNoNode } from './lib/node-rig.mjs';
import { onOwnMachine } from './lib/own-machine.mjs';
import { inCache } from './lib/paths.mjs';
import { runChaos, runCheck, runJestSuite } from './lib/suites.mjs';
import { printError, setup } from './setup.mjs';

/**
 * What has not changed is not looked at again. The linter looks at each changed file alone, so a change of a type can make another
 * file wrong unseen; CI, where the caches are empty, sees it.
 */
const remembering = (name) => ['--cache', '--cache-location', inCache('checks', name), '--cache-strategy', 'content'];
const CHECKS = [
  { name: 'format', tool: 'prettier/bin/prettier.cjs', args: ['--check', '.', ...remembering('format')] },
  { name: 'lint', tool: 'eslint/bin/eslint.js', args: ['.', ...remembering('lint')] },
  {
    name: 'types',
    tool: 'typescript/bin/tsc',
    args: ['--noEmit', '-p', 'tsconfig.json', '--incremental', '--tsBuildInfoFile', inCache('checks', 'types')],
  },
  {
    name: 'web-types',
    tool: 'typescript/bin/tsc',
    args: ['--noEmit', '-p', 'web/tsconfig.json', '--incremental', '--tsBuildInfoFile', inCache('checks', 'web-types')],
  },
  { name: 'unused', tool: 'knip/bin/knip.js', args: [] },
  { name: 'optimizer', python: 'optimizer', args: ['-m', 'pytest', 'optimizer'] },
];
/** What runs side by side, group after group; the checks run beside the first. */
const USUAL_GROUPS = [['unit'], ['workflows', 'replay'], ['integration', 'e2e']];
/** Run when they are named, so that the rest stays quick; `all` has them but for those apart. */
const NAMED_GROUPS = [
  ['interfaces'],
  ['open-loop'],
  ['history'],
  ['web'],
  ['decisions'],
  ['recovery'],
  ['chaos'],
  ['docker'],
  ['production'],
  ['cluster'],
  ['contract'],
  ['node'],
];
/**
 * Not even in `all`: a part of `cluster`, one whose tunes take a quarter of an hour in containers, one that builds images first, and one
 * that repeats two others on a server that is built first.
 */
const APART = ['contract', 'docker', 'node', 'production'];
const GROUPS = [...USUAL_GROUPS, ...NAMED_GROUPS];
const SUITES = GROUPS.flat();
const hasOwnCluster = Boolean(process.env.OME_TEST_KUBECONFIG);
const needsRig = (name) => name === 'cluster' || (name === 'contract' && !hasOwnCluster);

/** Splits `unit --bail -t name` into suites, our own options and Jest's. */
function parseCommandLine(args) {
  const known = [...CHECKS.map((check) => check.name), ...SUITES];
  const firstOption = args.findIndex((arg) => arg.startsWith('-'));
  const named = firstOption < 0 ? args : args.slice(0, firstOption);
  const names = named.includes('all') ? known.filter((name) => !APART.includes(name)) : named;
  const options = firstOption < 0 ? [] : args.slice(firstOption);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new SetupError(`unknown suite "${unknown.join(', ')}"; there are: ${known.join(', ')}`);
  return {
    names: names.length > 0 ? names : known.filter((name) => !NAMED_GROUPS.flat().includes(name)),
    bail: options.includes('--bail'),
    maySkip: !options.includes('--no-skip'),
    jestArgs: options.filter((option) => !['--bail', '--no-skip', '--'].includes(option)),
  };
}

const sum = (results, key) => results.reduce((total, result) => total + result[key], 0);

function printTable(results) {
  const row = (cells) => console.log(cells.map((cell, i) => (i ? cell.padStart(9) : cell.padEnd(14))).join(''));
  row(['suite', 'passed', 'failed', 'skipped', 'seconds']);
  for (const { name, passed, failed, skipped, seconds } of results) {
    row([name, `${passed}`, `${failed}`, `${skipped}`, seconds.toFixed(1)]);
  }
}

/** What suites need that is not npm's, by the program that each of Debian's packages brings. */
const PROGRAMS = {
  web: { chromium: 'chromium' },
  history: { pg_ctlcluster: 'postgresql' },
  production: { pg_ctlcluster: 'postgresql' },
};

/** @returns why a suite cannot run, after what it needs was installed where that may be done; null where it can */
async function whatIsMissing(name) {
  if (name === 'docker') return whyNoDaemon();
  if (name === 'node') return (await whyNoDaemon()) ?? (await whyNoNode()) ?? (await whyNotBuilt());
  const has = !(name in PROGRAMS) || (await ensureDebianPackages(PROGRAMS[name], { onProgress: console.log }));
  // Another Chromium will do, and half of the history's suite needs nothing.
  if (name === 'web')
    return findChromium() ? null : 'there is no Chromium here (apt-get install chromium, or CHROMIUM_PATH)';
  if (name === 'production') {
    if (!has) return 'there is no PostgreSQL here';
    return (await ensureGoTool('temporal-server', { onProgress: console.log })) ? null : 'cannot be built here';
  }
  // Its first build would not fit into the time limit of a test.
  const possible = !needsRig(name) || (await ensureClusterRig({ onProgress: console.log })) !== null;
  return possible ? null : 'cannot be built here';
}

/** All that a machine without a way out could not build. */
async function whyNotBuilt() {
  const onProgress = console.log;
  const built = [
    await ensureClusterRig({ onProgress }),
    await ensureGoTool('helm', { onProgress }),
    await ensureNodeRig({ onProgress }),
  ];
  return built.includes(null) ? 'cannot be built here' : null;
}

/** The suite `unit` renders a chart with Helm where there is one; it is built for that only where nothing may be skipped. */
async function provideHelm(maySkip) {
  const folder = maySkip ? findGoTool('helm') : await ensureGoTool('helm', { onProgress: console.log });
  if (folder) process.env.HELM_PATH ??= path.join(folder, 'helm');
}

async function runNode(jestArgs) {
  // It takes npm's packages.
  const { makeImages } = await import('../test/node/images.mjs');
  const kept = process.env.AUTOTUNER_TEST_IMAGES;
  const folder = kept || mkdtempSync(path.join(tmpdir(), 'images-'));
  try {
    process.env.AUTOTUNER_TEST_NODE_PROGRAM = await ensureNodeRig();
    process.env.AUTOTUNER_TEST_NODE_IMAGES = await makeImages(path.resolve(folder), console.log);
    return await onOwnMachine((within) => runJestSuite('node', jestArgs, { within }));
  } finally {
    if (!kept) rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
  }
}

async function runSuite(name, { jestArgs, maySkip }) {
  if (name === 'chaos') return runChaos();
  if (name === 'open-loop') await setup({ steps: ['aiperf'] });
  const missing = await whatIsMissing(name);
  if (!missing && name === 'node') return runNode(jestArgs);
  if (!missing) return runJestSuite(name, jestArgs, { within: name === 'docker' ? OWN_NETWORK : [] });
  console.log(`\n--- ${name}: ${missing}`);
  const failures = maySkip ? [] : [`${name}: ${missing}`];
  return { name, passed: 0, failed: failures.length, skipped: 1, seconds: 0, failures };
}

async function main() {
  const { names, bail, maySkip, jestArgs } = parseCommandLine(process.argv.slice(2));
  if (!maySkip) process.env.AUTOTUNER_TEST_NO_SKIP = '1';
  await setup(names.every((name) => name === 'contract') ? { steps: ['npm'] } : {});
  if (names.includes('unit')) await provideHelm(maySkip);
  const results = [];
  let interrupted = false;
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => (interrupted = true));

  let beside = CHECKS.filter(({ name }) => names.includes(name)).map(runCheck);
  for (const group of GROUPS) {
    if (interrupted || (bail && sum(results, 'failed') > 0)) break;
    const [first, ...others] = group.filter((name) => names.includes(name));
    beside.push(...others.map((name) => runJestSuite(name, jestArgs, { beside: true })));
    const ran = first ? [await runSuite(first, { jestArgs, maySkip })] : [];
    results.push(...(await Promise.all(beside)), ...ran);
    beside = [];
  }

  console.log();
  printTable(results);
  for (const failure of results.flatMap(({ failures }) => failures)) console.log(`\nfailed: ${failure}`);
  const [passed, failed, skipped] = ['passed', 'failed', 'skipped'].map((key) => sum(results, key));
  if (skipped > 0) console.log(`\n${skipped} skipped`);
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 || interrupted ? 1 : 0;
}

try {
  await main();
} catch (error) {
  printError(error);
  process.exitCode = 1;
}
