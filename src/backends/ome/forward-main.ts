/**
 * The detached process of forwards.ts: forwards a local port to the ready pod of one InferenceService until it is ended.
 *
 * Arguments: NAMESPACE NAME PORT LOCAL_PORT DISTURBANCE_FILE
 */
import { appendFile } from 'node:fs/promises';
import { Cluster } from '../../platform/kubernetes/cluster.js';
import { listenForward, type ForwardTarget } from '../../platform/kubernetes/port-forward.js';
import { engineSelector, readPods } from './evidence.js';
import { isReady } from './pod-state.js';

const [namespace = '', name = '', port = '', localPort = '', disturbanceFile = ''] = process.argv.slice(2);
const cluster = Cluster.fromEnvironment();

/** Asked for again after a break: the pod may be another one by then. */
let target: ForwardTarget | null = null;

await listenForward(cluster.config, {
  localPort: Number(localPort),
  async target() {
    if (target) return target;
    const pods = await readPods(cluster, namespace, engineSelector(name));
    // A pod that is not ready yet may answer all the same, and whether it does is what is being asked.
    const pod = pods.find(isReady) ?? pods.find(({ status }) => status.phase === 'Running');
    target = pod ? { namespace, pod: pod.metadata.name, port: Number(port) } : null;
    return target;
  },
  onBroken(reason) {
    target = null;
    void appendFile(disturbanceFile, `${JSON.stringify({ atMs: Date.now(), reason })}\n`);
  },
});
