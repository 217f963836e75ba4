/** The examinations of `autotuner doctor`. Each says what it found, and what to do when that is not enough. */
import { access, constants, mkdir, readdir, statfs } from 'node:fs/promises';
import type { Client } from '@temporalio/client';
import { DeviceBook } from '../../platform/accelerators/device-book.js';
import { findNvidiaSmi } from '../../platform/accelerators/nvidia-smi.js';
import { findDockerHost } from '../../platform/docker/docker-host.js';
import {
  embeddedEngine,
  findTool,
  optimizerCommand,
  readEnvironment,
  TOOL_VARIABLES,
  type ToolName,
} from '../../platform/environment.js';
import { tryLock } from '../../platform/host-lock.js';

export interface Finding {
  /** `warning`: some tunes need it; `missing`: every tune on this machine does. */
  readonly state: 'ok' | 'warning' | 'missing';
  readonly what: string;
  readonly found: string;
  readonly advice: string;
}

const ENOUGH_BYTES = 2 * 2 ** 30;

export async function examine(): Promise<Finding[]> {
  const environment = readEnvironment();
  const findings = [
    examineNode(),
    examineTool('temporal', 'warning', "npm run setup; only 'autotuner dev' needs it"),
    examineTool('genai-bench', 'missing', 'npm run setup'),
    examineTool('aiperf', 'warning', 'npm run setup -- --only aiperf; only requests at a rate and traces need it'),
    examineEngine(),
    examineOptimizer(),
    await examineModels(environment.modelsDir),
    await examineFolder('state folder', environment.stateDir, 'AUTOTUNER_STATE_DIR'),
    await examineFolder('results folder', environment.resultsDir, 'AUTOTUNER_RESULTS_DIR'),
    await examineHost(environment.stateDir, environment.hostId),
  ];
  return [
    ...findings,
    ...(await examineAccelerators(environment.stateDir)),
    ...(await examineDocker()),
    ...(await examineTemporal()),
  ];
}

function examineNode(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const ok = major > 20 || (major === 20 && minor >= 11);
  return { state: ok ? 'ok' : 'missing', what: 'Node', found: process.version, advice: 'install Node 20.11 or newer' };
}

function examineTool(name: ToolName, otherwise: 'warning' | 'missing', advice: string): Finding {
  try {
    const path = findTool(name);
    if (path) return { state: 'ok', what: name, found: path, advice };
    const found = `neither on PATH nor named by ${TOOL_VARIABLES[name]} nor installed here`;
    return { state: otherwise, what: name, found, advice };
  } catch (error) {
    return { state: 'missing', what: name, found: String((error as Error).message), advice: 'correct the variable' };
  }
}

function examineEngine(): Finding {
  const own = examineTool('llama-server', 'warning', 'npm run setup installs an embedded engine');
  if (own.state !== 'warning') return own;
  const embedded = embeddedEngine();
  return embedded ? { ...own, state: 'ok', what: 'llama.cpp', found: `embedded engine, ${embedded.join(' ')}` } : own;
}

function examineOptimizer(): Finding {
  const [python] = optimizerCommand().command ?? [];
  return {
    state: python ? 'ok' : 'warning',
    what: 'optimizer',
    found: python ?? 'its Python packages are not installed',
    advice: 'node scripts/setup.mjs --only optimizer; the strategies bayesian, tpe and nsga2 need it',
  };
}

async function examineModels(dir: string): Promise<Finding> {
  const names = await readdir(dir).catch(() => []);
  return {
    state: names.length > 0 ? 'ok' : 'warning',
    what: 'models',
    found: names.length > 0 ? `${names.join(', ')} in ${dir}` : `none in ${dir}`,
    advice: 'npm run setup brings a small one; a task can give model.path',
  };
}

