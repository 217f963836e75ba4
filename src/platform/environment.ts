/** Where things are: folders and tools, from environment variables with defaults inside the project folder. */
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of package.json; the same from src/platform and from dist/platform. */
export const PROJECT_ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** This project's version. */
export function packageVersion(): string {
  return (JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8')) as { version: string }).version;
}

export interface Environment {
  /** Downloaded tools. AUTOTUNER_CACHE_DIR, default `<project>/.cache`. */
  readonly cacheDir: string;
  /** Run-time state: leases, places. AUTOTUNER_STATE_DIR, default `<project>/.autotuner`. */
  readonly stateDir: string;
  /** AUTOTUNER_MODELS_DIR, default `<cacheDir>/models`. */
  readonly modelsDir: string;
  /** Traces of requests that tasks may replay. AUTOTUNER_TRACES_DIR, default `<cacheDir>/traces`. */
  readonly tracesDir: string;
  /** Raw output and outcomes. AUTOTUNER_ARTIFACTS_DIR, default `<stateDir>/artifacts`. */
  readonly artifactsDir: string;
  /** Finished tunes, or what of them waits for PostgreSQL. AUTOTUNER_HISTORY_DIR, default `<stateDir>/history`. */
  readonly historyDir: string;
  /** AUTOTUNER_RESULTS_DIR, default `results` in the current folder. */
  readonly resultsDir: string;
  /** Names this machine's queues; stable over restarts. AUTOTUNER_HOST_ID, default from the host name and the state folder. */
  readonly hostId: string;
  /** Engines that may be under measurement at once on this machine, each with its share of the devices. AUTOTUNER_PLACES, default 1. */
  readonly places: number;
  /** Milliseconds in which an accelerator must give back the memory of an ended engine. AUTOTUNER_DEVICE_WAIT, in seconds, default 60. */
  readonly deviceWaitMs: number;
  /** Kubernetes namespaces in which this worker may work, and which its reaper covers. AUTOTUNER_NAMESPACES, default `autotuner`. */
  readonly namespaces: readonly string[];
  /** Whether tasks may name any command as their engine. AUTOTUNER_ALLOW_COMMAND=1. */
  readonly allowCommand: boolean;
  /** Images that tasks may run, without tags; `*` is all. AUTOTUNER_DOCKER_IMAGES, default those of the known engines. */
  readonly dockerImages: readonly string[];
  /** Variables that tasks may set in containers; a `*` at the end stands for any rest. AUTOTUNER_DOCKER_ENVIRONMENT, default none. */
  readonly dockerEnvironment: readonly string[];
  /** Paths that tasks may mount, read-only unless `:rw` follows. AUTOTUNER_DOCKER_VOLUMES, default none. */
  readonly dockerVolumes: readonly string[];
  /** The network that engines and this worker share, so that no port is published. AUTOTUNER_DOCKER_NETWORK, default none. */
  readonly dockerNetwork: string | null;
  /** The address under which this worker reaches the machine of a remote daemon. AUTOTUNER_DOCKER_ADDRESS, default none. */
  readonly dockerAddress: string | null;
  /** Secrets to which tasks may refer: names of variables, files and folders as `file:/path`. AUTOTUNER_SECRETS, default none. */
  readonly secrets: readonly string[];
}

/** Those that the engines' own projects publish. */
const KNOWN_IMAGES = 'lmsysorg/sglang,vllm/vllm-openai,ghcr.io/ggml-org/llama.cpp';

export function readEnvironment(variables: NodeJS.ProcessEnv = process.env): Environment {
  const folder = (name: string, fallback: string): string => resolve(variables[name] || fallback);
  const cacheDir = folder('AUTOTUNER_CACHE_DIR', join(PROJECT_ROOT, '.cache'));
  const stateDir = folder('AUTOTUNER_STATE_DIR', join(PROJECT_ROOT, '.autotuner'));
  return {
    cacheDir,
    stateDir,
    modelsDir: folder('AUTOTUNER_MODELS_DIR', join(cacheDir, 'models')),
    tracesDir: folder('AUTOTUNER_TRACES_DIR', join(cacheDir, 'traces')),
    artifactsDir: folder('AUTOTUNER_ARTIFACTS_DIR', join(stateDir, 'artifacts')),
    historyDir: folder('AUTOTUNER_HISTORY_DIR', join(stateDir, 'history')),
    resultsDir: folder('AUTOTUNER_RESULTS_DIR', 'results'),
    hostId: sanitize(variables['AUTOTUNER_HOST_ID'] || `${hostname()}-${shortHash(stateDir)}`),
    places: wholeNumber('AUTOTUNER_PLACES', variables['AUTOTUNER_PLACES'], 1),
    deviceWaitMs: wholeNumber('AUTOTUNER_DEVICE_WAIT', variables['AUTOTUNER_DEVICE_WAIT'], 60) * 1000,
    namespaces: list(variables['AUTOTUNER_NAMESPACES'] || 'autotuner'),
    allowCommand: variables['AUTOTUNER_ALLOW_COMMAND'] === '1',
    dockerImages: list(variables['AUTOTUNER_DOCKER_IMAGES'] || KNOWN_IMAGES),
    dockerEnvironment: list(variables['AUTOTUNER_DOCKER_ENVIRONMENT'] ?? ''),
    dockerVolumes: list(variables['AUTOTUNER_DOCKER_VOLUMES'] ?? ''),
    dockerNetwork: variables['AUTOTUNER_DOCKER_NETWORK'] || null,
    dockerAddress: variables['AUTOTUNER_DOCKER_ADDRESS'] || null,
    secrets: list(variables['AUTOTUNER_SECRETS'] ?? ''),
  };
}

export interface ApiSettings {
  /** Read and write tokens, a line each. AUTOTUNER_API_TOKENS_FILE, default none: then it listens on loopback only. */
  readonly tokensFile: string | null;
  /** Further names by which it may be called, such as that of a proxy. AUTOTUNER_API_HOSTS, default none. */
  readonly names: readonly string[];
  /** Requests a minute from one address; 0: any number. AUTOTUNER_API_RATE, default 3000. */
  readonly requestsPerMinute: number;
  /** Where Temporal's UI is. AUTOTUNER_TEMPORAL_UI, default that of the development server, where that is used. */
  readonly temporalUi: string | null;
}

/** Settings of the HTTP API alone. @throws Error for one that makes no sense. */
export function readApiSettings(variables: NodeJS.ProcessEnv = process.env): ApiSettings {
  const rate = variables['AUTOTUNER_API_RATE'] || '3000';
  if (!/^\d{1,7}$/.test(rate)) throw new Error(`AUTOTUNER_API_RATE must be a whole number, not '${rate}'`);
  const temporalUi = variables['AUTOTUNER_TEMPORAL_UI'] || null;
  if (temporalUi !== null && !/^https?:\/\/[^\s"'<>]+$/.test(temporalUi))
    throw new Error('AUTOTUNER_TEMPORAL_UI must be an address as http://127.0.0.1:8233');
  return {
    tokensFile: variables['AUTOTUNER_API_TOKENS_FILE'] || null,
    names: list(variables['AUTOTUNER_API_HOSTS'] ?? ''),
    requestsPerMinute: Number(rate),
    temporalUi: temporalUi?.replace(/\/+$/, '') ?? null,
  };
}

/**
 * Where a worker offers the numbers of Temporal's SDK to Prometheus. AUTOTUNER_SDK_METRICS, as `127.0.0.1:9464`; default nowhere.
 * @throws Error for what is no address with a port.
 */
export function readSdkMetrics(variables: NodeJS.ProcessEnv = process.env): string | null {
  const address = variables['AUTOTUNER_SDK_METRICS'] || null;
  if (address === null || /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-fA-F:]+\]):\d{1,5}$/.test(address)) return address;
  throw new Error(`AUTOTUNER_SDK_METRICS must be an address with a port as 127.0.0.1:9464, not '${address}'`);
}

