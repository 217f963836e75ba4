/** The cluster part of a stage: the test cluster with stand-ins for engines, and a way to its API server that can be disturbed. */
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { leftovers, startRig } from '../cluster/cluster-world.js';
import { BENCHMARK_IMAGE } from '../cluster/ome-stand-in/benchmark-pod.js';
import { ENGINE_IMAGE, runtime, RUNTIME } from '../cluster/ome-resources.js';
import type { ImageProgram } from '../cluster/rig/pods/image-program.js';
import type { Rig } from '../cluster/rig/rig.js';
import { OME } from '../cluster/support.js';
import { processesWith } from '../support/processes.js';
import { ClusterDecoys } from './cluster-decoys.js';
import { FaultProxy } from './fault-proxy.js';

/** Tells an engine, and whoever looks at processes, which experiment it belongs to. */
const EXPERIMENT = 'CHAOS_EXPERIMENT';

interface Runtime {
  readonly spec: { readonly engineConfig: { readonly runner: { readonly env: object[] } } };
}

export class ClusterSite {
  private constructor(
    private readonly rig: Rig,
    /** Between the application and the API server. What TLS encrypts passes through it as it is. */
    readonly proxy: FaultProxy,
    /** For the application. */
    readonly env: NodeJS.ProcessEnv,
    readonly decoys: ClusterDecoys
  ) {}

  /** @param dir for the kubeconfig. */
  static async open(dir: string, logFile: string): Promise<ClusterSite> {
    const rig = await startRig({
      images: { [ENGINE_IMAGE]: engine(logFile), [BENCHMARK_IMAGE]: () => ({ command: ['sleep', '86400'] }) },
    });
    try {
      const named = runtime(RUNTIME) as Runtime;
      named.spec.engineConfig.runner.env.push({ name: EXPERIMENT, value: '{{.Name}}' });
      await rig.api.apply(`${OME}/clusterservingruntimes/${RUNTIME}`, named);
      const url = new URL(rig.api.access.server);
      const proxy = await FaultProxy.start({ target: Number(url.port) });
      const kubeconfig = join(dir, 'kubeconfig');
      const text = await readFile(rig.kubeconfig, 'utf8');
      await writeFile(kubeconfig, text.replaceAll(url.host, `127.0.0.1:${proxy.port}`), { mode: 0o600 });
      return new ClusterSite(rig, proxy, { KUBECONFIG: kubeconfig }, await ClusterDecoys.place(rig.api));
    } catch (error) {
      await rig.down();
      throw error;
    }
  }

  /** Pods of a task whose engine runs. */
  async enginesAlive(task: string): Promise<number> {
    return (await processesWith(`${EXPERIMENT}=${task}-exp`)).length;
  }

  killApiServer(): Promise<void> {
    return this.rig.killApiServer();
  }

  startApiServer(): Promise<void> {
    return this.rig.startApiServer();
  }

  /** What is in the namespace besides the decoys and what hangs on them. */
  async leftovers(): Promise<string[]> {
    const objects = await leftovers({ rig: this.rig }).catch((error: Error) => [`the cluster says: ${error.message}`]);
    return objects.filter((name) => !this.decoys.own(name));
  }

  async close(): Promise<void> {
    await this.proxy.close();
    await this.rig.down();
  }
}

function engine(logFile: string): ImageProgram {
  const program = resolve('test/chaos/stand-ins/engine.mjs');
  return ({ args, freePort }) => ({
    command: [process.execPath, program, '--port', `${freePort}`, ...args],
    env: { CHAOS_LOG: logFile },
    port: freePort,
  });
}