async function examineFolder(what: string, dir: string, variable: string): Promise<Finding> {
  try {
    await mkdir(dir, { recursive: true });
    await access(dir, constants.W_OK);
    const { bavail, bsize } = await statfs(dir);
    const free = bavail * bsize;
    const found = `${dir}, ${(free / 2 ** 30).toFixed(1)} GiB free`;
    return { state: free < ENOUGH_BYTES ? 'warning' : 'ok', what, found, advice: `make room, or set ${variable}` };
  } catch (error) {
    return { state: 'missing', what, found: (error as Error).message, advice: `make it writable, or set ${variable}` };
  }
}

async function examineHost(stateDir: string, hostId: string): Promise<Finding> {
  const lock = await tryLock(stateDir, 'host');
  await lock?.release();
  const advice = "start one: 'autotuner worker', or 'autotuner dev'";
  const found = lock ? `none serves host ${hostId}` : `one serves host ${hostId}`;
  return { state: lock ? 'warning' : 'ok', what: 'worker here', found, advice };
}

/** Nothing where there is no nvidia-smi: most engines and machines need none. */
async function examineAccelerators(stateDir: string): Promise<Finding[]> {
  const what = 'accelerators';
  try {
    const devices = (await findNvidiaSmi()?.devices()) ?? [];
    if (devices.length === 0) return [];
    const book = await DeviceBook.open(stateDir);
    const aside = devices.flatMap(({ index, uuid }) => {
      const why = book.get(uuid)?.setAside?.reason;
      return why ? [`${index} is set aside: ${why}`] : [];
    });
    const found = [`${devices.length} by nvidia-smi`, ...aside].join('; ');
    const advice = 'end what holds its memory; a worker takes it back by itself';
    return [{ state: aside.length > 0 ? 'warning' : 'ok', what, found, advice }];
  } catch (error) {
    const [found = ''] = (error as Error).message.split('\n');
    return [{ state: 'warning', what, found, advice: 'look at the driver, or set NVIDIA_SMI_PATH' }];
  }
}

/** Nothing where there is no daemon: only the backend docker needs one. */
async function examineDocker(): Promise<Finding[]> {
  const what = 'Docker';
  const advice = 'only tasks with the backend docker need it: docs/docker.md';
  try {
    const host = findDockerHost();
    if (!host) return [];
    const { DockerClient } = await import('../../platform/docker/docker-client.js');
    const { version, podman } = await new DockerClient(host).info();
    return [{ state: 'ok', what, found: `${podman ? 'Podman ' : ''}${version} at ${host.name}`, advice }];
  } catch (error) {
    return [{ state: 'warning', what, found: (error as Error).message, advice }];
  }
}

async function examineTemporal(): Promise<Finding[]> {
  const { connect, missingSearchAttributes, Tunes } = await import('../../client/index.js');
  let client: Client;
  try {
    client = await connect();
  } catch (error) {
    const [found, advice] = (error as Error).message.split(': ');
    return [{ state: 'warning', what: 'Temporal', found: found ?? '', advice: advice ?? '' }];
  }
  try {
    const { namespace } = client.options;
    const findings: Finding[] = [
      { state: 'ok', what: 'Temporal', found: `answers, namespace ${namespace}`, advice: '' },
    ];
    const missing = await missingSearchAttributes(client);
    findings.push({
      state: missing.length > 0 ? 'warning' : 'ok',
      what: 'search attributes',
      found: missing.length > 0 ? `${missing.join(', ')} missing` : 'all registered',
      advice: 'a worker registers them when it starts',
    });
    const served = await new Tunes(client).hasWorkers();
    const found = served ? 'at least one asks for tunes' : 'none asks for tunes';
    findings.push({
      state: served ? 'ok' : 'warning',
      what: 'workers',
      found,
      advice: "start one: 'autotuner worker'",
    });
    return findings;
  } catch (error) {
    return [{ state: 'warning', what: 'Temporal', found: (error as Error).message, advice: 'look at the server' }];
  } finally {
    await client.connection.close();
  }
}