/** Which version of the workflows this worker has, for Temporal's Worker Versioning. */
export interface WorkerVersion {
  /** AUTOTUNER_DEPLOYMENT, default `autotuner`. */
  readonly deploymentName: string;
  /** AUTOTUNER_BUILD_ID. */
  readonly buildId: string;
}

/**
 * With AUTOTUNER_BUILD_ID a worker's workflows have a version, and a tune ends on the one that it began with; null without it.
 * @throws Error for a name that Temporal would refuse.
 */
export function readWorkerVersion(variables: NodeJS.ProcessEnv = process.env): WorkerVersion | null {
  const buildId = variables['AUTOTUNER_BUILD_ID'];
  if (!buildId) return null;
  const deploymentName = variables['AUTOTUNER_DEPLOYMENT'] || 'autotuner';
  if (!/^[\w-][\w.-]{0,127}$/.test(buildId))
    throw new Error("AUTOTUNER_BUILD_ID may have letters, digits, '-', '_' and '.' alone");
  // Temporal joins the two with a dot.
  if (!/^[\w-]{1,128}$/.test(deploymentName))
    throw new Error("AUTOTUNER_DEPLOYMENT may have letters, digits, '-', '_' alone");
  return { deploymentName, buildId };
}

/** Tools that a user may bring along, with the variable that names each. */
export const TOOL_VARIABLES = {
  temporal: 'TEMPORAL_CLI_PATH',
  'temporal-test-server': 'TEMPORAL_TEST_SERVER_PATH',
  'llama-server': 'LLAMA_SERVER_PATH',
  'genai-bench': 'GENAI_BENCH_PATH',
  aiperf: 'AIPERF_PATH',
  'nvidia-smi': 'NVIDIA_SMI_PATH',
} as const;

