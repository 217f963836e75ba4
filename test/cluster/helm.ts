/** Helm, and what the chart's images run on the test cluster: this project's own program, as a process behind each pod. */
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { ensureGoTool } from '../../scripts/lib/go-tools.mjs';
import type { World } from '../support/world.js';
import { localPath, type ImageProgram } from './rig/pods/image-program.js';
import type { Rig } from './rig/rig.js';

export const CHART = resolve('deploy/helm/inference-autotuner');
const CLI = resolve('dist/cli/main.js');

/** What Kubernetes tells every pod, also those that get no token for it. Nothing listens there. */
const NO_TOKEN = { KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: '9' };

export type Helm = (
  args: readonly string[],
  input?: string
) => Promise<{ code: number; stdout: string; stderr: string }>;

/** Builds Helm at first, which takes two minutes. @throws Error without Go. */
export async function helmOn(rig: Pick<Rig, 'kubeconfig' | 'dir'>): Promise<Helm> {
  const folder = await ensureGoTool('helm', { onProgress: (line) => void process.stderr.write(`${line}\n`) });
  if (folder === null) throw new Error('Helm is built with Go, which is not installed');
  return async (args, input = '') => {
    const options = { env: { KUBECONFIG: rig.kubeconfig, HOME: rig.dir }, reject: false, input } as const;
    const { exitCode, stdout, stderr } = await execa(join(folder, 'helm'), args, options);
    // It tells of each link within the chart.
    const told = stderr.split('\n').filter((line) => !/^walk\.go:|^level=INFO msg="found symbolic link/.test(line));
    return { code: exitCode ?? -1, stdout, stderr: told.join('\n') };
  };
}

/**
 * The image of the chart: `autotuner worker` and `autotuner serve` of this checkout, with the folders and secrets that the pod has mounted and,
 * where the pod has one, the rights of its service account.
 */
export function tunerImage(rig: Rig, world: World, serviceAccount: { namespace: string; name: string }): ImageProgram {
  return async ({ args, env, mounts, freePort }) => {
    const local = (value: string): string => {
      const path = value.replace(/^file:/, '');
      const found = path.startsWith('/') ? localPath(mounts, path) : null;
      return found === null ? value : value.replace(path, found);
    };
    const isApi = args.includes('serve');
    const listening = isApi ? {} : { AUTOTUNER_SDK_METRICS: `127.0.0.1:${freePort}` };
    const own = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, local(value)]));
    const isHost = args.includes('host');
    return {
      command: [process.execPath, CLI, ...args.map((arg) => (isApi ? onLoopback(arg, freePort) : arg))],
      env: {
        ...pick(world.env, ['GENAI_BENCH_PATH', 'STUB_BENCH_LOG', 'AUTOTUNER_MODELS_DIR']),
        ...own,
        ...listening,
        ...(isHost ? { KUBECONFIG: await kubeconfigOf(rig, serviceAccount) } : NO_TOKEN),
      },
      port: freePort,
    };
  };
}

/** A pod has an address of its own; here it is a port of this machine, which nobody else may reach. */
function onLoopback(arg: string, port: number): string {
  if (arg === '0.0.0.0') return '127.0.0.1';
  return arg === '8400' ? `${port}` : arg;
}

function pick(env: NodeJS.ProcessEnv, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, env[name] ?? '']));
}

/** With a token as the kubelet would mount it: what its roles do not allow, it cannot do. */
async function kubeconfigOf(rig: Rig, { namespace, name }: { namespace: string; name: string }): Promise<string> {
  const token = (await rig.kubectl('-n', namespace, 'create', 'token', name, '--duration=1h')).trim();
  const { server, ca = '' } = rig.api.access;
  const file = join(rig.dir, `${name}.service-account.kubeconfig`);
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'rig', cluster: { server, 'certificate-authority-data': Buffer.from(ca).toString('base64') } }],
    users: [{ name, user: { token } }],
    contexts: [{ name: 'rig', context: { cluster: 'rig', user: name, namespace } }],
    'current-context': 'rig',
  };
  await writeFile(file, JSON.stringify(config), { mode: 0o600 });
  return file;
}