export type ToolName = keyof typeof TOOL_VARIABLES;

/**
 * Looks for a tool: its environment variable, then PATH, then the cache folder.
 * @returns null when it is nowhere.
 * @throws Error when the variable names something that cannot be executed: a wrong setting is not silently passed over.
 */
export function findTool(name: ToolName, variables: NodeJS.ProcessEnv = process.env): string | null {
  const variable = TOOL_VARIABLES[name];
  const chosen = variables[variable];
  if (chosen) {
    if (isExecutable(chosen)) return resolve(chosen);
    throw new Error(`${variable} names '${chosen}', which is not an executable file`);
  }
  return findOnPath(name, variables) ?? existing(join(readEnvironment(variables).cacheDir, 'bin', name));
}

export function findOnPath(name: string, variables: NodeJS.ProcessEnv = process.env): string | null {
  const folders = (variables['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, name)).find(isExecutable) ?? null;
}

/** The embedded engine as a command, or null while it is not installed. */
export function embeddedEngine(): readonly string[] | null {
  const main = join(PROJECT_ROOT, 'engine', 'dist', 'main.js');
  return existsSync(main) && existsSync(join(PROJECT_ROOT, 'engine', 'node_modules')) ? [process.execPath, main] : null;
}

/** What starts the optimizer of the strategies that learn. */
export interface OptimizerCommand {
  /** Null while it is not installed. */
  readonly command: readonly string[] | null;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** The Python package in optimizer/, run by the interpreter that OPTIMIZER_PYTHON names, or the installed one. */
export function optimizerCommand(variables: NodeJS.ProcessEnv = process.env): OptimizerCommand {
  const installed = join(readEnvironment(variables).cacheDir, 'python', 'optimizer', 'bin', 'python');
  const python = variables['OPTIMIZER_PYTHON'] || existing(installed);
  const cwd = join(PROJECT_ROOT, 'optimizer');
  const inherited = ['PATH', 'HOME', 'TMPDIR', 'LD_LIBRARY_PATH'].flatMap((name) => {
    const value = variables[name];
    return value === undefined ? [] : [[name, value]];
  });
  const env = {
    ...(Object.fromEntries(inherited) as Record<string, string>),
    PYTHONPATH: join(cwd, 'src'),
    // One thread: sums have the same order everywhere, and an engine that is being measured is not disturbed.
    OMP_NUM_THREADS: '1',
    OPENBLAS_NUM_THREADS: '1',
    MKL_NUM_THREADS: '1',
  };
  return { command: python ? [python, '-m', 'autotuner_optimizer'] : null, cwd, env };
}

function list(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function wholeNumber(name: string, text: string | undefined, fallback: number): number {
  if (!text) return fallback;
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new Error(`${name} must be a whole number from 1 to 9999, not '${text}'`);
}

function existing(path: string): string | null {
  return isExecutable(path) ? path : null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function sanitize(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 80);
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 6);
}
